"""Docker Hub as data: which images exist, what they hold, how their containers behave."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from playground.api.file_tree import Base
from playground.api.image_reference import Reference
from playground.engine.errors import NotFound
from playground.engine.images.flaws import Flaws
from playground.engine.images.life import Image
from playground.engine.images.reference import parse
from playground.engine.images.root_files import base_of


def _hex(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One image of the registry, with the digests by which engines know it."""

    image: Image
    digest: str
    """``sha256:...`` of the manifest list: what ``name@`` takes."""
    image_id: str
    """``sha256:...`` of the image's configuration."""
    layers: tuple[tuple[str, int], ...]
    """Digest (``sha256:...``) and compressed size of each layer."""


def _manifest(image: Image) -> Manifest:
    name = (image.repository, ",".join(image.tags))
    sizes = _layer_sizes(image)
    return Manifest(
        image,
        image.digest or "sha256:" + _hex("manifest", *name),
        "sha256:" + _hex("config", *name),
        tuple((f"sha256:{_hex('layer', *name, str(index))}", size) for index, size in enumerate(sizes)),
    )


def _layer_sizes(image: Image) -> list[int]:
    """Compressed sizes: the first layer holds most, as base images do; the last ones are tiny."""
    compressed = image.size * 38 // 100
    sizes = []
    for _ in range(image.layers - 1):
        sizes.append(max(compressed * 55 // 100, 120))
        compressed -= sizes[-1]
    return [*sizes, max(compressed, 120)]


def _by_name(images: Iterable[Image]) -> dict[str, dict[str, Image]]:
    """Images by full name and tag."""
    found: dict[str, dict[str, Image]] = {}
    for image in images:
        tags = found.setdefault(parse(image.repository).name, {})
        for tag in image.tags:
            tags[tag] = image
    return found


@cache
def _built_in() -> dict[str, dict[str, Image]]:
    from playground.engine.images.catalogue import IMAGES  # Thousands: a program that makes no lab needs none of them.

    return _by_name(IMAGES)


class ImageRegistry:
    """Every image that can be pulled in a lab; shared by its machines.

    ``ImageRegistry()`` holds the built-in catalogue (``playground.engine.images.catalogue``).
    """

    def __init__(self, images: Iterable[Image] | None = None) -> None:
        self.flaws = Flaws()
        self._roots: dict[str, Base] = {}
        self._by_name = _built_in() if images is None else _by_name(images)
        self._manifests: dict[tuple[str, tuple[str, ...]], Manifest] = {}

    def _manifest(self, image: Image) -> Manifest:
        """The manifest of an image, made when it is first asked for: there are thousands, and a lab uses a few."""
        key = (image.repository, image.tags)
        if key not in self._manifests:
            self._manifests[key] = _manifest(image)
        return self._manifests[key]

    def find(self, reference: Reference) -> Manifest:
        """What a tag or digest names; no tag means ``latest``.

        Raises:
            NotFound: with Docker Hub's words.
        """
        tags = self._by_name.get(reference.name)
        if tags is None:
            if reference.domain != "docker.io":
                raise NotFound(
                    f'failed to resolve reference "{reference.name}:{reference.tag or "latest"}": '
                    f"dial tcp: lookup {reference.domain}: no such host"
                )
            raise NotFound(
                f"pull access denied for {reference.familiar_name}, repository does not exist or may require "
                "'docker login': denied: requested access to the resource is denied"
            )
        if reference.digest:
            for image in tags.values():
                if self._manifest(image).digest == reference.digest:
                    return self._manifest(image)
        elif (reference.tag or "latest") in tags:
            return self._manifest(tags[reference.tag or "latest"])
        raise NotFound(f"manifest for {reference.tagged()} not found: manifest unknown: manifest unknown")

    def root_of(self, manifest: Manifest) -> Base:
        """What containers of the image begin with; all of a lab share it."""
        root = self._roots.get(manifest.image_id)
        if root is None:
            root = self._roots[manifest.image_id] = base_of(manifest.image)
        return root

    def tags(self, reference: Reference) -> list[str]:
        """Every tag of a repository, for ``pull --all-tags``; none when it does not exist."""
        return list(self._by_name.get(reference.name, {}))

    def search(self, term: str) -> list[str]:
        """Repositories whose familiar name contains ``term``, official ones first."""
        names = [parse(name).familiar_name for name in self._by_name]
        return sorted((name for name in names if term in name), key=lambda name: ("/" in name, name))
