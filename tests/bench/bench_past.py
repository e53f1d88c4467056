"""What the past of a lab costs: ``python tests/bench/bench_past.py``.

An hour of a lab with ten machines, in which somebody does something every twenty seconds, is looked at: at moments
anywhere in it, as REST gives them (the view as JSON text). Processor time is divided by that of writing the newest
view as JSON, which any answer has to do. Past a budget the program ends with 1.
"""

import gc
import json
import sys
from pathlib import Path
from random import Random
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playground.labs.clock import SECOND
from tests.labs.random_lab import RandomLab

NODES = (*(f"manager{number}" for number in range(1, 6)), *(f"worker{number}" for number in range(1, 6)))
LOOKS = 300


def main() -> int:
    made = RandomLab(5, 0, NODES, managers=5)
    lab = made.lab
    steps = 0
    while lab.now_us < 3600 * SECOND:
        made.step()
        steps += 1
        lab.advance(20, lambda _: None)
    gc.collect()
    random = Random(1)
    moments = [random.randrange(lab.now_us) for _ in range(LOOKS)]

    def text(at_us: int | None) -> str:
        return json.dumps(lab.view() if at_us is None else lab.view_at(at_us))

    before = process_time()
    for _ in range(50):
        now = text(None)
    plain_s = (process_time() - before) / 50
    took = []
    for moment in moments:
        began = process_time()
        text(moment)
        took.append(process_time() - began)
    took.sort()
    worst, ratio = took[-1] * 1000, took[LOOKS // 2] / plain_s
    kept = lab.history.kept_bytes / 1024
    print(f"{steps} things done, {len(lab.history.entries)} timeline entries, view of {len(now) // 1024} kB")
    print(f"a moment of the past, the median                 {ratio:10.1f} of {6:9.1f} views written")
    print(f"the slowest of 300                               {worst:10.1f} of {100:9.1f} ms")
    print(f"the past, compressed                             {kept:10.1f} of {4096:9.1f} kB")
    return 1 if ratio > 6 or worst > 100 or kept > 4096 else 0


if __name__ == "__main__":
    sys.exit(main())
