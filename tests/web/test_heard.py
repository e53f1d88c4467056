"""What the server says comes out in German, to the last word: real labs, and the page's own module that hears them."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from playground.lessons.loader import load_all
from playground.web.bundle import find_toolchain
from playground.web.languages import Languages
from playground.web.retold import reteller
from tests.backends.lab import Cluster

ROOT = Path(__file__).resolve().parents[2]
MODULE = (ROOT / "static" / "js" / "language.js").as_uri()
HEAR = f"""
import {{ readFileSync }} from "node:fs";
const {{ script, sentences }} = JSON.parse(readFileSync(0, "utf8"));
(0, eval)(script);
const {{ heard }} = await import({json.dumps(MODULE)});
console.log(JSON.stringify(sentences.map(heard)));
"""
ENGLISH = re.compile(
    r"\b(the|is|are|and|of|to|not|has|have|it|its|with|from|for|by|goes|no|there|this|that|which|"
    r"be|can|cannot|made|makes|more|wanted|created|removed|asks|sends|nothing|tasks|managers)\b"
)
"""Words that tell English from German; a German sentence that keeps one of them was not translated whole."""
OF_DOCKER = re.compile(
    r"`[^`]*`|Error.*|refused:.*|lehnt mit Status.*|gibt: .*|nicht nehmen: .*|weiter, der jetzt.*|Meldung Node moved.*|"
    r"heartbeat failure for node in|no suitable.*|scheduling constraints.*|\S*\.\S*"
)
"""What stays as it is: commands, and what Docker prints."""


def in_german(sentences: Iterable[str]) -> dict[str, str]:
    """Every sentence as the German page shows it."""
    node = find_toolchain().node
    wanted = list(dict.fromkeys(sentences))
    script = Languages(ROOT / "translations").all["de"].script
    done = subprocess.run(
        [*node, "--input-type=module", "-e", HEAR],
        input=json.dumps({"script": script, "sentences": wanted}),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(wanted, json.loads(done.stdout), strict=True))


def left_in_english(sentences: Iterable[str]) -> list[tuple[str, str]]:
    told = in_german(sentences)
    return [(english, german) for english, german in told.items() if ENGLISH.search(OF_DOCKER.sub("", german))]


def of_changes(changes: Iterable[dict[str, Any]]) -> Iterator[str]:
    for change in changes:
        yield change["object"]
        yield change["text"]
        yield from {**(change["before"] or {}), **(change["after"] or {})}


def ways(cluster: Cluster) -> Iterator[str]:
    for command in cluster.emulated.way()["commands"]:
        for step in cluster.way(command["n"]):
            if not re.match(r"[A-Z]+ /", step["title"]):
                yield step["title"]
            yield step["text"]
            yield from of_changes(step["changes"])


def logs(cluster: Cluster, *managers: str) -> Iterator[str]:
    for name in managers:
        page = cluster.emulated.raft(name)
        yield from (message["word"] for message in page["under_way"])
        for entry in page["entries"]:
            yield entry["text"]
            yield from of_changes(entry["changes"])


def test_ways_and_logs_of_a_swarm_at_work_are_german() -> None:
    cluster = Cluster("manager1", "manager2", "manager3", "worker1")
    cluster.swarm()
    said: list[str] = []
    for node, line in (
        ("manager2", "docker service create -d --name web --replicas 3 -p 5000:5000 joeyratt/webpage:latest"),
        ("manager1", "docker network create --driver overlay shop"),
        ("manager1", "docker node update --label-add disk=ssd --availability drain worker1"),
        ("manager1", "docker service update -d --image joeyratt/webpage:v2.0 --label-add a=b web"),
        ("worker1", "docker node ls"),
        ("manager1", "docker service scale -d web=9"),
        ("manager1", "docker service create -d --name none --constraint node.labels.disk==tape nginx:latest"),
        ("manager1", "docker swarm update --autolock=true"),
        ("manager3", "docker service rm web"),
    ):
        cluster.run(node, line)
        cluster.sleep(8)
        said += ways(cluster)
    said += logs(cluster, "manager1", "manager3")

    assert len(set(said)) > 300
    assert left_in_english(said) == []


def test_ways_of_commands_that_get_stuck_are_german() -> None:
    cluster = Cluster("manager1", "manager2", "manager3")
    cluster.swarm()
    cluster.fault(partition=[["manager1"], ["manager2", "manager3"]])
    cluster.run("manager1", "docker service create -d --name lost nginx:latest", limit_s=30)
    cluster.sleep(20)
    cluster.fault(kill="manager3")
    cluster.sleep(20)
    cluster.run("manager2", "docker service create -d --name later nginx:latest", limit_s=40)
    said = [*ways(cluster), *logs(cluster, "manager1", "manager2")]
    said += (fault["text"] for fault in cluster.emulated.faults.lasting().values())

    assert left_in_english(said) == []


def sentences_of_checks() -> list[str]:
    """What the lessons' checks say of themselves where no author gave them a text."""
    lessons, _ = load_all(ROOT / "lessons")
    return [
        check.says()
        for lesson in lessons.values()
        for step in lesson.outline.steps
        for check in step.checks
        if not check.text
    ]


def test_what_lessons_check_is_german_where_no_author_wrote_it() -> None:
    said = sentences_of_checks()

    assert said
    assert left_in_english(said) == []


def test_an_export_says_the_sentences_of_checks_as_the_page_does() -> None:
    own = sentences_of_checks()
    retell = reteller(Languages(ROOT / "translations").all["de"])

    shown = in_german(own)

    assert "worker1 is a worker and ready" in shown
    assert {sentence: retell(sentence) for sentence in shown} == shown
    assert left_in_english(own) == []
