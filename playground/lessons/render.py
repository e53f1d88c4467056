"""From an author's Markdown to the HTML of a step, with the lab's own addresses and tokens filled in."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment, TemplateSyntaxError, nodes
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from playground.lessons.model import Question

Facts = Mapping[str, Any]
"""``ip``: address by machine; ``token``: ``worker`` and ``manager``; ``key``: the unlock key."""


_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*:|//)", re.I)
_NEIGHBOUR = re.compile(r"^\.\./(\d\d-[a-z0-9-]+)/[\w-]+\.md(#.*)?$")


class _Named(dict[str, str]):
    """A part of the facts; what the lab does not have yet is named, so that the reader sees what is meant."""

    def __init__(self, found: Mapping[str, str], missing: str) -> None:
        super().__init__(found)
        self._missing = missing

    def __missing__(self, key: str) -> str:
        return self._missing.format(key)


class BadBlock(ValueError):
    """A block of a text makes no sense. ``line`` is the block's, from 0."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


_inline = MarkdownIt("commonmark", {"html": False}).disable("image")
_jinja = Environment(autoescape=False)  # Only reads; nothing of an author's is run.


def fill(text: str, facts: Facts) -> str:
    """Fill ``{{ ip.manager1 }}``, ``{{ token.worker }}`` and ``{{ key }}`` in.

    Raises:
        jinja2.TemplateError: the author's braces make no sense.
    """
    if not any(mark in text for mark in ("{{", "{%", "{#")):
        return text.removesuffix("\n")
    named = {
        "ip": _Named(facts.get("ip", {}), "ADDRESS-OF-{}"),
        "token": _Named(facts.get("token", {}), "TOKEN-FOR-A-{}"),
    }
    key = facts.get("key") or "SWMKEY"
    return "".join(
        part if isinstance(part, str) else key if part[0] == "key" else named[part[0]][part[1]] for part in _parts(text)
    )


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str | tuple[str, str], ...]:
    """A text as plain pieces and the names of facts. Nothing but these names can stand in braces."""
    parts: list[str | tuple[str, str]] = []
    for output in _jinja.parse(text).body:
        if not isinstance(output, nodes.Output):
            raise TemplateSyntaxError("only names like {{ ip.manager1 }} can stand in braces", output.lineno)
        for node in output.nodes:
            match node:
                case nodes.TemplateData(data=data):
                    parts.append(data)
                case nodes.Const(value=str(data)):  # {{ "{{.Names}}" }}
                    parts.append(data)
                case nodes.Name(name="key"):
                    parts.append(("key", ""))
                case nodes.Getattr(node=nodes.Name(name="ip" | "token" as kind), attr=name):
                    parts.append((kind, name))
                case nodes.Getitem(node=nodes.Name(name="ip" | "token" as kind), arg=nodes.Const(value=str(name))):
                    parts.append((kind, name))
                case _:
                    reason = "there are {{ ip.MACHINE }}, {{ token.worker }}, {{ token.manager }} and {{ key }}"
                    raise TemplateSyntaxError(reason, node.lineno)
    return tuple(parts)


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


def deed(block: Block) -> dict[str, Any]:
    """What the button of an ``action`` block does: ``{"fault": {...}}`` or ``{"clock": {...}}``.

    Raises:
        BadBlock: it is neither.
    """
    try:
        data = yaml.safe_load(block.body)
    except yaml.YAMLError as error:
        raise BadBlock(block.line, f"an action block is not YAML: {error}") from None
    if not isinstance(data, dict) or not data:
        raise BadBlock(block.line, "the body of an action is a fault, as `kill: worker1`, or `clock: {speed: 20}`")
    if "clock" not in data:
        return {"fault": data}
    clock = data["clock"]
    if len(data) > 1 or not isinstance(clock, dict) or len(clock) != 1:
        raise BadBlock(block.line, "a clock is set with one of `speed`, `paused`, `advance`, and nothing else")
    ((key, value),) = clock.items()
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match key:
        case "speed" if number and 0.25 <= value <= 60:
            pass
        case "advance" if number and 0 < value <= 86_400:
            pass
        case "paused" if isinstance(value, bool):
            pass
        case _:
            reason = "`speed` is 0.25 to 60, `paused` is true or false, `advance` is seconds, up to 86400"
            raise BadBlock(block.line, f"the clock cannot be set so: {reason}")
    return {"clock": clock}


def prose(text: str, facts: Facts, step: str, question: Question | None = None, slug: str = "") -> str:
    """Return the HTML of a step of the lesson ``slug``. Raw HTML in the Markdown stays text.

    Raises:
        jinja2.TemplateError: the author's braces make no sense.
        BadBlock: an action is none.
    """
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
            does = deed(Block(language, rest, token.content, token.map[0] if token.map else 0))
            data = "".join(f' data-{kind}="{html.escape(json.dumps(what))}"' for kind, what in does.items())
            return f'<div class="act"{data}>{html.escape(rest.strip())}</div>\n'
        code = html.escape(token.content.rstrip("\n"))
        if language == "sh" and rest.strip():
            machine = html.escape(rest.strip())
            return f'<div class="run" data-terminal="{machine}"><pre><code>{code}</code></pre></div>\n'
        return f'<pre class="shown" tabindex="0"><code>{code}</code></pre>\n'

    def image(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        source = str(token.attrGet("src") or "")
        if _SCHEME.match(source) or source.startswith(("/", "..")):
            return html.escape(token.content)
        address = f"/lessons/{slug}/files/{source}"
        return f'<img src="{html.escape(address)}" alt="{html.escape(token.content)}">'

    def link_open(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
        target = str(tokens[index].attrGet("href") or "")
        neighbour = _NEIGHBOUR.match(target)
        if neighbour:
            target = f"/lessons/{neighbour[1]}"
        return f'<a href="{html.escape(target)}">'

    markdown.add_render_rule("fence", fence)
    markdown.add_render_rule("image", image)
    markdown.add_render_rule("link_open", link_open)
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


def quiz(question: Question, number: int) -> str:
    """The form of a question at the end, the ``number``th from 0."""
    return ask(question, "").replace('data-step=""', f'data-quiz="{number}"', 1)


def inline(text: str) -> str:
    """Markdown of one line, without a paragraph around it."""
    return str(_inline.renderInline(text))
