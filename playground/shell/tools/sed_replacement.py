"""What ``s///`` of ``sed`` puts in the place of what it found."""


def replacement(template: str, text: str, registers: tuple[int | None, ...]) -> str:
    """``template`` with what was found, and its groups, in ``text``; ``\\U`` and its like change the case."""
    out: list[str] = []
    case = ""
    once = ""
    at = 0

    def put(piece: str) -> None:
        nonlocal once
        if case == "U":
            piece = piece.upper()
        elif case == "L":
            piece = piece.lower()
        if once and piece:
            piece = (piece[0].upper() if once == "u" else piece[0].lower()) + piece[1:]
            once = ""
        out.append(piece)

    def group(number: int) -> str:
        start, end = (registers[2 * number], registers[2 * number + 1]) if 2 * number < len(registers) else (None, None)
        return "" if start is None or end is None else text[start:end]

    while at < len(template):
        character = template[at]
        at += 1
        if character == "&":
            put(group(0))
        elif character == "\\" and at < len(template):
            letter = template[at]
            at += 1
            if letter.isdigit():
                put(group(int(letter)))
            elif letter in "ULE":
                case = "" if letter == "E" else letter
            elif letter in "ul":
                once = letter
            else:
                put({"n": "\n", "t": "\t", "r": "\r"}.get(letter, letter))
        else:
            put(character)
    return "".join(out)
