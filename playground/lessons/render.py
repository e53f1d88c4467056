"""From an author's Markdown to the HTML of a step, with the lab's own addresses and tokens filled in."""

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml
from jinja2.sandbox import SandboxedEnvironment
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from playground.lessons.model import Question

Facts = Mapping[str, Any]
"""``ip``: address by machine; ``token``: ``worker`` and ``manager``; ``key``: the unlock key."""


class _Named(dict[str, str]):
    """A part of the facts; what the lab does not have yet is named, so that the reader sees what is meant."""

    def __init__(self, found: Mapping[str, str], missing: str) -> None:
        super().__init__(found)
        self._missing = missing

    def __missing__(self, key: str) -> str:
        return self._missing.format(key)


_inline = MarkdownIt("commonmark", {"html": False})
_jinja = SandboxedEnvironment(autoescape=False)


def fill(text: str, facts: Facts) -> str:
    """Fill ``{{ ip.manager1 }}``, ``{{ token.worker }}`` and ``{{ key }}`` in.

    Raises:
        jinja2.TemplateError: the author's braces make no sense.
    """
    if not any(mark in text for mark in ("{{", "{%", "{#")):
        return text.removesuffix("\n")  # As a template would; compiling one takes far longer than reading it.
    return _jinja.from_string(text).render(
        ip=_Named(facts.get("ip", {}), "ADDRESS-OF-{}"),
        token=_Named(facts.get("token", {}), "TOKEN-FOR-A-{}"),
        key=facts.get("key") or "SWMKEY",
    )


class Block(NamedTuple):
    """A fenced block of Markdown: what stands after the fence, its body, and its line from 0."""

    language: str
    rest: str
    body: str
    line: int


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a step, in order."""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence":
            language, _, rest = token.info.strip().partition(" ")
            yield Block(language, rest.strip(), token.content, token.map[0] if token.map else 0)


def prose(text: str, facts: Facts, step: str, question: Question | None = None) -> str:
    """Return the HTML of a step. Raw HTML in the Markdown stays text."""
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    placed = False

    def fence(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
        nonlocal placed
        token = tokens[index]
        language, _, rest = token.info.strip().partition(" ")
        if language == "question" and question is not None:
            placed = True
            return ask(question, step)
        if language == "action":
            fault = json.dumps(yaml.safe_load(token.content))
            return f'<div class="act" data-fault="{html.escape(fault)}">{html.escape(rest.strip())}</div>\n'
        code = html.escape(token.content.rstrip("\n"))
        if language == "sh" and rest.strip():
            machine = html.escape(rest.strip())
            return f'<div class="run" data-terminal="{machine}"><pre><code>{code}</code></pre></div>\n'
        return f'<pre class="shown" tabindex="0"><code>{code}</code></pre>\n'

    markdown.add_render_rule("fence", fence)
    rendered = str(markdown.render(fill(text, facts)))
    return rendered if placed or question is None else rendered + ask(question, step)


def ask(question: Question, step: str) -> str:
    """The form of a question; choices are numbered from 0."""
    choices = "".join(
        f'<label><input type="radio" name="choice" value="{number}">{inline(choice)}</label>'
        for number, choice in enumerate(question.choices)
    )
    legend = f"<legend>{inline(question.ask)}</legend>"
    return f'<form class="ask" data-step="{html.escape(step)}"><fieldset>{legend}{choices}</fieldset></form>\n'


def inline(text: str) -> str:
    """Markdown of one line, without a paragraph around it."""
    return str(_inline.renderInline(text))
