"""Pulling an image: asking the registry, then layers, as a stream of progress messages.

Source: moby ``distribution/pull_v2.go``, ``xfer/download.go``; ``pkg/jsonmessage``.
"""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

from playground.api.image_reference import Reference
from playground.engine.errors import NotFound
from playground.engine.events import EventLog
from playground.engine.images.registry import Manifest
from playground.engine.images.store import ImageStore
from playground.sim import Future, Kernel

Message = dict[str, Any]

_RESOLVE_US = (40_000, 120_000)
"""How long the registry takes to answer for a name, between these."""

_BYTES_PER_SECOND = 38_000_000
_STEP_US = 150_000
_PARALLEL = 3
"""Layers downloaded at once. Source: moby ``daemon/config``, ``defaultMaxConcurrentDownloads``."""


class Puller:
    """Pulls images for one engine. Two pulls of the same reference at once share their download."""

    def __init__(self, kernel: Kernel, store: ImageStore, events: EventLog, random: Random) -> None:
        self._kernel = kernel
        self._store = store
        self._events = events
        self._random = random
        self._under_way: dict[str, Future[None]] = {}

    async def resolve(self, reference: Reference) -> Manifest:
        """Ask the registry which image a reference names.

        Raises:
            NotFound: none.
        """
        await self._kernel.sleep(self._random.randint(*_RESOLVE_US))
        return self._store.registry.find(reference)

    async def pull(self, reference: Reference) -> None:
        """Pull without telling of it.

        Raises:
            NotFound: the registry has no such image.
        """
        async for _ in self.messages(reference.tagged(), await self.resolve(reference.tagged())):
            pass

    async def messages(self, reference: Reference, manifest: Manifest) -> AsyncIterator[Message]:
        """Pull what was resolved, and tell how it goes; the image is there at the end."""
        familiar = reference.familiar_name
        yield {
            "status": f"Pulling from {familiar if reference.domain != 'docker.io' else reference.path}",
            "id": reference.tag or reference.digest,
        }
        under_way = self._under_way.get(manifest.image_id)
        if under_way is not None:
            await under_way
        known = self._has(manifest)
        if not known:
            done: Future[None] = Future(self._kernel)
            self._under_way[manifest.image_id] = done
            try:
                async for message in self._layers(manifest):
                    yield message
            finally:
                del self._under_way[manifest.image_id]
                done.set(None)
        newer = self._store.holds(reference) is not manifest
        self._store.add(manifest, reference)
        yield {"status": f"Digest: {manifest.digest}"}
        if newer:
            yield {"status": f"Status: Downloaded newer image for {reference}"}
        else:
            yield {"status": f"Status: Image is up to date for {reference}"}
        self._events.log("image", "pull", str(reference), {"name": familiar})

    def _has(self, manifest: Manifest) -> bool:
        try:
            self._store.find(manifest.image_id)
        except NotFound:
            return False
        return True

    async def _layers(self, manifest: Manifest) -> AsyncIterator[Message]:
        layers = [(digest[7:19], size) for digest, size in manifest.layers]
        for layer, _ in layers:
            yield {"status": "Pulling fs layer", "progressDetail": {}, "id": layer}
        for layer, _ in layers[_PARALLEL:]:
            yield {"status": "Waiting", "progressDetail": {}, "id": layer}
        rate = _BYTES_PER_SECOND * self._random.randint(80, 120) // 100
        waiting = list(layers)
        active: dict[str, tuple[int, int]] = {}
        while waiting or active:
            while waiting and len(active) < _PARALLEL:
                layer, size = waiting.pop(0)
                active[layer] = (0, size)
            await self._kernel.sleep(_STEP_US)
            share = rate * _STEP_US // 1_000_000
            for layer, (current, size) in list(active.items()):
                current = min(size, current + share // len(active))
                active[layer] = (current, size)
                if current < size:
                    yield _progress("Downloading", layer, current, size)
                else:
                    del active[layer]
                    share += share // (len(active) + 1)
                    yield {"status": "Verifying Checksum", "progressDetail": {}, "id": layer}
                    yield {"status": "Download complete", "progressDetail": {}, "id": layer}
        for layer, size in layers:
            yield _progress("Extracting", layer, size, size)
            await self._kernel.sleep(20_000 + size // 250)
            yield {"status": "Pull complete", "progressDetail": {}, "id": layer}


def _progress(status: str, layer: str, current: int, total: int) -> Message:
    return {
        "status": status,
        "progressDetail": {"current": current, "total": total},
        "progress": _bar(current, total),
        "id": layer,
    }


def _bar(current: int, total: int) -> str:
    """The ready-made bar that a message carries beside the figures.

    Source: moby ``pkg/jsonmessage/jsonmessage.go``.
    """
    percent = min(current * 100 // total, 100) // 2
    return f"[{'=' * percent}>{' ' * (50 - percent)}] {human_size(current):>8}/{human_size(total)}"


def human_size(size: float) -> str:
    """Bytes as ``docker images`` shows them: four digits, decimal units.

    Source: docker/go-units ``size.go``, ``HumanSize``.
    """
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:.4g}{unit}"
        size /= 1000
    raise AssertionError
