"""Checks on what else the swarm's store holds: secrets and configs, stacks, and what services take from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from playground.lessons.check import Check, CheckError, Command, Verdict, View, counted, kind


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing so far"


@kind("secret")
@dataclass(frozen=True, slots=True, kw_only=True)
class SecretIs(Check):
    """The swarm keeps a secret of this name (``present: false``: keeps none)."""

    secret: str
    present: bool = True

    def says(self) -> str:
        return self.text or f"The swarm keeps {'a' if self.present else 'no'} secret {self.secret}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        return Verdict((self.secret in view["secrets"]) == self.present, f"Secrets: {_listed(view['secrets'])}.")


@kind("config")
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigIs(Check):
    """The swarm keeps a config of this name (``present: false``: keeps none)."""

    config: str
    present: bool = True

    def says(self) -> str:
        return self.text or f"The swarm keeps {'a' if self.present else 'no'} config {self.config}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        return Verdict((self.config in view["configs"]) == self.present, f"Configs: {_listed(view['configs'])}.")


@kind("service_uses")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceUses(Check):
    """The service's specification names this secret, config, network or log driver: one or more of the four."""

    service: str
    secret: str = ""
    config: str = ""
    network: str = ""
    log_driver: str = ""

    def __post_init__(self) -> None:
        if not any(wanted for _, wanted, _ in self._parts()):
            raise CheckError("check service_uses: name a secret, a config, a network or a log_driver")

    def _parts(self) -> list[tuple[str, str, str]]:
        return [
            ("secret", self.secret, "secrets"),
            ("config", self.config, "configs"),
            ("network", self.network, "networks"),
            ("log driver", self.log_driver, "log_driver"),
        ]

    def says(self) -> str:
        wanted = [f"{noun} {name}" for noun, name, _ in self._parts() if name]
        return self.text or f"Service {self.service} uses {' and '.join(wanted)}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        service = next((service for service in view["services"].values() if service["name"] == self.service), None)
        if service is None:
            return Verdict(False, f"There is no service {self.service}.")
        saw, met = [], True
        for noun, wanted, field in self._parts():
            if wanted:
                found = [service[field]] if isinstance(service[field], str) else service[field]
                met &= wanted in found
                saw.append(f"{noun}: {_listed([name for name in found if name])}")
        return Verdict(met, f"{self.service} uses {'; '.join(saw)}.")


@kind("stack")
@dataclass(frozen=True, slots=True, kw_only=True)
class StackIs(Check):
    """The stack has services, ``services`` of them where given (``0``: there is no such stack)."""

    stack: str
    services: int | None = None

    def says(self) -> str:
        if self.services == 0:
            return self.text or f"There is no stack {self.stack}"
        number = "services" if self.services is None else counted(self.services, "service")
        return self.text or f"Stack {self.stack} has {number}"

    def judge(self, view: View, commands: Sequence[Command]) -> Verdict:
        names = [service["name"] for service in view["services"].values() if service["stack"] == self.stack]
        met = bool(names) if self.services is None else len(names) == self.services
        saw = f"Stack {self.stack}: {', '.join(sorted(names))}." if names else f"There is no stack {self.stack}."
        return Verdict(met, saw)
