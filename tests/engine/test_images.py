"""Pulling, naming and removing images."""

import pytest

from playground.engine.containers.programs import main_program
from playground.engine.errors import BadParameter
from playground.engine.images.catalogue import IMAGES
from playground.engine.images.pages import PAGES
from playground.engine.images.reference import parse
from playground.engine.images.registry import ImageRegistry
from playground.engine.images.releases import releases
from tests.engine.lab import WEBPAGE, Lab


@pytest.fixture
def lab() -> Lab:
    return Lab("manager1")


def test_a_pull_tells_of_every_layer_and_ends_with_digest_and_status(lab: Lab) -> None:
    messages = lab.post("manager1", "/images/create", fromImage="alpine", tag="latest")
    assert messages[0] == {"status": "Pulling from library/alpine", "id": "latest"}
    assert [m["status"] for m in messages if "id" in m][-1] == "Pull complete"
    assert messages[-2]["status"].startswith("Digest: sha256:")
    assert messages[-1] == {"status": "Status: Downloaded newer image for alpine:latest"}
    again = lab.post("manager1", "/images/create", fromImage="alpine", tag="latest")
    assert again[-1] == {"status": "Status: Image is up to date for alpine:latest"}
    assert len(again) == 3


@pytest.mark.parametrize(
    ("image", "tag", "message"),
    [
        (
            "nope",
            "",
            "pull access denied for nope, repository does not exist or may require 'docker login': "
            "denied: requested access to the resource is denied",
        ),
        ("nginx", "nope", "manifest for nginx:nope not found: manifest unknown: manifest unknown"),
    ],
)
def test_unknown_images_are_refused_as_docker_hub_refuses_them(lab: Lab, image: str, tag: str, message: str) -> None:
    answer = lab.ask("manager1", "POST", "/images/create", fromImage=image, tag=tag or "latest")
    assert (answer.status, answer.body["message"]) == (404, message)


def test_an_image_with_two_names_loses_only_the_one_that_is_removed(lab: Lab) -> None:
    lab.post("manager1", f"/images/{WEBPAGE}/tag", repo="mine", tag="1")
    assert lab.ask("manager1", "DELETE", "/images/mine:1").body == [{"Untagged": "mine:1"}]
    assert WEBPAGE in [tag for image in lab.get("manager1", "/images/json") for tag in image["RepoTags"]]


def test_an_image_in_use_is_not_removed_without_force(lab: Lab) -> None:
    container = lab.container("manager1", "one", Cmd=["sleep", "9"])
    answer = lab.ask("manager1", "DELETE", f"/images/{WEBPAGE}")
    assert answer.status == 409
    assert answer.body["message"].startswith(
        f'conflict: unable to remove repository reference "{WEBPAGE}" (must force) - container {container[:12]} is'
    )


@pytest.mark.parametrize(
    ("text", "familiar"),
    [
        ("nginx", "nginx:latest"),
        ("docker.io/library/nginx:1.27", "nginx:1.27"),
        ("joeyratt/webpage", "joeyratt/webpage:latest"),
        ("localhost:5000/a/b:c", "localhost:5000/a/b:c"),
        ("ghcr.io/a/b", "ghcr.io/a/b:latest"),
    ],
)
def test_references_have_one_familiar_form(text: str, familiar: str) -> None:
    assert str(parse(text).tagged()) == familiar


@pytest.mark.parametrize("text", ["UPPER:tag", "a b", "", "nginx:", "nginx@sha256:12", "-x", "a" * 300])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse(text)


def test_every_image_of_the_catalogue_can_start_its_own_command() -> None:
    for image in IMAGES:
        life = main_program(image, [*image.entrypoint, *image.command])
        assert life is (image.life if image.life.main else None), image.repository
        assert image.life.page == "" or image.life.page in PAGES, image.repository


@pytest.mark.parametrize(
    ("name", "port"),
    [
        ("nginx:1.20", "80/tcp"),
        ("nginx:1.16.1-alpine", "80/tcp"),
        ("httpd:2.4.54", "80/tcp"),
        ("redis:7.4.0", "6379/tcp"),
        ("redis:3.0.6", "6379/tcp"),
        ("postgres:9.4", "5432/tcp"),
        ("postgres:15-alpine", "5432/tcp"),
        ("mysql:5.7", "3306/tcp"),
        ("mariadb:10.6", "3306/tcp"),
        ("mongo:4.4", "27017/tcp"),
        ("rabbitmq:3-management", "15672/tcp"),
        ("elasticsearch:2", "9200/tcp"),
        ("traefik:v2.11", "80/tcp"),
        ("wordpress:latest", "80/tcp"),
        ("registry:2", "5000/tcp"),
        ("dockersamples/visualizer:stable", "8080/tcp"),
        ("dockersamples/examplevotingapp_vote:before", "80/tcp"),
        ("bretfisher/examplevotingapp_vote:latest", "80/tcp"),
        ("nigelpoulton/ddd-book:web0.1", "8080/tcp"),
        ("dockercoins/webui:v0.1", "80/tcp"),
        ("swarmpit/swarmpit:latest", "8080/tcp"),
        ("prom/prometheus:latest", "9090/tcp"),
        ("grafana/grafana:latest", "3000/tcp"),
        ("gcr.io/cadvisor/cadvisor:latest", "8080/tcp"),
    ],
)
def test_what_tutorials_run_is_there_with_its_port(name: str, port: str) -> None:
    assert port in ImageRegistry().find(parse(name)).image.ports


def test_no_tag_names_two_images() -> None:
    named = [(image.repository, tag) for image in IMAGES for tag in image.tags]
    assert len(named) == len(set(named)) > 5_000


def test_the_last_of_a_series_has_its_name_and_a_variant_its_own() -> None:
    known = {one.version: one for one in releases("1.20 0-1,3 2021-11 141 23.2", {"1.20.3": ("latest",)})}
    assert list(known) == ["1.20.0", "1.20.1", "1.20.3"]
    assert known["1.20.1"].tags == ("1.20.1",)
    assert known["1.20.3"].tagged("alpine") == ("1.20.3-alpine", "1.20-alpine", "alpine")
    assert (known["1.20.3"].size, known["1.20.3"].alpine) == (141_000_000, 23_200_000)


def test_every_image_that_is_a_server_answers_on_what_it_exposes() -> None:
    silent = [
        image.repository
        for image in IMAGES
        if image.life.listens
        and image.ports
        and not {int(port.partition("/")[0]) for port in image.ports} & set(image.life.listens)
    ]
    assert silent == []
