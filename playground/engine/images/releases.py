"""Reads the tables of ``releases_data``: one release after the other, with its tags, date and sizes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Release:
    """One release of an image. ``alpine`` is the size of the image on Alpine in bytes, 0 where there is none."""

    version: str
    tags: tuple[str, ...]
    created: str
    size: int
    alpine: int

    def tagged(self, suffix: str) -> tuple[str, ...]:
        """The tags of a variant: ``7.4-alpine``; ``latest`` becomes the variant's bare name."""
        return tuple(suffix if tag == "latest" else f"{tag}-{suffix}" for tag in self.tags)


def releases(table: str, names: Mapping[str, tuple[str, ...]] | None = None) -> Iterator[Release]:
    """Every release of a table. The last of a series has the series' name too, and what ``names`` gives its version."""
    for row in table.split("\n"):
        if not row:
            continue
        series, numbers, month, size, alpine = row.split()
        every = list(_numbers(numbers))
        for number in every:
            version = f"{series}.{number}"
            tags = (version, series) if number == every[-1] else (version,)
            yield Release(
                version,
                (*tags, *(names or {}).get(version, ())),
                f"{month}-{10 + number % 18}T{number % 24:02}:{7 * number % 60:02}:31Z",
                int(float(size) * _MB),
                int(float(alpine) * _MB),
            )


def _numbers(text: str) -> Iterator[int]:
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        yield from range(int(first), int(last or first) + 1)
