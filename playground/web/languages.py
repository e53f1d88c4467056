"""The languages of the page: catalogues of messages, and which of them a request gets.

A language is a file ``translations/CODE/LC_MESSAGES/messages.po``. It is compiled in memory when the program starts, so
that no compiled file can be older than its source. English is the language of the messages themselves.
``docs/translating.md`` says how strings are marked.
"""

import hashlib
import io
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Request, Response, abort, current_app, g, has_request_context, request, url_for
from werkzeug.datastructures import LanguageAccept

ENGLISH = "en"
COOKIE = "language"
_PLURAL = re.compile(r"^[n0-9()!=<>%&|?: ]+$")
"""What a plural rule may be made of: it becomes a line of a script."""


@dataclass(frozen=True)
class Language:
    """One language: its code, its own name for itself, and what it calls the messages."""

    code: str
    catalog: Catalog

    @property
    def name(self) -> str:
        name = Locale.parse(self.code, sep="-").get_display_name() or self.code
        return name[0].upper() + name[1:]

    @cached_property
    def translations(self) -> Translations:
        """For templates."""
        compiled = io.BytesIO()
        write_mo(compiled, self.catalog)
        compiled.seek(0)
        return Translations(compiled)

    @cached_property
    def script(self) -> str:
        """For the page's modules: a classic script that leaves the catalogue in ``globalThis.pageWords``.

        ``messages`` are those of the modules; ``sentences`` are those that the server makes of a template.
        """
        messages: dict[str, str | list[str]] = {}
        sentences: list[tuple[str, str]] = []
        for message in self.catalog:
            if not message.id or message.fuzzy:
                continue
            files = {str(name).rpartition(".")[2] for name, _ in message.locations}
            forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
            if not all(forms) or not forms:
                continue
            if not isinstance(message.id, str):
                if files & {"js", "py"}:
                    messages[message.id[0]] = forms
                continue
            if "js" in files:
                messages[message.id] = forms[0]
            if "py" in files:
                sentences.append((message.id, forms[0]))
        plural = self.catalog.plural_expr
        if _PLURAL.match(plural) is None:
            raise ValueError(f"the plural rule of {self.code} is not one: {plural!r}")
        words = json.dumps({"messages": messages, "sentences": sentences}, ensure_ascii=False, separators=(",", ":"))
        return f"globalThis.pageWords={words};\nglobalThis.pageWords.plural=(n)=>Number({plural});\n"

    @cached_property
    def version(self) -> str:
        """Another one for another script, so that a browser may keep it."""
        return hashlib.sha256(self.script.encode()).hexdigest()[:12]


class Languages:
    """All languages there are, English first."""

    def __init__(self, folder: Path) -> None:
        self.all: dict[str, Language] = {ENGLISH: Language(ENGLISH, Catalog(locale=ENGLISH))}
        for file in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
            code = file.parents[1].name.replace("_", "-")
            with file.open("rb") as stream:
                self.all[code] = Language(code, read_po(stream, locale=code.replace("-", "_")))

    def named(self, code: str | None) -> str | None:
        """The language of that name, or the one that it is a kind of: ``de-AT`` is German."""
        if code is None:
            return None
        if code in self.all:
            return code
        base = code.partition("-")[0].lower()
        return base if base in self.all else None

    def choose(self, request: Request) -> str:
        """Which language a request gets.

        What its address says, else (for pages) what was chosen before, else the best of what the browser accepts, else
        English.
        """
        named = self.named(request.args.get(COOKIE))
        if named is None and not request.path.startswith("/api/"):
            named = self.named(request.cookies.get(COOKIE))
        return named or self._accepted(request.accept_languages) or ENGLISH

    def _accepted(self, accepted: LanguageAccept) -> str | None:
        return next((known for code, quality in accepted if quality > 0 and (known := self.named(code))), None)


def current_language() -> str:
    """The language of the request under way; English outside of one."""
    return getattr(g, "language", ENGLISH) if has_request_context() else ENGLISH


def say(message: str) -> str:
    """A message of this program's own in the language of the request under way."""
    if not has_request_context():
        return message
    languages: Languages = current_app.extensions["languages"]
    return str(languages.all[current_language()].translations.gettext(message))


def speak_languages(app: Flask, languages: Languages) -> None:
    """Give templates ``_`` and ``ngettext``, each request its language, and the page's modules their catalogue."""

    def translations() -> Translations:
        return languages.all[current_language()].translations

    def gettext(message: str) -> str:
        return translations().gettext(message)

    def ngettext(one: str, many: str, count: int) -> str:
        return translations().ngettext(one, many, count)

    app.extensions["languages"] = languages
    app.jinja_env.add_extension("jinja2.ext.i18n")
    templates: Any = app.jinja_env  # The extension gives it the next method.
    templates.install_gettext_callables(gettext, ngettext, newstyle=True)

    @app.before_request
    def find_language() -> None:
        g.language = languages.choose(request)

    @app.context_processor
    def template_values() -> dict[str, object]:
        code = current_language()
        return {
            "language": code,
            "languages": [(language.code, language.name) for language in languages.all.values()],
            "words_url": None if code == ENGLISH else url_for("words", code=code, v=languages.all[code].version),
        }

    @app.get("/words/<code>.js")
    def words(code: str) -> Response:
        """The messages of the page's modules in one language."""
        language = languages.all.get(code)
        if language is None:
            abort(404, f"there is no language {code!r} here; there are: {', '.join(languages.all)}")
        response = Response(language.script, mimetype="text/javascript")
        if request.args.get("v") == language.version:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    @app.after_request
    def say_which(response: Response) -> Response:
        if response.mimetype == "text/html" and "language" in g:
            response.headers["Content-Language"] = current_language()
            response.vary.update(("Accept-Language", "Cookie"))
        return response


def is_language(code: str) -> bool:
    """Is this a code of a language, like ``de`` or ``pt-BR``?"""
    try:
        Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True
