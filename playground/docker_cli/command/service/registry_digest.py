"""Pins a service's image to the digest that the registry names.

Source: moby client/service_create.go.
"""

from typing import Any

from playground.api import ApiError
from playground.api.image_reference import InvalidReference, parse_reference, tagged_or_same
from playground.docker_cli.cli import Cli


async def pin_image(cli: Cli, spec: dict[str, Any], resolve: bool) -> str:
    """Give the image a tag and, with ``resolve``, its digest and platforms.

    Returns a warning when the registry does not tell, else an empty text.
    """
    task = spec["TaskTemplate"]
    container = task.get("ContainerSpec")
    if container is None:
        return ""
    container["Image"] = image = tagged_or_same(container.get("Image", ""))
    if not resolve:
        return ""
    try:
        reference = parse_reference(image)
        found = await cli.get(f"/distribution/{image}/json")
    except (ApiError, InvalidReference):
        return (
            f"image {image} could not be accessed on a registry to record\n"
            f"its digest. Each node will access {image} independently,\n"
            "possibly leading to different nodes running different\nversions of the image.\n"
        )
    container["Image"] = str(reference.with_digest(found["Descriptor"]["digest"]))
    platforms = [_platform(platform) for platform in found.get("Platforms") or []]
    if platforms:
        task["Placement"] = {**(task.get("Placement") or {}), "Platforms": platforms}
    return ""


def _platform(platform: dict[str, Any]) -> dict[str, str]:
    architecture, system = str(platform.get("architecture", "")), str(platform.get("os", ""))
    if architecture.lower() == "arm":
        architecture = ""
    shape = {"Architecture": architecture, "OS": system}
    return {key: value for key, value in shape.items() if value}
