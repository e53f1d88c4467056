"""``docker cp``: copy files between a container and the node.

Source: docker/cli command/container/cp.go; moby pkg/archive/copy.go.
"""

import io
import json
import posixpath
import tarfile
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from playground.api import ApiError
from playground.api.process import Files
from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import NO_PROGRESS
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.numbers import SECOND, quoted
from playground.docker_cli.formatter.sizes import human_size

_DIRECTORY = 1 << 31
_BLOCK = 512


def _split(argument: str) -> tuple[str, str]:
    """Container and path; no container for a path of the node."""
    name, colon, path = argument.partition(":")
    if argument.startswith("/") or not colon or name.startswith("."):
        return "", argument
    return name, path


async def run(cli: Cli, values: Values) -> None:
    source, target = values.words
    if not source:
        raise CommandFailed("source can not be empty")
    if not target:
        raise CommandFailed("destination can not be empty")
    (from_container, source_path), (to_container, target_path) = _split(source), _split(target)
    quiet = values.truth("quiet") if values.changed("quiet") else not cli.process.stdout.is_terminal
    if from_container and to_container:
        raise CommandFailed("copying between containers is not supported")
    if from_container:
        size = await _from_container(cli, from_container, source_path, target_path)
    elif to_container:
        size = await _to_container(cli, source_path, to_container, target_path)
    else:
        raise CommandFailed("must specify at least one container source")
    where = f"{to_container}:{target_path}" if to_container else _local(cli, target_path)
    if not quiet and "-" not in (source_path, target_path):
        await cli.complain(f"Successfully copied {human_size(size)} to {where}\n")


def _local(cli: Cli, path: str) -> str:
    """An absolute path; a slash at its end stays."""
    full = posixpath.normpath(posixpath.join(cli.process.environment.get("PWD", "/"), path))
    return full + "/" if path.endswith(("/", "/.")) and full != "/" else full


def _members(data: bytes) -> tuple[list[tuple[tarfile.TarInfo, bytes]], int]:
    """What is in an archive, and how long Go would have made it."""
    found, size = [], 2 * _BLOCK
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
        for member in tar:
            reader = tar.extractfile(member) if member.isfile() else None
            content = reader.read() if reader is not None else b""
            found.append((member, content))
            size += _BLOCK + -(-len(content) // _BLOCK) * _BLOCK
    return found, size


async def _from_container(cli: Cli, container: str, path: str, target: str) -> int:
    files = cli.process.files
    if target != "-":
        local = _local(cli, target)
        parent = posixpath.dirname(local.rstrip("/")) or "/"
        if not files.is_directory(parent):
            raise CommandFailed(f"invalid output path: directory {quoted(parent)} does not exist")
    answer = await cli.response("GET", f"/containers/{container}/archive", {"path": path or "/"})
    data = bytes(answer.body)
    if target == "-":
        if cli.process.stdout.is_terminal:
            raise CommandFailed("refusing to copy to a terminal")
        await cli.write(data)
        return 0
    members, size = _members(data)
    is_directory = bool(members) and members[0][0].isdir()
    base = local.rstrip("/") or "/"
    if files.is_directory(base):
        own_name = not path.endswith(("/.",)) or not is_directory
        root = posixpath.join(base, _name(members)) if own_name else base
    elif files.exists(base):
        if is_directory:
            raise CommandFailed("cannot copy directory")
        root = base
    elif local.endswith("/") and not is_directory:
        raise CommandFailed("no such directory")
    else:
        root = base
    for member, content in members:
        inner = member.name.strip("/").partition("/")[2]
        place = posixpath.join(root, inner) if inner else root
        if member.isdir():
            files.make_directories(place)
        elif member.isfile():
            files.write(place, content)
            files.chmod(place, member.mode & 0o7777)
    return size


def _name(members: list[tuple[tarfile.TarInfo, bytes]]) -> str:
    return members[0][0].name.strip("/").partition("/")[0] if members else ""


async def _to_container(cli: Cli, path: str, container: str, target: str) -> int:
    target = target if target.startswith("/") else f"/{target}"
    if path == "-":
        data = await cli.read_all()
        await cli.response("PUT", f"/containers/{container}/archive", _query(target), data)
        return 0
    files = cli.process.files
    local = _local(cli, path)
    plain = local.rstrip("/") or "/"
    if not files.exists(plain):
        raise CommandFailed(f"lstat {local}: no such file or directory")
    source_is_directory = files.is_directory(plain)
    there = await _stat(cli, container, target)
    if there is not None and there.get("mode", 0) & _DIRECTORY:
        contents_only = path.endswith("/.") or path == "."
        into, name = target, "" if source_is_directory and contents_only else posixpath.basename(plain)
    else:
        if there is not None and source_is_directory:
            raise CommandFailed("cannot copy directory")
        if there is None and target.endswith("/") and not source_is_directory:
            raise CommandFailed("no such directory")
        into, name = posixpath.dirname(target.rstrip("/")) or "/", posixpath.basename(target.rstrip("/"))
    data = _packed(cli, plain, name)
    await cli.response("PUT", f"/containers/{container}/archive", _query(into), data)
    return _members(data)[1]


def _query(path: str) -> dict[str, str]:
    return {"path": path, "noOverwriteDirNonDir": "true"}


async def _stat(cli: Cli, container: str, path: str) -> dict[str, Any] | None:
    """What is at a path of a container; None where there is nothing."""
    try:
        answer = await cli.response("HEAD", f"/containers/{container}/archive", {"path": path})
    except (ApiError, CommandFailed):
        # The answer to HEAD says no more than that; the copy itself says why it fails.
        return None
    header = next((v for k, v in answer.headers.items() if k.lower() == "x-docker-container-path-stat"), "")
    return dict(json.loads(b64decode(header))) if header else None


def _packed(cli: Cli, root: str, name: str) -> bytes:
    files = cli.process.files
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in _walk(files, root):
            inner = path[len(root.rstrip("/")) :].lstrip("/")
            member = tarfile.TarInfo("/".join(part for part in (name, inner) if part) or ".")
            member.mode, member.mtime = files.mode(path), cli.now_ns // SECOND
            if files.is_directory(path):
                member.type = tarfile.DIRTYPE
                tar.addfile(member)
            else:
                data = files.read(path)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def _walk(files: Files, path: str) -> Iterator[str]:
    yield path
    if files.is_directory(path):
        for name in sorted(files.list(path)):
            yield from _walk(files, posixpath.join(path, name))


def command() -> Command:
    return Command(
        "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
        "Copy files between a container and the node",
        run,
        exactly(2),
        (
            Flag("follow-link", help="Copy what a symbolic link points to", short="L"),
            Flag("archive", help="Keep owners and groups", short="a"),
            NO_PROGRESS,
        ),
        completes="all containers",
    )
