"""What an author has to mend."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author has to mend, or with ``warning`` should. ``line`` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        reason = f"warning: {self.reason}" if self.warning else self.reason
        return f"{self.file}:{self.line}: {reason}" if self.line else f"{self.file}: {reason}"


class BrokenLesson(Exception):
    """A lesson that cannot be used; ``problems`` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
