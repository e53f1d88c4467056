"""``docker swarm ca``: show the swarm's root certificate, or replace it."""

from hashlib import sha256
from typing import Any

from playground.api import Interrupted
from playground.docker_cli.cli import Cli
from playground.docker_cli.command.common_flags import NO_PROGRESS
from playground.docker_cli.command.model import Command, none
from playground.docker_cli.command.swarm.spec_flags import CERT_EXPIRY, EXTERNAL_CA_FLAG, merge_ca
from playground.docker_cli.errors import CommandFailed
from playground.docker_cli.flags.flagset import Flag, FlagError, Values
from playground.docker_cli.flags.kinds import replacing
from playground.docker_cli.flags.numbers import quoted
from playground.docker_cli.progress_lines import Display, Line

_POLL_US = 200_000
_CERTIFICATES = "  rotated TLS certificates"
_ROOTS = "  rotated CA certificates"
_ONLY_WITH_ROTATE = ("ca-cert", "ca-key", "cert-expiry", "external-ca")
_PEM = replacing("pem-file", str, "")


async def run(cli: Cli, values: Values) -> None:
    certificate, key = _pem(cli, values, "ca-cert"), _pem(cli, values, "ca-key")
    swarm = await cli.get("/swarm")
    if not values.truth("rotate"):
        for name in _ONLY_WITH_ROTATE:
            if values.changed(name):
                raise CommandFailed(f"`--{name}` flag requires the `--rotate` flag to update the CA")
        await _show_root(cli, swarm)
        return
    if values.items("external-ca") and not values.changed("ca-cert"):
        raise CommandFailed(
            "rotating to an external CA requires the `--ca-cert` flag to specify the external CA's cert - "
            "to add an external CA with the current root CA certificate, use the `update` command instead"
        )
    if values.changed("ca-cert") and not values.items("external-ca") and not values.changed("ca-key"):
        raise CommandFailed(
            "the --ca-cert flag requires that a --ca-key flag and/or --external-ca flag be provided as well"
        )
    spec = swarm["Spec"]
    merge_ca(spec, values, certificate)
    authority = spec.setdefault("CAConfig", {})
    authority["SigningCACert"], authority["SigningCAKey"] = certificate, key
    if not certificate and not key:
        authority["ForceRotate"] = authority.get("ForceRotate", 0) + 1
    query = {
        "version": str(swarm["Version"]["Index"]),
        "rotateWorkerToken": "false",
        "rotateManagerToken": "false",
        "rotateManagerUnlockKey": "false",
    }
    await cli.post("/swarm/update", query, spec)
    if values.truth("detach"):
        return
    await _follow(cli, None if values.truth("quiet") else Display(cli))
    if not values.truth("quiet"):
        await _show_root(cli, await cli.get("/swarm"))


def _pem(cli: Cli, values: Values, name: str) -> str:
    path = values.text(name)
    if not path:
        return ""
    complaint = f"invalid argument {quoted(path)} for {quoted(f'--{name}')} flag: "
    try:
        text = cli.process.files.read(path).decode("utf-8", "replace")
    except OSError as error:
        raise FlagError(f"{complaint}open {path}: {(error.strerror or str(error)).lower()}") from None
    if "-----BEGIN " not in text:
        raise FlagError(f"{complaint}file contents must be in PEM format")
    return text


async def _show_root(cli: Cli, swarm: Any) -> None:
    root = (swarm.get("TLSInfo") or {}).get("TrustRoot", "")
    if not root:
        raise CommandFailed("No CA information available")
    await cli.line(root.strip())


async def _follow(cli: Cli, display: Display | None) -> None:
    """Show how many nodes have certificates of the new root, until all have.

    Source: docker/cli command/swarm/progress/root_rotation.go.
    """

    async def show(line: Line) -> None:
        if display is not None:
            await display.show(line)

    await show(Line("desired root digest", ""))
    await show(Line(_CERTIFICATES, ""))
    await show(Line(_ROOTS, " "))
    done = False
    try:
        while True:
            swarm = await cli.get("/swarm")
            if done:
                return
            done = await _step(swarm, await cli.list("/nodes"), show)
            await cli.process.loop.sleep(_POLL_US)
    except Interrupted:
        if not done:
            await show(Line("", "Operation continuing in background.", has_progress=False))
            text = "Use `swarmctl cluster inspect default` to check progress."
            await show(Line("", text, has_progress=False))


async def _step(swarm: Any, nodes: list[Any], show: Any) -> bool:
    wanted = swarm.get("TLSInfo") or {}
    root = wanted.get("TrustRoot", "")
    await show(Line("desired root digest", f"sha256:{sha256(root.encode()).hexdigest()}"))
    certificates = roots = 0
    for node in nodes:
        has = node.get("Description", {}).get("TLSInfo") or {}
        certificates += all(has.get(key) == wanted.get(key) for key in ("CertIssuerPublicKey", "CertIssuerSubject"))
        roots += has.get("TrustRoot", "") == root
    total = len(nodes)
    await show(Line(_CERTIFICATES, "", certificates, total, units="nodes"))
    if certificates == total and not swarm.get("RootRotationInProgress"):
        await show(Line(_ROOTS, " ", roots, total, units="nodes"))
        return roots == total
    await show(Line(_ROOTS, " ", 0, total, units="nodes"))
    return False


COMMAND = Command(
    "ca [OPTIONS]",
    "Show the swarm's root certificate, or replace it",
    run,
    none,
    (
        Flag("rotate", help="Replace the root; without a certificate and key a new pair is made"),
        Flag("ca-cert", _PEM, "File with the certificate to become the root, as PEM"),
        Flag("ca-key", _PEM, "File with the key to become the root's, as PEM"),
        CERT_EXPIRY,
        EXTERNAL_CA_FLAG,
        Flag("detach", help="Do not wait until all nodes have new certificates", short="d"),
        NO_PROGRESS,
    ),
    swarm="manager",
)
