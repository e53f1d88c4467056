"""Sentences that the server makes of templates, in the reader's language, where no page is there to hear them: exports.

The page does the same for all that a lab says (``static/js/language.js``). Here it is only the default sentences of
checks: a template is recognised, what counts takes the form of its number, and names stay.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from babel.messages.catalog import Message

from playground.web.languages import Language

_SLOT = re.compile(r"\{(\w+)\}")
_COUNTED = re.compile(r"(\d+) (\w+?)s?")
_AMONG = re.compile(r"( and |, )")

Retell = Callable[[str], str]


@lru_cache(maxsize=8)
def reteller(language: Language) -> Retell:
    """What says an English sentence in ``language``; what no template makes stays as it is."""
    plain = {english: said for english, said in _templates(language) if _SLOT.search(english) is None}
    slotted = [(english, said) for english, said in _templates(language) if english not in plain]
    slotted.sort(key=lambda pair: -len(_SLOT.sub("", pair[0])))
    patterns = [(_pattern(english), _SLOT.findall(english), said) for english, said in slotted]

    def retell(sentence: str) -> str:
        if sentence in plain:
            return plain[sentence]
        for pattern, names, said in patterns:
            found = pattern.fullmatch(sentence)
            if found is not None:
                parts = {name: part(value) for name, value in zip(names, found.groups(), strict=True)}
                return said.format_map(parts)
        return sentence

    def part(text: str) -> str:
        """What a template was filled with: a name, a number of things, several of them, or words."""
        pieces = _AMONG.split(text)
        if len(pieces) > 1:
            links = {" and ": language.translations.gettext(" and ")}
            return "".join(links.get(piece, piece) if index % 2 else part(piece) for index, piece in enumerate(pieces))
        counted = _COUNTED.fullmatch(text)
        if counted is not None:
            number, one = int(counted[1]), f"{{count}} {counted[2]}"
            form = language.translations.ngettext(one, f"{one}s", number)
            return text if form in (one, f"{one}s") else form.replace("{count}", str(number))
        return keyed(retell(text)) if " " in text else text

    def keyed(text: str) -> str:
        """A kind of thing with a name, as "config page"."""
        kind, _, name = text.partition(" ")
        return f"{plain.get(kind, kind)} {name}"

    return retell


def _templates(language: Language) -> Iterator[tuple[str, str]]:
    for message in language.catalog:
        if isinstance(message.id, str) and isinstance(message.string, str) and _is_said(message):
            yield message.id, message.string


def _is_said(message: Message) -> bool:
    """Is it a sentence that a module of the server makes, and translated?"""
    of_server = any(str(name).endswith(".py") for name, _ in message.locations)
    return bool(message.id and message.string) and not message.fuzzy and of_server


def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"\{\w+\}", template)
    return re.compile("(.+?)".join(map(re.escape, pieces)), re.S)
