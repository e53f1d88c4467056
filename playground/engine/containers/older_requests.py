"""What settings of a new container mean in the client's version of the API.

Source: moby ``api/server/router/container/container_routes.go``: ``postContainersCreate``, ``handleMACAddressBC``,
``handleVolumeDriverBC``, ``handleSysctlBC``.
"""

from typing import Any

from playground.engine.errors import BadParameter, EngineError
from playground.engine.wire import ENDPOINT_SETTINGS, HOST_CONFIG

Json = dict[str, Any]
_SYSCTLS = "com.docker.network.endpoint.sysctls"
_OPTIONS = (("VolumeOptions", "volume"), ("BindOptions", "bind"), ("TmpfsOptions", "tmpfs"))


def fitted(version: tuple[int, ...], request: Json) -> list[str]:
    """Bring a request (in canonical form) to the terms of the newest version, in place. Returns warnings.

    Raises:
        EngineError: the client's version has not what it asks for, or settings contradict each other.
    """
    host = request["HostConfig"] = request["HostConfig"] or HOST_CONFIG.write({})
    if host["NetworkMode"] in ("", "default"):
        host["NetworkMode"] = "bridge"
    networks = request["NetworkingConfig"] or {"EndpointsConfig": None}
    endpoints: dict[str, Json | None] = dict(networks["EndpointsConfig"] or {})
    if "default" in endpoints and host["NetworkMode"] == "bridge":
        endpoints["bridge"] = endpoints.pop("default")
    _fit_host(version, host, request)
    _fit_mounts(version, host["Mounts"] if host.get("Mounts") else [])
    if version < (1, 44) and len(endpoints) > 1:
        raise BadParameter(f"Container cannot be created with multiple network endpoints: {', '.join(endpoints)}")
    if version < (1, 48):
        for endpoint in endpoints.values():
            if endpoint is not None:
                endpoint["GwPriority"] = 0
    warnings = [
        *_volume_driver(version, host),
        *_mac_address(version, request, host["NetworkMode"], endpoints),
        *_sysctls(version, host, endpoints),
    ]
    if endpoints:
        request["NetworkingConfig"] = {**networks, "EndpointsConfig": endpoints}
    return warnings


def _fit_host(version: tuple[int, ...], host: Json, request: Json) -> None:
    if version < (1, 25):
        host["AutoRemove"] = False
    if version < (1, 40) and not host["IpcMode"]:
        host["IpcMode"] = "shareable"
    if version < (1, 42):
        host["ConsoleSize"] = [0, 0]
    if version < (1, 43):
        host.pop("Annotations", None)
    if version < (1, 44) and request.get("Healthcheck"):
        request["Healthcheck"].pop("StartInterval", None)


def _fit_mounts(version: tuple[int, ...], mounts: list[Json]) -> None:
    for mount in mounts:
        kind = mount.get("Type", "")
        bind, volume = mount.get("BindOptions") or {}, mount.get("VolumeOptions") or {}
        if version < (1, 40):
            bind.pop("NonRecursive", None)
        if version < (1, 42):
            bind.pop("CreateMountpoint", None)
            for name, only in _OPTIONS:
                if only != kind and name != "BindOptions":
                    mount.pop(name, None)
        else:
            for name, only in _OPTIONS:
                if mount.get(name) is not None and only != kind:
                    raise BadParameter(f'{name} must not be specified on mount type "{kind}"')
        if version < (1, 44) and kind == "bind" and bind.get("ReadOnlyForceRecursive"):
            raise BadParameter("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer")
        if version < (1, 45) and volume.get("Subpath"):
            raise BadParameter("VolumeOptions.Subpath needs API v1.45 or newer")
        if version < (1, 48) and kind == "image":
            raise BadParameter('Mount type "Image" needs API v1.48 or newer')


def _volume_driver(version: tuple[int, ...], host: Json) -> list[str]:
    if not host["VolumeDriver"] or version < (1, 48):
        return []
    for mount in host.get("Mounts") or ():
        driver = (mount.get("VolumeOptions") or {}).get("DriverConfig") or {}
        if mount.get("Type") == "volume" and not driver.get("Name"):
            return [
                "WARNING: the container-wide volume-driver configuration is ignored for volumes specified via 'mount'. "
                "Use '--mount type=volume,volume-driver=...' instead"
            ]
    return []


def _may_have_address(mode: str) -> bool:
    """On the bridge, or on a network of somebody's own."""
    return mode not in ("host", "none") and not mode.startswith("container:")


def _mac_address(version: tuple[int, ...], request: Json, mode: str, endpoints: dict[str, Json | None]) -> list[str]:
    wanted = str(request.get("MacAddress") or "")
    if not wanted:
        if version < (1, 44):
            for endpoint in endpoints.values():
                if endpoint is not None:
                    endpoint["MacAddress"] = ""
        return []
    if version < (1, 44):
        if not _may_have_address(mode):
            raise BadParameter("conflicting options: mac-address and the network mode")
        _main_endpoint(version, mode, endpoints)["MacAddress"] = wanted
        return []
    if _may_have_address(mode):
        try:
            endpoint = _main_endpoint(version, mode, endpoints)
        except BadParameter as error:
            raise BadParameter(f"unable to migrate container-wide MAC address to a specific network: {error}") from None
        if endpoint["MacAddress"] not in ("", wanted):
            raise BadParameter(
                "the container-wide MAC address must match the endpoint-specific MAC address for the main network, "
                "or be left empty"
            )
        endpoint["MacAddress"] = wanted
    request.pop("MacAddress", None)
    return ["The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead."]


def _sysctls(version: tuple[int, ...], host: Json, endpoints: dict[str, Json | None]) -> list[str]:
    """Settings of one interface belong to its endpoint."""
    mode = host["NetworkMode"]
    if mode == "host" or mode.startswith("container:"):
        return []
    moved: dict[str, str] = {}
    for key, value in (host.get("Sysctls") or {}).items():
        parts = key.split(".", 4)
        if len(parts) != 5 or parts[0] != "net" or not parts[3].startswith("eth"):
            continue
        if version > (1, 47):
            raise EngineError(
                f"interface specific sysctl setting \"{key}\" must be supplied using driver option '{_SYSCTLS}'"
            )
        if parts[3] != "eth0":
            raise EngineError(
                f"unable to determine network endpoint for sysctl {key}, use driver option '{_SYSCTLS}' to set "
                "per-interface sysctls"
            )
        moved[key] = f"net.{parts[1]}.{parts[2]}.IFNAME.{parts[4]}={value}"
    if not moved:
        return []
    endpoint = _main_endpoint(version, mode, endpoints)
    option = ",".join(moved.values())
    given = (endpoint["DriverOpts"] or {}).get(_SYSCTLS)
    endpoint["DriverOpts"] = {
        **(endpoint["DriverOpts"] or {}),
        _SYSCTLS: f"{option},{given}" if given is not None else option,
    }
    host["Sysctls"] = {key: value for key, value in host["Sysctls"].items() if key not in moved}
    return [f'Migrated sysctl "{",".join(moved)}" to DriverOpts{{"{_SYSCTLS}":"{option}"}}.']


def _main_endpoint(version: tuple[int, ...], mode: str, endpoints: dict[str, Json | None]) -> Json:
    """The settings of the endpoint on the network that ``NetworkMode`` names; made where there are none."""
    if not endpoints:
        endpoints[mode] = ENDPOINT_SETTINGS.write({})
    found = next(iter(endpoints.values())) if version < (1, 44) else endpoints.get(mode)
    if found is None:
        raise BadParameter("HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks")
    return found
