"""Whatever authors write, their readers' browsers run nothing of it, and the site goes on."""

import html as html_module
import re
from pathlib import Path

import pytest
from jinja2 import TemplateError

from playground.lessons import skeleton
from playground.lessons.loader import load_all
from playground.lessons.model import Question
from playground.lessons.render import BadBlock, Block, deed, fill, inline, prose, quiz

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](vbscript:x)",
    '[a](https://x" onmouseover="alert(1))',
    '[a](../02-x"onclick="alert(1)/en.md)',
    '![a" onerror="alert(1)](x.png)',
    '![a](x.png" onerror="alert(1))',
    "![a](https://elsewhere.example/spy.png)",
    "![a](//elsewhere.example/spy.png)",
    "![a](../../../etc/passwd)",
    "<https://x\"onclick='alert(1)'>",
    '```sh "><script>alert(1)</script>\nls\n```',
    '```action "><img src=x onerror=alert(1)>\nkill: "\\"><script>alert(1)</script>"\n```',
    "```<script>\n</code></pre><script>alert(1)</script>\n```",
    "| <svg onload=alert(1)> |\n|---|\n| <iframe src=javascript:alert(1)> |",
    "&lt;script&gt; &#60;script&#62;",
    "<!-- --><style>*{display:none}</style>",
]
TAG = re.compile(r"<([a-z]\w*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.I)
HARMLESS = {"p", "a", "img", "em", "strong", "code", "pre", "div", "form", "fieldset", "legend", "label", "input"}
HARMLESS |= {"table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "ul", "ol", "li", "br", "hr", "blockquote"}


def assert_harmless(html: str) -> None:
    for tag, attributes in TAG.findall(html):
        assert tag.lower() in HARMLESS, html
        without_values = re.sub(r"=\s*(\"[^\"]*\"|'[^']*')", "", attributes)
        assert not re.search(r"\bon\w+|\bstyle\b|\bsrcdoc\b", without_values, re.I), html
        for target in re.findall(r"(?:href|src)=\"([^\"]*)\"", attributes):
            scheme = re.match(r"[a-z]+:", html_module.unescape(target), re.I)
            assert scheme is None or scheme[0] in ("http:", "https:", "mailto:"), html
        for source in re.findall(r"src=\"([^\"]*)\"", attributes):
            assert source.startswith("/lessons/01-x/files/"), html
            assert ".." not in source, html


@pytest.mark.parametrize("text", HOSTILE)
def test_no_markup_of_an_author_becomes_script(text: str) -> None:
    question = Question(ask=text, choices=[text, "b"], answer=0, because=text)

    assert_harmless(prose(text + "\n\n```question\n```\n", {}, "step", question, "01-x"))
    assert_harmless(quiz(question, 0))
    assert_harmless(inline(text))


def test_what_a_lab_puts_in_becomes_no_script_either() -> None:
    facts = {"ip": {"manager1": "<script>alert(1)</script>"}, "key": '"><img src=x onerror=alert(1)>'}

    assert_harmless(prose("{{ ip.manager1 }}\n\n```sh manager1\n{{ key }}\n```", facts, "step", None, "01-x"))


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(10 ** 9) %}{% for j in range(10 ** 9) %}{% endfor %}{% endfor %}",
        "{{ 'a' * 10 ** 10 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ ip.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ ip }}",
        "{{ nothing }}",
        "{{",
    ],
)
def test_braces_hold_names_and_nothing_that_could_be_run(text: str) -> None:
    with pytest.raises(TemplateError):
        fill(text, {})


def test_templates_of_go_can_be_written() -> None:
    assert fill("docker ps --format '{{ \"{{.Names}}\" }}'", {}) == "docker ps --format '{{.Names}}'"
    assert fill("{% raw %}docker ps --format '{{.Names}}'{% endraw %} {{ key }}", {}) == (
        "docker ps --format '{{.Names}}' SWMKEY"
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "- 1",
        "{",
        "clock: 3",
        "clock: {speed: fast}",
        "clock: {speed: 61}",
        "clock: {speed: true}",
        "clock: {paused: 1}",
        "clock: {advance: 1e9}",
        "clock: {speed: 2, paused: true}",
        "kill: a\nclock: {speed: 2}",
    ],
)
def test_an_action_that_is_none_is_refused_with_its_line(body: str) -> None:
    with pytest.raises(BadBlock) as refused:
        deed(Block("action", "Do", body, 7))
    assert refused.value.line == 7


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lesson.yaml", b""),
        ("lesson.yaml", b"\xff\xfe"),
        ("lesson.yaml", b"steps: [" * 3000),
        ("lesson.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nsteps: *b"),
        ("lesson.yaml", b"title: !!python/object/apply:os.system [ls]"),
        ("lesson.yaml", b"\x00"),
        ("lesson.yaml", b"- 1\n- 2"),
        ("en.md", b"# Nodes\n\xff"),
        ("en.md", b"# Nodes\n"),
        ("en.md", b"# Nodes\n\n## See\n\n```action X\n[\n```\n"),
        ("en.md", b"# Nodes\n\n## See\n\n{{ ip.manager1 \n"),
        ("en.md", None),
        ("en.md", b"# Nodes\n\n## See\n" + b"a" * 2_000_000),
    ],
)
def test_a_broken_file_breaks_its_lesson_alone_and_is_named_with_its_line(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    skeleton.create(tmp_path, "01-good")
    broken = skeleton.create(tmp_path, "02-nodes")
    if content is None:
        (broken / name).unlink()
    else:
        (broken / name).write_bytes(content)

    lessons, problems = load_all(tmp_path)

    assert sorted(lessons) == ["01-good"]
    assert problems
    for problem in problems:
        assert problem.file == f"02-nodes/{name}"
        assert problem.line > 0
        assert problem.reason


def test_the_line_of_a_broken_action_is_its_own(tmp_path: Path) -> None:
    folder = skeleton.create(tmp_path, "01-nodes")
    prose_file = folder / "en.md"
    prose_file.write_text(prose_file.read_text() + "\n```action Go\nclock: {speed: 99}\n```\n")

    _, problems = load_all(tmp_path)

    line = prose_file.read_text().splitlines()[problems[0].line - 1]
    assert line == "```action Go"
