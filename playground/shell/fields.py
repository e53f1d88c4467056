"""Splits text into fields as IFS says."""


def split_blanks(text: str, blanks: str) -> list[str]:
    """Split at blanks alone, of which ``blanks`` are those that separate."""
    alike = text.translate({ord(blank): blanks[0] for blank in blanks[1:]})
    return [piece for piece in alike.split(blanks[0]) if piece]


def split_fields(text: str, separators: str, limit: int = 0) -> list[str]:
    """Split as IFS does: blanks in a row are one separator, every other one stands alone.

    With a ``limit`` the last field takes the rest, as ``read`` wants it.
    """
    blanks = "".join(c for c in separators if c in " \t\n")
    fields: list[str] = []
    at = 0
    while at < len(text) and text[at] in blanks:
        at += 1
    while at < len(text):
        if limit and len(fields) == limit - 1:
            rest = text[at:].rstrip(blanks) if blanks else text[at:]
            alone = split_fields(rest, separators)
            fields.append(alone[0] if len(alone) == 1 else rest)
            return fields
        start = at
        while at < len(text) and text[at] not in separators:
            at += 1
        fields.append(text[start:at])
        while at < len(text) and text[at] in blanks:
            at += 1
        if at < len(text) and text[at] in separators and text[at] not in blanks:
            at += 1
            while at < len(text) and text[at] in blanks:
                at += 1
    return fields
