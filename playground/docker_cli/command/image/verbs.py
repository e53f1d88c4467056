"""``docker image`` ls, inspect, rm, tag, history, prune, pull, push.

Source: docker/cli command/image.
"""

from typing import Any

from playground.api import ApiError, EngineUnreachable
from playground.api.durations import human_duration
from playground.api.image_reference import InvalidReference, Reference, parse_reference
from playground.docker_cli.cli import Cli, error_text, filters_json
from playground.docker_cli.command.common_flags import (
    FILTERS,
    FORCE,
    FORMAT,
    INSPECT_FORMAT,
    NO_PROGRESS,
    NO_TRUNC,
    QUIET,
)
from playground.docker_cli.command.model import Command, at_least, at_most, exactly, none
from playground.docker_cli.errors import CommandFailed, joined
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import BOOL, STRING
from playground.docker_cli.flags.numbers import SECOND
from playground.docker_cli.formatter.inspection import Found, inspect
from playground.docker_cli.formatter.instants import go_time, rfc3339_nano
from playground.docker_cli.formatter.sizes import human_size
from playground.docker_cli.formatter.table import Columns, render
from playground.docker_cli.formatter.texts import ellipsis, short_id
from playground.docker_cli.gotemplate.values import Row
from playground.docker_cli.opts.lists import FILTER
from playground.docker_cli.pull_progress import show_stream

_NONE = "<none>"
_HEADERS = {
    "ID": "IMAGE ID",
    "Repository": "REPOSITORY",
    "Tag": "TAG",
    "Digest": "DIGEST",
    "CreatedSince": "CREATED",
    "CreatedAt": "CREATED AT",
    "Size": "SIZE",
    "Containers": "CONTAINERS",
    "VirtualSize": "SIZE",
    "SharedSize": "SHARED SIZE",
    "UniqueSize": "UNIQUE SIZE",
}
_TABLE = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.Size}}"
_DIGESTS = (
    "table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}"
    "\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.Size}}"
)
COLUMNS = Columns("*formatter.imageContext", _HEADERS, _TABLE)
_HISTORY = Columns(
    "*image.historyContext",
    {
        "ID": "IMAGE",
        "CreatedSince": "CREATED",
        "CreatedAt": "CREATED AT",
        "CreatedBy": "CREATED BY",
        "Size": "SIZE",
        "Comment": "COMMENT",
    },
    "table {{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
)
_PRUNE = {
    False: "WARNING! This will remove all dangling images.\nAre you sure you want to continue?",
    True: "WARNING! This will remove all images without at least one container associated to them.\n"
    "Are you sure you want to continue?",
}


async def listing(cli: Cli, values: Values) -> None:
    filters = {**values["filter"]}
    if values.words:
        filters["reference"] = [*filters.get("reference", []), values.words[0]]
    query = {"all": "1"} if values.truth("all") else {}
    images = await cli.list("/images/json", filters, **query)
    digests = values.truth("digests")
    form = COLUMNS.format(values.text("format"), values.truth("quiet"))
    if form == _TABLE and digests:
        form = _DIGESTS
    wants_digest = digests or "{{.Digest}}" in form
    rows = [row for image in images for row in image_rows(cli, image, not values.truth("no-trunc"), wants_digest)]
    await cli.write(render(COLUMNS, form, rows))


def image_rows(cli: Cli, image: Any, truncate: bool, digests: bool) -> list[Row]:
    """One row for every name of an image; one without a name for an image that has none."""
    tags: dict[str, list[str]] = {}
    for name in image.get("RepoTags") or []:
        reference = _parsed(name)
        if reference is not None and reference.tag:
            tags.setdefault(reference.familiar_name, []).append(reference.tag)
    known: dict[str, list[str]] = {}
    for name in image.get("RepoDigests") or []:
        reference = _parsed(name)
        if reference is not None and reference.digest:
            known.setdefault(reference.familiar_name, []).append(reference.digest)
    triples: list[tuple[str, str, str]] = []
    for repository, names in tags.items():
        own = known.pop(repository, [])
        for tag in names:
            if not digests or not own:
                triples.append((repository, tag, _NONE))
            else:
                triples += [(repository, tag, digest) for digest in own]
    for repository, names in known.items():
        triples += [(repository, _NONE, digest) for digest in names] if digests else [(repository, _NONE, "")]
    return [_row(cli, image, truncate, *triple) for triple in triples or [(_NONE, _NONE, _NONE)]]


def _parsed(name: str) -> Reference | None:
    try:
        return parse_reference(name)
    except InvalidReference:
        return None


def _row(cli: Cli, image: Any, truncate: bool, repository: str, tag: str, digest: str) -> Row:
    created = int(image.get("Created", 0)) * SECOND

    def size(key: str) -> str:
        return "N/A" if image.get(key, -1) == -1 else human_size(image[key], 3)

    def unique() -> str:
        if -1 in (image.get("Size", -1), image.get("SharedSize", -1)):
            return "N/A"
        return human_size(image["Size"] - image["SharedSize"], 4)

    return COLUMNS.row(
        {
            "ID": lambda: short_id(image["Id"]) if truncate else image["Id"],
            "Repository": lambda: repository,
            "Tag": lambda: tag,
            "Digest": lambda: digest,
            "CreatedSince": lambda: human_duration(cli.now_ns - created) + " ago" if created > 0 else "",
            "CreatedAt": lambda: go_time(created),
            "Size": lambda: human_size(image.get("Size", 0), 3),
            "Containers": lambda: "N/A" if image.get("Containers", -1) == -1 else str(image["Containers"]),
            "VirtualSize": lambda: human_size(image.get("Size", 0), 4),
            "SharedSize": lambda: size("SharedSize"),
            "UniqueSize": unique,
        }
    )


async def show(cli: Cli, values: Values) -> None:
    async def find(name: str) -> Found:
        return Found(await cli.get(f"/images/{name}/json"), "image.InspectResponse")

    await inspect(cli, values.words, values.text("format"), find)


async def remove(cli: Cli, values: Values) -> None:
    """Remove images by name; names go before the layers that nothing needs any more."""
    query = {"force": "1"} if values.truth("force") else {}
    if values.truth("no-prune"):
        query["noprune"] = "1"
    errors: list[str] = []
    fatal = False
    for name in values.words:
        try:
            gone = (await cli.delete(f"/images/{name}", query or None)) or []
        except (ApiError, EngineUnreachable) as error:
            fatal = fatal or not (isinstance(error, ApiError) and error.status == 404)
            errors.append(error_text(error))
            continue
        for item in gone:
            await cli.line(f"Deleted: {item['Deleted']}" if item.get("Deleted") else f"Untagged: {item['Untagged']}")
    if errors and values.truth("force") and not fatal:
        await cli.complain("\n".join(errors) + "\n")
        return
    joined(errors)


async def tag(cli: Cli, values: Values) -> None:
    source, target = values.words
    try:
        parse_reference(source)
    except InvalidReference as error:
        raise CommandFailed(f'Error parsing reference: "{source}" is not a valid repository/tag: {error}') from None
    try:
        reference = parse_reference(target)
    except InvalidReference as error:
        raise CommandFailed(f'Error parsing reference: "{target}" is not a valid repository/tag: {error}') from None
    if reference.digest:
        raise CommandFailed("refusing to create a tag with a digest reference")
    query = {"repo": reference.familiar_name, "tag": reference.tagged().tag}
    await cli.post(f"/images/{source}/tag", query)


async def history(cli: Cli, values: Values) -> None:
    layers = (await cli.get(f"/images/{values.words[0]}/history")) or []
    truncate, human = not values.truth("no-trunc"), values.truth("human")

    def row(layer: Any) -> Row:
        created = int(layer.get("Created", 0)) * SECOND

        def since() -> str:
            if not human:
                return rfc3339_nano(created)
            return human_duration(cli.now_ns - created) + " ago" if created > 0 else "N/A"

        def made_by() -> str:
            text = str(layer.get("CreatedBy", "")).replace("\t", " ")
            return ellipsis(text, 45) if truncate else text

        size = layer.get("Size", 0)
        return _HISTORY.row(
            {
                "ID": lambda: short_id(layer.get("Id", "")) if truncate else layer.get("Id", ""),
                "CreatedSince": since,
                "CreatedAt": lambda: rfc3339_nano(created),
                "CreatedBy": made_by,
                "Size": lambda: human_size(size, 3) if human else str(size),
                "Comment": lambda: layer.get("Comment", ""),
            }
        )

    form = _HISTORY.format(values.text("format"), values.truth("quiet"))
    await cli.write(render(_HISTORY, form, [row(layer) for layer in layers]))


async def prune_images(cli: Cli, everything: bool, filters: dict[str, list[str]]) -> tuple[int, str]:
    """Remove unused images; the bytes that this freed, and the text that says which."""
    filters = {**filters, "dangling": ["false" if everything else "true"]}
    answer = (await cli.post("/images/prune", {"filters": filters_json(filters)})) or {}
    lines = []
    for item in answer.get("ImagesDeleted") or []:
        if item.get("Untagged"):
            lines.append(f"untagged: {item['Untagged']}")
        else:
            lines.append(f"deleted: {item.get('Deleted', '')}")
    text = "Deleted Images:\n" + "".join(f"{line}\n" for line in lines) if lines else ""
    return int(answer.get("SpaceReclaimed", 0)), text


async def prune(cli: Cli, values: Values) -> None:
    if not values.truth("force") and not await cli.confirm(_PRUNE[values.truth("all")]):
        return
    space, text = await prune_images(cli, values.truth("all"), values["filter"])
    await cli.write((text + "\n" if text else "") + f"Total reclaimed space: {human_size(space)}\n")


async def pull(cli: Cli, values: Values) -> None:
    """Pull an image, and print its full name at the end."""
    quiet, everything = values.truth("quiet"), values.truth("all-tags")
    try:
        reference = parse_reference(values.words[0])
    except InvalidReference as error:
        raise CommandFailed(str(error)) from None
    if everything and (reference.tag or reference.digest):
        raise CommandFailed("tag can't be used with --all-tags/-a")
    if not everything and not reference.tag and not reference.digest:
        reference = reference.tagged()
        if not quiet:
            await cli.line(f"Using default tag: {reference.tag}")
    query = {"fromImage": reference.familiar_name}
    if not everything:
        query["tag"] = reference.digest or reference.tag
    if values.text("platform"):
        query["platform"] = values.text("platform")
    response = await cli.response("POST", "/images/create", query)
    await show_stream(cli, response, quiet=quiet)
    full = reference.name + (f":{reference.tag}" if reference.tag else "")
    await cli.line(full + (f"@{reference.digest}" if reference.digest else ""))


async def push(cli: Cli, values: Values) -> None:
    try:
        reference = parse_reference(values.words[0])
    except InvalidReference as error:
        raise CommandFailed(str(error)) from None
    everything = values.truth("all-tags")
    if everything and (reference.tag or reference.digest):
        raise CommandFailed("tag can't be used with --all-tags/-a")
    if not everything and not reference.tag and not reference.digest:
        reference = reference.tagged()
        if not values.truth("quiet"):
            await cli.line(f"Using default tag: {reference.tag}")
    query = {} if everything else {"tag": reference.tag}
    headers = {"X-Registry-Auth": "e30="}
    response = await cli.response("POST", f"/images/{reference.familiar_name}/push", query, headers=headers)
    await show_stream(cli, response, quiet=values.truth("quiet"))
    if values.truth("quiet"):
        await cli.line(f"{reference.name}{':' + reference.tag if reference.tag else ''}")


_PLATFORM = Flag("platform", STRING, "Platform of the image")
_TRUST = Flag("disable-content-trust", BOOL, "Do not verify the image", default=True)


def images_command(use: str, aliases: tuple[str, ...] = (), top: int = 0) -> Command:
    return Command(
        use,
        "List images",
        listing,
        at_most(1),
        (
            QUIET,
            Flag("all", help="List images that only serve as parts of others, too", short="a"),
            NO_TRUNC,
            Flag("digests", help="Print digests"),
            FORMAT,
            FILTERS,
        ),
        aliases=aliases,
        also="docker image ls, docker image list, docker images",
        top=top,
        completes="image",
    )


def remove_command(use: str, aliases: tuple[str, ...] = ()) -> Command:
    return Command(
        use,
        "Remove one or more images",
        remove,
        at_least(1),
        (
            Flag("force", help="Remove an image even if something refers to it", short="f"),
            Flag("no-prune", help="Keep parents that have no name"),
        ),
        aliases=aliases,
        also="docker image rm, docker image remove, docker rmi",
        completes="image",
    )


def pull_command(top: int = 0) -> Command:
    return Command(
        "pull [OPTIONS] NAME[:TAG|@DIGEST]",
        "Fetch an image from a registry",
        pull,
        exactly(1),
        (
            Flag("all-tags", help="Fetch all images of the repository", short="a"),
            NO_PROGRESS,
            _PLATFORM,
            _TRUST,
        ),
        also="docker image pull, docker pull",
        top=top,
    )


def push_command(top: int = 0) -> Command:
    return Command(
        "push [OPTIONS] NAME[:TAG]",
        "Send an image to a registry",
        push,
        exactly(1),
        (
            Flag("all-tags", help="Send all images of the repository", short="a"),
            NO_PROGRESS,
            _PLATFORM,
            _TRUST,
        ),
        also="docker image push, docker push",
        top=top,
        completes="image",
    )


def history_command() -> Command:
    return Command(
        "history [OPTIONS] IMAGE",
        "Show how an image came about",
        history,
        exactly(1),
        (
            Flag("human", BOOL, "Print sizes and dates for people", short="H", default=True),
            QUIET,
            NO_TRUNC,
            FORMAT,
            _PLATFORM,
        ),
        also="docker image history, docker history",
        completes="image",
    )


def tag_command() -> Command:
    return Command(
        "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
        "Give an image another name",
        tag,
        exactly(2),
        also="docker image tag, docker tag",
        completes="image",
    )


INSPECT = Command(
    "inspect [OPTIONS] IMAGE [IMAGE...]",
    "Show all that is known of one or more images",
    show,
    at_least(1),
    (INSPECT_FORMAT, _PLATFORM),
    completes="image",
)
PRUNE = Command(
    "prune [OPTIONS]",
    "Remove images that nothing uses",
    prune,
    none,
    (
        FORCE,
        Flag("all", help="Remove images that have names, too", short="a"),
        Flag("filter", FILTER, 'Remove only what fits (such as "until=TIMESTAMP")'),
    ),
)
