from dataclasses import replace

import pytest

from playground.swarm.model import Config, Secret, Task
from playground.swarm.payload_template import Payloads
from playground.swarm.template import TemplateError

GO = {"Name": "golang"}
PASSWORD = Secret(id="s1", spec={"Name": "password"}, data=b"hunter2")
SPEC = {
    "Env": ["MODE=prod", "EMPTY"],
    "Secrets": [{"SecretID": "s1", "File": {"Name": "pw"}}],
    "Configs": [{"ConfigID": "c1", "File": {"Name": "/a"}}, {"ConfigID": "c2", "File": {"Name": "/b"}}],
}
TASK = Task(id="t" * 25, service_id="s1", service_name="web", slot=2, node_id="n1", spec={"ContainerSpec": SPEC})


def config(text: str, name: str = "c1") -> Config:
    return Config(id=name, spec={"Name": name, "Templating": GO}, data=text.encode())


def filled_in(text: str, *others: Config) -> bytes:
    asked = config(text)
    configs = {each.id: each for each in (asked, *others)}
    return Payloads(TASK, {"s1": PASSWORD}, configs).config(asked)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("{{.Service.Name}} on [{{.Node.Hostname}}]", b"web on []"),
        ("{{.Node.ID}} {{.Task.Slot}}", b"n1 2"),
        ('{{secret "pw"}} in {{env "MODE"}}{{env "EMPTY"}}{{env "NONE"}}', b"hunter2 in prod"),
    ],
)
def test_a_payload_knows_the_task_its_secrets_and_its_environment(text: str, expanded: bytes) -> None:
    assert filled_in(text) == expanded


def test_one_config_may_hold_another() -> None:
    assert filled_in('<{{config "/b"}}>', config("{{.Service.ID}}", "c2")) == b"<s1>"


def test_without_a_template_driver_the_text_stays() -> None:
    plain = replace(config("{{.Service.Name}}"), spec={"Name": "c1"})
    assert Payloads(TASK, {}, {"c1": plain}).config(plain) == b"{{.Service.Name}}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            'x {{secret "nope"}}',
            'template: expansion:1:4: executing "expansion" at <secret "nope">: '
            "error calling secret: secret target nope not found",
        ),
        (
            '{{config "/c"}}',
            'template: expansion:1:2: executing "expansion" at <config "/c">: '
            "error calling config: config target /c not found",
        ),
        ("{{nope}}", 'template: expansion:1: function "nope" not defined'),
    ],
)
def test_what_cannot_be_filled_in_says_why(text: str, why: str) -> None:
    with pytest.raises(TemplateError) as error:
        filled_in(text)
    assert str(error.value) == f"unable to get config from config store: failed to expand templated config c1: {why}"


def test_a_config_that_holds_itself_is_refused() -> None:
    with pytest.raises(TemplateError, match="names itself"):
        filled_in('{{config "/a"}}')
