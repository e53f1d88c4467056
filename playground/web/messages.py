"""Messages for translators: ``python -m playground.web.messages [--check]``.

Collects the strings of templates, of the page's modules and of the server's sentences into
``translations/messages.pot``, and brings every language's ``messages.po`` up to date with it. ``--check`` changes
nothing and says what is missing.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from playground.web import sentences

ROOT = Path(__file__).resolve().parents[2]
JS_KEYWORDS = {"t": None, "tn": (1, 2)}
TEMPLATE_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
COUNTED = {"counted": (1, 2)}
SPEAKING = ("backends", "labs", "lessons", "web")
"""Rooms whose sentences the page shows. Those below say what Docker says, and that is not translated."""
_BLOCK = re.compile(r"^```(?:(sh [^\n]*)|action [^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)[sd]|</?\w+")


def collect(root: Path = ROOT) -> Catalog:
    """Every message of the program, by file; the order is that of the files."""
    catalog = Catalog(
        project="Swarm Playground",
        version="1",
        copyright_holder="the authors of Swarm Playground",
        msgid_bugs_address="see CONTRIBUTING.md",
        last_translator="see the commits",
        # The same on every run, so that only messages make a difference.
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),
        revision_date=datetime(2026, 1, 1, tzinfo=UTC),
    )
    places: tuple[tuple[str, list[tuple[str, str]], Any], ...] = (
        ("templates", [("**.html", "jinja2.ext:babel_extract")], TEMPLATE_KEYWORDS),
        ("static/js", [("**.js", "playground.web.modules:extract")], JS_KEYWORDS),
        ("playground/web", [("**.py", "python")], {"say": None}),
        *((f"playground/{room}", [("**.py", "playground.web.sentences:extract")], COUNTED) for room in SPEAKING),
    )
    for folder, methods, keywords in places:
        options = {"**.html": {"newstyle_gettext": "true", "extensions": "jinja2.ext.i18n"}}
        for name, _line, message, comments, context in sorted(
            extract_from_dir(root / folder, methods, options, keywords), key=lambda found: found[0]
        ):
            catalog.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def update(root: Path = ROOT) -> None:
    """Write ``messages.pot`` and bring each ``messages.po`` up to date."""
    template = collect(root)
    with (root / "translations" / "messages.pot").open("wb") as stream:
        write_po(stream, template, width=120, sort_output=False, include_lineno=False, omit_header=False)
    for file in _languages(root):
        catalog = _read(file)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.revision_date = template.revision_date
        catalog.last_translator = template.last_translator
        catalog.obsolete.clear()
        with file.open("wb") as stream:
            write_po(stream, catalog, width=120, include_lineno=False, ignore_obsolete=True)


def problems(root: Path = ROOT) -> Iterator[str]:
    """What of each language is missing, or does not fit the English it translates."""
    template = collect(root)
    for file in _languages(root):
        name = file.relative_to(root).as_posix()
        catalog = _read(file)
        for message in template:
            if not message.id:
                continue
            known = catalog.get(message.id)
            one = _forms(message.id)[0]
            if known is None:
                yield f"{name}: missing: {one!r}; run `make translations`, then translate it"
            elif not all(_forms(known.string)) or not known.string:
                yield f"{name}:{known.lineno or 0}: not translated: {one!r}"
            elif known.fuzzy:
                yield f"{name}:{known.lineno or 0}: fuzzy: {one!r}; look at it and take the mark away"
            else:
                yield from (f"{name}:{known.lineno or 0}: {reason}: {one!r}" for reason in _misfits(known))
        yield from _situations(root, file.parents[1].name.replace("_", "-"))


def _situations(root: Path, language: str) -> Iterator[str]:
    """What of the sandbox's situations is missing, or runs something else than the English does."""
    for english in sorted((root / "sandbox").glob("*/en.md")):
        prose, names = english.with_name(f"{language}.md"), english.with_name(f"{language}.yaml")
        for file in (prose, names):
            if not file.is_file():
                yield f"{file.relative_to(root).as_posix()}: missing; translate {english.relative_to(root).as_posix()}"
        if prose.is_file():
            wanted, found = (_BLOCK.findall(file.read_text(encoding="utf-8")) for file in (english, prose))
            if wanted != found:
                yield f"{prose.relative_to(root).as_posix()}: its code blocks must be those of en.md, letter by letter"


def _misfits(message: Message) -> Iterator[str]:
    ids, strings = _forms(message.id), _forms(message.string)
    wanted = {part for text in ids for part in _PLACEHOLDER.findall(text)}
    for text in strings:
        strange = set(_PLACEHOLDER.findall(text)) - wanted
        if strange:
            yield f"holds {', '.join(sorted(strange))}, which the English has not"
    if len(strings) == 1 and (lost := wanted - set(_PLACEHOLDER.findall(strings[0]))):
        yield f"lacks {', '.join(sorted(lost))}"


def _forms(of: str | Sequence[str] | None) -> list[str]:
    """The forms of a message: one, or as many as there are plurals."""
    return [of] if isinstance(of, str) else list(of or ())


def _languages(root: Path) -> list[Path]:
    return sorted((root / "translations").glob("*/LC_MESSAGES/messages.po"))


def _read(file: Path) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parents[1].name)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m playground.web.messages", description="Messages for translators.")
    parser.add_argument("--check", action="store_true", help="change nothing; say what is missing")
    options = parser.parse_args(arguments)
    assert sentences.SPEAKERS
    if not options.check:
        update()
        return 0
    found = list(problems())
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
