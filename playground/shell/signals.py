"""The signals of Linux by name and number, and what besides them can be trapped."""

from typing import Final

_ROWS: Final = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT",
    "CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS",
)
SIGNALS: Final = {name: number for number, name in enumerate(" ".join(_ROWS).split(), 1)} | {
    "RTMIN": 34,
    **{f"RTMIN+{step}": 34 + step for step in range(1, 16)},
    **{f"RTMAX-{step}": 64 - step for step in range(14, 0, -1)},
    "RTMAX": 64,
}
NUMBERS: Final = {number: name for name, number in SIGNALS.items()}
CONDITIONS: Final = ("EXIT", "DEBUG", "ERR", "RETURN")
"""What ``trap`` knows that is no signal."""


def signal_named(word: str) -> str | None:
    """The name, without ``SIG``, of what ``2``, ``INT`` or ``sigint`` means; None when it means no signal."""
    if word.isascii() and word.isdigit():
        return NUMBERS.get(int(word[:4]))
    name = word.upper().removeprefix("SIG")
    return name if name in SIGNALS else None


def signal_table() -> str:
    """What ``kill -l`` and ``trap -l`` print: all of them, five in a row."""
    cells = [f"{number:2}) SIG{name}" for number, name in NUMBERS.items()]
    rows = [cells[at : at + 5] for at in range(0, len(cells), 5)]
    return "".join("\t".join(row) + ("\n" if len(row) == 5 else "\t\n") for row in rows)
