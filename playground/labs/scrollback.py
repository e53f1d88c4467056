"""What a terminal has shown lately, so that a page that reloads or falls behind can be served from it."""

import codecs

LIMIT = 256 * 1024
KEPT = 192 * 1024


class Scrollback:
    """The newest output of one terminal, as text; positions count characters since the terminal was opened."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._pieces: list[str] = []
        self._pieces_length = 0
        self.start = 0

    @property
    def end(self) -> int:
        return self.start + len(self._text) + self._pieces_length

    def write(self, data: bytes) -> None:
        text = self._decoder.decode(data)
        if text:
            self._pieces.append(text)
            self._pieces_length += len(text)
            if self.end - self.start > LIMIT:
                self._join()
                cut = len(self._text) - KEPT
                newline = self._text.find("\n", cut)
                cut = newline + 1 if 0 <= newline < cut + 4096 else cut
                self._text = self._text[cut:]
                self.start += cut

    def read(self, position: int, limit: int) -> tuple[str, int, bool]:
        """Return up to ``limit`` characters from ``position``, the position after them, and whether some were skipped.

        What is no longer kept is skipped.
        """
        self._join()
        skipped = position < self.start
        begin = max(position, self.start) - self.start
        text = self._text[begin : begin + limit]
        return text, self.start + begin + len(text), skipped

    def tail(self, limit: int) -> int:
        """The position at which the last ``limit`` characters begin."""
        return max(self.start, self.end - limit)

    def _join(self) -> None:
        if self._pieces:
            self._text += "".join(self._pieces)
            self._pieces.clear()
            self._pieces_length = 0
