"""Secrets and configs that are templates themselves: ``docker config create --template-driver golang``.

Source: swarmkit ``template/{context,expand,getter}.go``.
"""

from collections.abc import Mapping

from playground.swarm.model import Config, Secret, Spec, Task
from playground.swarm.template import Context, TemplateError


class Payloads:
    """What is in the files of one task's secrets and configs.

    A template among them may name the service, the node's id and the task, and use ``secret``, ``config`` and
    ``env``; of the node nothing else is known to it.
    """

    def __init__(self, task: Task, secrets: Mapping[str, Secret], configs: Mapping[str, Config]) -> None:
        self._task = task
        self._secrets = secrets
        self._configs = configs
        self._container: Spec = task.spec.get("ContainerSpec") or {}
        self._open: list[str] = []

    def secret(self, secret: Secret) -> bytes:
        """Raises TemplateError, as ``config`` does: the template is bad, or names what the task does not have."""
        return self._filled_in("secret", secret)

    def config(self, config: Config) -> bytes:
        return self._filled_in("config", config)

    def _filled_in(self, kind: str, thing: Secret | Config) -> bytes:
        driver = thing.spec.get("Templating")
        if not driver:
            return thing.data
        try:
            if driver.get("Name") != "golang":
                raise TemplateError("unrecognized template type")
            if thing.id in self._open:
                raise TemplateError(f"{kind} {thing.name} names itself")
            self._open.append(thing.id)
            functions = {"secret": self._target_secret, "config": self._target_config, "env": self._variable}
            text = Context.of(self._task, None, functions).expand(thing.data.decode(errors="surrogateescape"))
            self._open.pop()
        except TemplateError as error:
            raise TemplateError(
                f"unable to get {kind} from {kind} store: failed to expand templated {kind} {thing.id}: {error}"
            ) from None
        return text.encode(errors="surrogateescape")

    def _target_secret(self, target: str) -> str:
        for reference in self._container.get("Secrets") or ():
            secret = self._secrets.get(reference["SecretID"])
            if secret is not None and (reference.get("File") or {}).get("Name") == target:
                return self.secret(secret).decode(errors="surrogateescape")
        raise KeyError(f"secret target {target} not found")

    def _target_config(self, target: str) -> str:
        for reference in self._container.get("Configs") or ():
            config = self._configs.get(reference["ConfigID"])
            if config is not None and (reference.get("File") or {}).get("Name") == target:
                return self.config(config).decode(errors="surrogateescape")
        raise KeyError(f"config target {target} not found")

    def _variable(self, name: str) -> str:
        for entry in self._container.get("Env") or ():
            key, equals, value = str(entry).partition("=")
            if equals and key == name:
                return value
        return ""
