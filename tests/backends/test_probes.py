"""What the doctor finds, on machines of many kinds."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from docker.errors import DockerException, ImageNotFound

from playground.backends.probes import GIB, Answer, Finding, Need, probe

TRIED = "nodes yes\noverlayfs yes\nvxlan yes\niptables yes\nnetem yes\n"


class Images:
    def __init__(self, names: list[str]) -> None:
        self._names = names

    def get(self, name: str) -> str:
        if name not in self._names:
            raise ImageNotFound(f"No such image: {name}")
        return name


class Engine:
    def __init__(self, version: str = "28.1.1", kernel: str = "6.12.0", images: Sequence[str] = ("node",)) -> None:
        self._version, self._kernel = version, kernel
        self.images = Images(list(images))

    def version(self) -> dict[str, Any]:
        return {"Version": self._version, "ApiVersion": "1.49"}

    def info(self) -> dict[str, Any]:
        return {
            "Driver": "overlay2",
            "CgroupVersion": "2",
            "CgroupDriver": "systemd",
            "MemTotal": 16 * GIB,
            "KernelVersion": self._kernel,
        }


@dataclass
class Pretended:
    """A machine as a test says it is."""

    docker: Engine | Exception = field(default_factory=Engine)
    commands: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=lambda: {"/proc/net/ip_vs": ""})
    sockets: dict[str, bool] = field(default_factory=dict)
    bytes_: int = 16 * GIB

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        return {"uname -r": (0, "6.12.0"), **self.commands}.get(" ".join(command), (127, ""))

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def openable(self, path: str) -> bool | None:
        return self.sockets.get(path)

    def memory(self) -> int:
        return self.bytes_

    def engine(self) -> Engine:
        if isinstance(self.docker, Exception):
            raise self.docker
        return self.docker


def found(machine: Pretended, tried: str = TRIED) -> dict[tuple[str, str], Finding]:
    return {(one.backend, one.topic): one for one in probe(machine, "node", lambda _: tried)}


def test_the_emulation_works_on_every_machine() -> None:
    assert found(Pretended(docker=OSError("no")))["emulated", "engine"].answer is Answer.WORKS


def test_a_whole_engine_has_nothing_missing() -> None:
    answers = {one.answer for key, one in found(Pretended()).items() if key[0] == "docker"}
    assert answers == {Answer.WORKS}


def test_an_engine_that_may_not_be_opened_is_told_from_one_that_is_not_there() -> None:
    denied = DockerException("Error while fetching server API version")
    denied.__cause__ = PermissionError(errno.EACCES, "Permission denied")
    finding = found(Pretended(docker=denied))["docker", "engine"]
    assert "may not open" in finding.says
    assert "group docker" in finding.remedy
    assert Need.NODES in finding.costs


def test_an_engine_that_does_not_answer_costs_all_nodes() -> None:
    finding = found(Pretended(docker=ConnectionRefusedError("refused"), sockets={"/var/run/docker.sock": True}))
    assert finding["docker", "engine"].costs == (Need.NODES,)
    assert ("docker", "ingress") not in finding


@pytest.mark.parametrize("version", ["19.03.15", "20.10.1", "28.1.1"])
def test_engines_before_20_10_are_too_old(version: str) -> None:
    answer = found(Pretended(docker=Engine(version=version)))["docker", "engine"].answer
    assert (answer is Answer.MISSING) == version.startswith("19")


def test_a_kernel_without_ipvs_has_no_routing_mesh() -> None:
    finding = found(Pretended(files={}))["docker", "ingress"]
    assert finding.answer is Answer.MISSING
    assert finding.costs == (Need.INGRESS,)


def test_a_kernel_that_can_load_ipvs_is_enough() -> None:
    modules = {"/lib/modules/6.12.0/modules.dep": "kernel/net/netfilter/ipvs/ip_vs.ko.xz: kernel/lib/crc.ko\n"}
    assert found(Pretended(files=modules))["docker", "ingress"].answer is Answer.WORKS


def test_of_an_engine_on_another_kernel_nothing_is_claimed() -> None:
    machine = Pretended(docker=Engine(kernel="5.15.167-linuxkit"), files={})
    assert found(machine)["docker", "ingress"].answer is Answer.UNKNOWN


def test_without_a_node_image_nodes_are_not_judged() -> None:
    finding = found(Pretended(docker=Engine(images=())))["docker", "nodes"]
    assert finding.answer is Answer.UNKNOWN
    assert "node-image" in finding.remedy


def test_what_a_trial_node_could_not_do_is_named_with_the_kernels_words() -> None:
    tried = TRIED.replace("iptables yes", "iptables no Fatal: can't open lock file")
    finding = found(Pretended(), tried)["docker", "partitions"]
    assert finding.answer is Answer.MISSING
    assert "can't open lock file" in finding.says
    assert finding.costs == (Need.FAULTS,)


def test_without_multipass_its_remedy_is_the_chapters() -> None:
    assert "snap install multipass" in found(Pretended())["multipass", "multipass"].remedy


def test_a_closed_multipass_socket_is_recognised() -> None:
    machine = Pretended(
        commands={"multipass version": (2, "version failed: multipass socket access denied")},
        sockets={"/var/snap/multipass/common/multipass_socket": False},
    )
    finding = found(machine)["multipass", "multipass"]
    assert "may not open /var/snap/multipass/common/multipass_socket" in finding.says
    assert "chmod 666" in finding.remedy


@pytest.mark.parametrize(("kvm", "answer"), [(True, Answer.WORKS), (False, Answer.LIMITED), (None, Answer.MISSING)])
def test_virtual_machines_need_kvm(kvm: bool | None, answer: Answer) -> None:
    sockets = {} if kvm is None else {"/dev/kvm": kvm}
    machine = Pretended(commands={"multipass version": (0, "multipass   1.15.0\nmultipassd  1.15.0")}, sockets=sockets)
    assert found(machine)["multipass", "virtual machines"].answer is answer


def test_memory_says_how_many_nodes_fit() -> None:
    machine = Pretended(commands={"multipass version": (0, "multipass 1.15.0")}, bytes_=4 * GIB)
    finding = found(machine)["multipass", "memory"]
    assert "about 3 nodes" in finding.says
    assert finding.answer is Answer.LIMITED
