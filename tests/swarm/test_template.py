import pytest

from playground.swarm.model import Node, Task
from playground.swarm.template import Context, TemplateError, expand_container

TASK = Task(
    id="t" * 25, service_id="s1", service_name="web", slot=2, node_id="n1", service_labels={"a": "b", "c-d": "e"}
)
NODE = Node(id="n1", description={"Hostname": "w1", "Platform": {"Architecture": "x86_64", "OS": "linux"}})
CONTEXT = Context.of(TASK, NODE)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("plain", "plain"),
        ("{{.Service.Name}}-{{.Task.Slot}}", "web-2"),
        ("{{ .Node.Hostname }}", "w1"),
        ("{{.Node.Platform.OS}}/{{.Node.Platform.Architecture}}", "linux/x86_64"),
        ("{{.Task.Name}}", f"web.2.{'t' * 25}"),
        ("{{.Service.Labels.a}}", "b"),
        ('{{index .Service.Labels "c-d"}}', "e"),
        ('{{join "-" .Service.Name .Node.ID}}', "web-n1"),
        ('{{"x" | print "a"}}', "ax"),
        ("{{(print .Service.ID)}}", "s1"),
        ("a {{- .Service.ID -}} b", "as1b"),
        ("{{/* nothing */}}x", "x"),
        ("{{.Service.Labels}}", "map[a:b c-d:e]"),
    ],
)
def test_placeholders_are_filled_in(text: str, expanded: str) -> None:
    assert CONTEXT.expand(text) == expanded


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{{.Task", "template: expansion:1: unclosed action"),
        ("{{}}", "template: expansion:1: missing value for command"),
        ("{{nope}}", 'template: expansion:1: function "nope" not defined'),
        (
            "{{.Foo}}",
            'template: expansion:1:2: executing "expansion" at <.Foo>: '
            "can't evaluate field Foo in type *template.Context",
        ),
        (
            "{{.Task.Foo}}",
            'template: expansion:1:7: executing "expansion" at <.Task.Foo>: '
            "can't evaluate field Foo in type struct { ID string; Name string; Slot string }",
        ),
        (
            "{{.Service.Labels.zzz}}",
            'template: expansion:1:17: executing "expansion" at <.Service.Labels.zzz>: map has no entry for key "zzz"',
        ),
        ("{{if .Task.ID}}x{{end}}", "template: expansion:1: {{if}} is not emulated"),
    ],
)
def test_what_is_no_template_is_refused(text: str, error: str) -> None:
    with pytest.raises(TemplateError) as caught:
        CONTEXT.expand(text)
    assert str(caught.value) == error


def test_environment_mounts_and_hostname_are_expanded_and_nothing_else() -> None:
    container = {
        "Image": "{{.Service.Name}}",
        "Hostname": "{{.Node.Hostname}}",
        "Env": ["SLOT={{.Task.Slot}}", "PLAIN"],
        "Mounts": [{"Source": "v-{{.Task.Slot}}", "Target": "/x", "VolumeOptions": {"Labels": {"a": "{{.Node.ID}}"}}}],
    }
    assert expand_container(container, CONTEXT) == {
        "Image": "{{.Service.Name}}",
        "Hostname": "w1",
        "Env": ["SLOT=2", "PLAIN"],
        "Mounts": [{"Source": "v-2", "Target": "/x", "VolumeOptions": {"Labels": {"a": "n1"}}}],
    }
