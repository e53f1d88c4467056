from base64 import b64encode
from typing import Any

import pytest

from playground.swarm.errors import BadConfiguration, Code, RpcError
from playground.swarm.model import Config, Secret
from tests.swarm.control_room import ControlRoom, service_body


@pytest.fixture
def room() -> ControlRoom:
    return ControlRoom()


class Kind:
    """Secrets or configs: what both can do."""

    def __init__(self, room: ControlRoom, word: str, limit: int) -> None:
        self.room, self.word, self.limit = room, word, limit

    def call(self, verb: str, *arguments: Any, plural: str = "") -> Any:
        return self.room.run(getattr(self.room.api, f"{verb}_{self.word}{plural}")(*arguments))

    def create(self, name: str = "db", data: bytes = b"x", **labels: str) -> Any:
        return self.call("create", {"Name": name, "Labels": labels}, data)

    def refused(self, verb: str, *arguments: Any) -> RpcError:
        with pytest.raises(RpcError) as caught:
            self.call(verb, *arguments)
        return caught.value


@pytest.fixture(params=[("secret", 512_000), ("config", 1_024_000)], ids=["secret", "config"])
def kind(request: pytest.FixtureRequest, room: ControlRoom) -> Kind:
    return Kind(room, *request.param)


def test_a_secret_never_gives_its_data_back_and_a_config_does(room: ControlRoom) -> None:
    secret = room.run(room.api.create_secret({"Name": "s", "Data": b64encode(b"hidden").decode()}))
    stored = room.store.view.get(Secret, secret.id)
    assert stored is not None
    assert stored.data == b"hidden"
    assert "Data" not in stored.spec
    assert [secret.data, room.run(room.api.get_secret(secret.id)).data] == [b"", b""]
    assert [each.data for each in room.run(room.api.list_secrets())] == [b""]
    config = room.run(room.api.create_config({"Name": "c"}, b"open"))
    assert room.run(room.api.get_config(config.id)).data == b"open"


def test_a_name_is_unique(kind: Kind) -> None:
    kind.create("db")
    error = kind.refused("create", {"Name": "DB"}, b"y")
    assert (error.code, error.description) == (Code.ALREADY_EXISTS, f"{kind.word} DB already exists")


@pytest.mark.parametrize("name", ["-a", "a-", "a b", "a" * 65, "a/b", ".a"])
def test_a_name_has_letters_and_digits_at_both_ends(kind: Kind, name: str) -> None:
    assert kind.refused("create", {"Name": name}, b"x").description == (
        "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]"
    )


def test_a_name_may_have_dots_inside(kind: Kind) -> None:
    assert kind.create("tls.key_v-1").name == "tls.key_v-1"
    assert kind.refused("create", {}, b"x").description == "name must be provided"


def test_data_has_a_size(kind: Kind) -> None:
    text = f"{kind.word} data must be larger than 0 and less than {kind.limit} bytes"
    assert kind.refused("create", {"Name": "a"}, b"").description == text
    assert kind.refused("create", {"Name": "a"}).description == text
    assert kind.refused("create", {"Name": "a"}, b"x" * kind.limit).description == text
    kind.create("a", b"x" * (kind.limit - 1))


def test_data_comes_in_base64(kind: Kind) -> None:
    with pytest.raises(BadConfiguration, match=r"^invalid JSON: illegal base64 data at input byte 3$"):
        kind.call("create", {"Name": "a", "Data": "abc!"})


def test_only_labels_can_be_changed(kind: Kind) -> None:
    made = kind.create()
    changed = kind.call("update", made.id, made.version, {"Name": "db", "Labels": {"a": "b"}})
    assert changed.spec["Labels"] == {"a": "b"}
    same = {"Name": "db", "Labels": {}, "Data": b64encode(b"x").decode()}
    version = kind.call("update", made.id, changed.version, same).version
    for body in ({"Name": "other"}, {"Name": "db", "Data": b64encode(b"new").decode()}):
        assert kind.refused("update", made.id, version, body).description == "only updates to Labels are allowed"
    refusal = kind.refused("update", made.id, version, {"Name": "db"}, b"new")
    assert refusal.description == "only updates to Labels are allowed"
    assert kind.refused("update", made.id, made.version, same).description == "update out of sequence"
    assert kind.refused("update", "nope", 1, same).description == f"{kind.word} nope not found"


def test_what_services_use_stays(kind: Kind) -> None:
    made = kind.create()
    title = kind.word.capitalize()
    reference = {
        f"{title}ID": made.id,
        f"{title}Name": "db",
        "File": {"Name": "x", "UID": "0", "GID": "0", "Mode": 292},
    }
    for name in ("one", "two"):
        body = service_body(name)
        body["TaskTemplate"]["ContainerSpec"][f"{title}s"] = [reference]
        kind.room.run(kind.room.api.create_service(body))
    names = " or ".join(
        f"{kind.word} 'db' is in use by the following services: {both}" for both in ("one, two", "two, one")
    )
    error = kind.refused("remove", made.id)
    assert error.code is Code.INVALID_ARGUMENT
    assert error.description in names
    one, two = kind.room.run(kind.room.api.list_services())
    kind.room.run(kind.room.api.remove_service(one.id))
    assert kind.refused("remove", made.id).description == (
        f"{kind.word} 'db' is in use by the following service: {two.name}"
    )
    kind.room.run(kind.room.api.remove_service(two.id))
    kind.call("remove", made.id)
    assert kind.refused("get", made.id).description == f"{kind.word} {made.id} not found"
    assert kind.refused("remove", made.id).description == f"could not find {kind.word} {made.id}"


def test_names_and_ids_are_alternatives_in_a_filter(kind: Kind) -> None:
    one, two = kind.create("one", a="b"), kind.create("two")

    def listed(**filters: list[str]) -> set[str]:
        return {each.name for each in kind.call("list", filters, plural="s")}

    assert listed(name=["ON"]) == {"one"}
    assert listed(name=["on"], id=[two.id]) == {"one", "two"}
    assert listed(label=["a=b"], id=[one.id, two.id]) == {"one"}
    with pytest.raises(BadConfiguration, match=r"^invalid filter 'foo'$"):
        listed(foo=["x"])


def test_secrets_alone_are_found_by_whole_names(room: ControlRoom) -> None:
    for name in ("one", "oneness"):
        room.run(room.api.create_secret({"Name": name}, b"x"))
    assert [each.name for each in room.run(room.api.list_secrets({"names": ["one"]}))] == ["one"]
    with pytest.raises(BadConfiguration, match=r"^invalid filter 'names'$"):
        room.run(room.api.list_configs({"names": ["one"]}))
    assert room.store.view.all(Config) == []
