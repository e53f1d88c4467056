"""Pulling, naming and removing images."""

import pytest

from playground.engine.containers.programs import main_program
from playground.engine.errors import BadParameter
from playground.engine.images.catalogue import IMAGES
from playground.engine.images.life import Image
from playground.engine.images.pages import PAGES
from playground.engine.images.reference import parse
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


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: f"{image.repository}:{image.tags[0]}")
def test_every_image_of_the_catalogue_can_start_its_own_command(image: Image) -> None:
    words = [*image.entrypoint, *image.command]
    life = main_program(image, words)
    assert life is (image.life if image.life.main else None)
    assert image.life.page == "" or image.life.page in PAGES
