"""The images on one engine's disk: by id, by tag, by digest.

Source: moby ``daemon/images``, ``reference/store.go``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from typing import Any

from playground.api.image_reference import IDENTIFIER, Reference
from playground.engine import query
from playground.engine.clock import Clock
from playground.engine.errors import BadParameter, Conflict, EngineError, NotFound
from playground.engine.events import EventLog
from playground.engine.filters import Filters
from playground.engine.images.reference import parse, with_tag
from playground.engine.images.registry import ImageRegistry, Manifest
from playground.sim import SECOND

_ACCEPTED = ("dangling", "label", "before", "since", "reference", "until")


@dataclass(frozen=True, slots=True)
class User:
    """A container that uses an image: its id, whether it runs, and the image reference it was made from."""

    container_id: str
    running: bool


class ImageStore:
    """What was pulled or tagged. ``users(image_id)`` tells which containers use an image."""

    def __init__(
        self, clock: Clock, events: EventLog, registry: ImageRegistry, users: Callable[[str], list[User]]
    ) -> None:
        self._clock = clock
        self._events = events
        self._users = users
        self.registry = registry
        self._by_id: dict[str, Manifest] = {}
        self._references: dict[str, str] = {}
        """Familiar reference (``name:tag`` or ``name@digest``) -> image id."""
        self._tagged_us: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    # Looking up

    def find(self, text: str) -> Manifest:
        """The image that a reference or id names.

        Raises:
            NotFound: none does.
            BadParameter: it is no reference at all.
        """
        if text in self._by_id:
            return self._by_id[text]
        if text.startswith("sha256:"):
            return self._by_prefix(text, text)
        if IDENTIFIER.fullmatch(text):
            return self._by_prefix(text, text)
        reference = parse(text)
        image_id = self._references.get(self._key(reference))
        if image_id is not None:
            return self._by_id[image_id]
        return self._by_prefix(text, str(reference.tagged()))

    @staticmethod
    def _key(reference: Reference) -> str:
        if reference.digest:
            return f"{reference.familiar_name}@{reference.digest}"
        return str(reference.tagged())

    def _by_prefix(self, text: str, shown: str) -> Manifest:
        prefix = text.removeprefix("sha256:")
        if re.fullmatch(r"[0-9a-f]{1,64}", prefix):
            found = [image_id for image_id in self._by_id if image_id[7:].startswith(prefix)]
            if len(found) == 1:
                return self._by_id[found[0]]
        raise NotFound(f"No such image: {shown}")

    def holds(self, reference: Reference) -> Manifest | None:
        """The image that exactly this tag or digest names here."""
        image_id = self._references.get(self._key(reference))
        return None if image_id is None else self._by_id[image_id]

    def tags(self, image_id: str) -> list[str]:
        return sorted(name for name, target in self._references.items() if target == image_id and "@" not in name)

    def digests(self, image_id: str) -> list[str]:
        return sorted(name for name, target in self._references.items() if target == image_id and "@" in name)

    def knows(self, repository: str) -> bool:
        """Whether there is an image with a tag in a repository, by its familiar name."""
        return any(name.rpartition(":")[0] == repository for name in self._references if "@" not in name)

    # Changing

    def add(self, manifest: Manifest, reference: Reference) -> None:
        """Keep a pulled image under the tag (if any) and the digest by which it was asked for."""
        self._by_id[manifest.image_id] = manifest
        self._tagged_us[manifest.image_id] = self._clock.now_us
        self._references[f"{reference.familiar_name}@{manifest.digest}"] = manifest.image_id
        if not reference.digest:
            self._references[str(reference.tagged())] = manifest.image_id

    def tag(self, source: str, repository: str, tag: str) -> None:
        """Give an image another name.

        Raises:
            NotFound: no such image.
            BadParameter: the new name is none.
        """
        reference = parse(repository)
        if reference.digest:
            raise BadParameter("refusing to create a tag with a digest reference")
        if tag:
            reference = with_tag(reference, tag)
        manifest = self.find(source)
        name = str(reference.tagged())
        self._references[name] = manifest.image_id
        self._tagged_us[manifest.image_id] = self._clock.now_us
        self._events.log("image", "tag", manifest.image_id, {"name": name})

    def remove(self, text: str, force: bool) -> list[dict[str, str]]:
        """Take a name away, and the image with its last one.

        Raises:
            NotFound: no such image.
            Conflict: a container uses it, or it has several names.
        """
        manifest = self.find(text)
        image_id = manifest.image_id
        names = self.tags(image_id) + self.digests(image_id)
        users = self._users(image_id)
        short = image_id[7:19]
        done: list[dict[str, str]] = []
        by_id = image_id.startswith(text) or image_id[7:].startswith(text)
        if not by_id:
            if not force and self._single(names) and users:
                raise Conflict(
                    f'conflict: unable to remove repository reference "{text}" (must force) - container '
                    f"{users[0].container_id[:12]} is using its referenced image {short}"
                )
            reference = parse(text).tagged()
            done.append(self._untag(self._key(reference), image_id))
            if not any(parse(name).name == reference.name for name in self.tags(image_id)) and not reference.digest:
                done += [
                    self._untag(name, image_id) for name in self.digests(image_id) if parse(name).name == reference.name
                ]
            if self.tags(image_id) or self.digests(image_id):
                return done
            if any(user.running for user in users) or (users and not force):
                return done
        else:
            running = next((user for user in users if user.running), None)
            if running is not None:
                raise Conflict(
                    f"conflict: unable to delete {short} (cannot be forced) - image is being used by running "
                    f"container {running.container_id[:12]}"
                )
            if not force and len(names) > 1 and not self._single(names):
                raise Conflict(
                    f"conflict: unable to delete {short} (must be forced) - image is referenced in multiple "
                    "repositories"
                )
            if not force and users:
                raise Conflict(
                    f"conflict: unable to delete {short} (must be forced) - image is being used by stopped "
                    f"container {users[0].container_id[:12]}"
                )
            done += [self._untag(name, image_id) for name in names]
        del self._by_id[image_id]
        self._tagged_us.pop(image_id, None)
        self._events.log("image", "delete", image_id, {"name": image_id})
        return [*done, {"Deleted": image_id}, *({"Deleted": digest} for digest, _ in reversed(manifest.layers))]

    @staticmethod
    def _single(names: list[str]) -> bool:
        """True when all names are of one repository with at most one tag."""
        tags = [name for name in names if "@" not in name]
        return len(tags) <= 1 and len({parse(name).name for name in names}) == 1

    def _untag(self, name: str, image_id: str) -> dict[str, str]:
        self._references.pop(name, None)
        self._events.log("image", "untag", image_id, {"name": image_id})
        return {"Untagged": name}

    def prune(self, filters: Filters) -> dict[str, Any]:
        """``POST /images/prune``: images without a tag, or with ``dangling=false`` all that no container uses."""
        filters.validate(("dangling", "label", "label!", "until"))
        dangling = filters.boolean("dangling", True)
        until = self._until(filters)
        deleted: list[dict[str, str]] = []
        freed = 0
        for image_id, manifest in list(self._by_id.items()):
            if self._users(image_id) or (dangling and self.tags(image_id)):
                continue
            if not filters.labels("label", manifest.image.labels):
                continue
            if until is not None and _unix(manifest.image.created) * SECOND > until:
                continue
            for name in self.tags(image_id) or [image_id]:
                deleted += self.remove(name, force=False)
            freed += manifest.image.size
        if deleted:
            self._events.log("image", "prune", "", {"reclaimed": str(freed)})
        return {"ImagesDeleted": deleted or None, "SpaceReclaimed": freed}

    def _until(self, filters: Filters) -> int | None:
        """As ``query.pruned_until``, except for the status with which images refuse it."""
        try:
            return query.pruned_until(filters, self._clock.unix_us())
        except BadParameter as error:
            raise EngineError(str(error)) from None

    # Showing

    def summaries(self, filters: Filters, shared_size: bool = False) -> list[dict[str, Any]]:
        """``GET /images/json``, newest image first."""
        filters.validate(_ACCEPTED)
        dangling = filters.boolean("dangling") if "dangling" in filters else None
        until = self._until(filters)
        wanted = filters.get("reference")
        before = [self.find(text).image.created for text in filters.get("before")]
        since = [self.find(text).image.created for text in filters.get("since")]
        if any(_unclosed(pattern) for pattern in wanted):
            raise EngineError("syntax error in pattern")
        found = []
        for image_id, manifest in self._by_id.items():
            tags, digests = self.tags(image_id), self.digests(image_id)
            if dangling is not None and dangling == bool(tags):
                continue
            if wanted:
                tags = [name for name in tags if any(_familiar_match(pattern, name) for pattern in wanted)]
                digests = [name for name in digests if any(_familiar_match(pattern, name) for pattern in wanted)]
                if not tags and not digests:
                    continue
            image = manifest.image
            if any(image.created >= limit for limit in before) or any(image.created <= limit for limit in since):
                continue
            if not filters.labels("label", image.labels):
                continue
            if until is not None and _unix(image.created) * SECOND >= until:
                continue
            found.append(
                {
                    "Containers": -1,
                    "Created": _unix(image.created),
                    "Id": image_id,
                    "Labels": dict(image.labels) or None,
                    "ParentId": "",
                    "RepoDigests": digests,
                    "RepoTags": tags,
                    "SharedSize": 0 if shared_size else -1,
                    "Size": image.size,
                }
            )
        return sorted(found, key=lambda summary: summary["Created"], reverse=True)

    def inspect(self, text: str) -> dict[str, Any]:
        """``GET /images/{name}/json``."""
        manifest = self.find(text)
        image = manifest.image
        layer = f"/var/lib/docker/overlay2/{manifest.layers[-1][0][7:]}"
        return {
            "Id": manifest.image_id,
            "RepoTags": self.tags(manifest.image_id),
            "RepoDigests": self.digests(manifest.image_id),
            "Parent": "",
            "Comment": "buildkit.dockerfile.v0",
            "Created": image.created,
            "DockerVersion": "",
            "Author": "",
            "Config": image_config(manifest),
            "Architecture": "amd64",
            "Os": "linux",
            "Size": image.size,
            "GraphDriver": {
                "Data": {"MergedDir": f"{layer}/merged", "UpperDir": f"{layer}/diff", "WorkDir": f"{layer}/work"},
                "Name": "overlay2",
            },
            "RootFS": {"Type": "layers", "Layers": [digest for digest, _ in manifest.layers]},
            "Metadata": {"LastTagTime": self._clock.rfc3339(self._tagged_us.get(manifest.image_id))},
        }

    def history(self, text: str) -> list[dict[str, Any]]:
        """``GET /images/{name}/history``, newest step first."""
        manifest = self.find(text)
        image = manifest.image
        steps: list[tuple[str, int]] = []
        if image.command:
            words = " ".join(f'"{word}"' for word in image.command)
            steps.append((f"CMD [{words}]", 0))
        if image.ports:
            steps.append((f"EXPOSE {' '.join(image.ports)}", 0))
        if image.entrypoint:
            words = " ".join(f'"{word}"' for word in image.entrypoint)
            steps.append((f"ENTRYPOINT [{words}]", 0))
        sizes = [size * 100 // 38 for _, size in manifest.layers]
        steps += [("RUN /bin/sh -c set -eux # buildkit", size) for size in reversed(sizes[1:])]
        steps.append(("ADD rootfs.tar.xz / # buildkit", sizes[0]))
        return [
            {
                "Comment": "buildkit.dockerfile.v0",
                "Created": _unix(image.created),
                "CreatedBy": words,
                "Id": manifest.image_id if index == 0 else "<missing>",
                "Size": size,
                "Tags": (self.tags(manifest.image_id) or None) if index == 0 else None,
            }
            for index, (words, size) in enumerate(steps)
        ]

    def total_size(self) -> int:
        return sum(manifest.image.size for manifest in self._by_id.values())


def image_config(manifest: Manifest) -> dict[str, Any]:
    """The ``Config`` of an image, as its containers start from."""
    image = manifest.image
    config: dict[str, Any] = {
        "Hostname": "",
        "Domainname": "",
        "User": image.user,
        "AttachStdin": False,
        "AttachStdout": False,
        "AttachStderr": False,
        "Tty": False,
        "OpenStdin": False,
        "StdinOnce": False,
        "Env": list(image.env),
        "Cmd": list(image.command) or None,
        "Image": "",
        "Volumes": {path: {} for path in image.volumes} or None,
        "WorkingDir": image.directory,
        "Entrypoint": list(image.entrypoint) or None,
        "OnBuild": None,
        "Labels": dict(image.labels) or None,
    }
    if image.ports:
        config["ExposedPorts"] = {port: {} for port in image.ports}
    if image.health:
        config["Healthcheck"] = dict(image.health)
    if image.stop_signal:
        config["StopSignal"] = image.stop_signal
    return config


def _unix(date: str) -> int:
    return int(datetime.fromisoformat(date).timestamp())


def _familiar_match(pattern: str, name: str) -> bool:
    """``reference`` filter: a shell pattern against the whole name or the repository alone.

    Source: distribution/reference ``helpers.go``, ``FamiliarMatch``.
    """
    if len(pattern) > 256 or pattern.count("*") > 8:
        return False
    regex = re.compile(translate(pattern).replace("(?s:.*", "(?s:[^/]*"))
    repository = name.partition("@")[0].rpartition(":")[0] or name.partition("@")[0]
    return bool(regex.fullmatch(name) or regex.fullmatch(repository))


def _unclosed(pattern: str) -> bool:
    """True where Go's ``path.Match`` finds a class of characters without an end."""
    rest = pattern.rpartition("[")[2] if "[" in pattern else "]"
    return "]" not in rest[1:] and rest != "]"
