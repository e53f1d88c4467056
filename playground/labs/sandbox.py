"""The sandbox: labs without a lesson, of a chosen size and in a chosen situation.

A situation is a folder below ``sandbox/``: ``situation.yaml`` says what is done to a swarm of any size, as the
same commands and faults that a learner could give, and ``en.md`` what there is to see and to try. Playing it makes a
lab like any other: its journal holds what was done.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playground.labs.errors import LabError, NotFound
from playground.lessons.check import counted
from playground.lessons.loader import LessonLoader, Problem
from playground.lessons.model import Action
from playground.lessons.render import Facts, prose

ENGLISH = "en"
LETTERS = "abcdefghi"
MAX_MANAGERS, MAX_WORKERS, MAX_ZONES = 7, 50, 5
IMAGES = ("joeyratt/webpage:latest", "joeyratt/webpage:v2.0", "traefik/whoami:latest")
"""On every machine's disk from the start, so that nothing waits for a download."""

_jinja = SandboxedEnvironment(autoescape=False, undefined=StrictUndefined)
_jinja.filters["listed"] = lambda names, last="and": f" {last} ".join(
    filter(None, [", ".join(names[:-1]), *names[-1:]])
)


class Topology(BaseModel):
    """How many machines, and over how many zones they are spread in turn."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    managers: Annotated[int, Field(ge=1, le=MAX_MANAGERS)] = 3
    workers: Annotated[int, Field(ge=0, le=MAX_WORKERS)] = 2
    zones: Annotated[int, Field(ge=1, le=MAX_ZONES)] = 1

    @property
    def manager_names(self) -> list[str]:
        return [f"manager{number + 1}" for number in range(self.managers)]

    @property
    def worker_names(self) -> list[str]:
        return [f"worker{number + 1}" for number in range(self.workers)]

    def zone(self, name: str) -> str:
        """The zone of a machine; empty where there is only one."""
        number = int(re.sub(r"\D", "", name)) - 1
        return LETTERS[number % self.zones] if self.zones > 1 else ""

    def says(self) -> str:
        """The size in words."""
        parts = [counted(self.managers, "manager"), counted(self.workers, "worker")]
        words = " and ".join(parts) if self.workers else parts[0]
        return f"{words}, over {self.zones} zones" if self.zones > 1 else words


class Preset(NamedTuple):
    """A topology that has a name."""

    name: str
    title: str
    line: str
    topology: Topology


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("1+1", "1 + 1", "One manager and one worker, as in the chapter.", Topology(managers=1, workers=1)),
        Preset("3+2", "3 + 2", "Three managers and two workers: the smallest that survives.", Topology()),
        Preset(
            "5+3",
            "5 + 3 in three zones",
            "Five managers, three workers. A whole zone may go dark.",
            Topology(managers=5, workers=3, zones=3),
        ),
    )
}


class _Names(BaseModel):
    """What another language's file beside ``situation.yaml`` (``de.yaml``) says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    summary: str


class _Outline(BaseModel):
    """All of ``situation.yaml``, but for its actions, which depend on the size."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    summary: str
    managers: Annotated[int, Field(ge=1, le=MAX_MANAGERS)] = 1
    workers: Annotated[int, Field(ge=0, le=MAX_WORKERS)] = 0
    swarm: bool = True
    actions: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """A swarm in a state worth looking at. ``needs`` says for which sizes it makes sense."""

    slug: str
    title: str
    summary: str
    managers: int
    workers: int
    swarm: bool
    actions: str
    prose: Mapping[str, str]
    translated: Mapping[str, tuple[str, str]]

    def names(self, language: str) -> tuple[str, str]:
        """Title and summary."""
        return self.translated.get(language, (self.title, self.summary))

    def fits(self, topology: Topology) -> bool:
        return topology.managers >= self.managers and topology.workers >= self.workers

    @property
    def needs(self) -> str:
        """What a topology must have, in words; empty when any will do."""
        parts = [counted(self.managers, "manager")] if self.managers > 1 else []
        parts += [counted(self.workers, "worker")] if self.workers else []
        return f"needs {' and '.join(parts)}" if parts else ""

    def play(self, topology: Topology) -> list[Action]:
        """What is done to make it, on a swarm of this size, before the learner comes.

        Raises:
            jinja2.TemplateError, yaml.YAMLError, pydantic.ValidationError: the author's actions make no sense.
        """
        setup = _form_swarm(topology) if self.swarm else []
        text = _jinja.from_string(self.actions).render(**_names(topology))
        return [*setup, *(Action.model_validate(each) for each in yaml.load(text, Loader=LessonLoader) or [])]

    def html(self, topology: Topology, facts: Facts, language: str = ENGLISH) -> str:
        """What there is to see and to try, with the lab's machines and addresses filled in."""
        text = self.prose.get(language) or self.prose[ENGLISH]
        names = _names(topology)
        known = facts.get("ip", {})
        addresses = {name: known.get(name, f"ADDRESS-OF-{name}") for name in names["nodes"]}
        return prose(_jinja.from_string(text).render(**names, ip=addresses), facts, self.slug)


class Plan(NamedTuple):
    """What a new lab starts from and what is done in it before the learner comes."""

    nodes: tuple[str, ...]
    images: tuple[str, ...]
    situation: str
    actions: list[dict[str, Any]]


class Sandbox:
    """The situations there are."""

    def __init__(self, situations: Mapping[str, Situation]) -> None:
        self.situations = situations

    def plan(self, topology: str | Topology, slug: str) -> Plan:
        """How to make a lab of this size in this situation.

        Raises:
            NotFound: no topology, or no situation, has that name.
            LabError: the situation needs more machines.
        """
        size = named_topology(topology)
        situation = self.situations.get(slug)
        if situation is None:
            raise NotFound(f"there is no situation {slug!r}; there are: {', '.join(self.situations)}")
        if not situation.fits(size):
            raise LabError(f"{situation.title!r} {situation.needs}; this topology has {size.says()}")
        nodes = (*size.manager_names, *size.worker_names)
        actions = [action.model_dump(exclude_defaults=True) for action in situation.play(size)]
        return Plan(nodes, IMAGES, slug, actions)

    def describe(self, language: str = ENGLISH) -> dict[str, Any]:
        """What there is to choose from, as plain data; situations in a language that their authors know."""
        names = {slug: each.names(language) for slug, each in self.situations.items()}
        return {
            "topologies": [
                {"name": preset.name, "title": preset.title, "line": preset.line, **preset.topology.model_dump()}
                for preset in PRESETS.values()
            ],
            "most": {"managers": MAX_MANAGERS, "workers": MAX_WORKERS, "zones": MAX_ZONES},
            "situations": [
                {
                    "slug": each.slug,
                    "title": names[each.slug][0],
                    "summary": names[each.slug][1],
                    "managers": each.managers,
                    "workers": each.workers,
                    "needs": each.needs,
                }
                for each in self.situations.values()
            ],
        }


def named_topology(topology: str | Topology) -> Topology:
    """Raises NotFound when no topology has that name."""
    if isinstance(topology, Topology):
        return topology
    if topology not in PRESETS:
        raise NotFound(f"there is no topology {topology!r}; there are: {', '.join(PRESETS)}, or send one of your own")
    return PRESETS[topology].topology


def topology_of(nodes: tuple[str, ...]) -> Topology:
    """The size of a lab that was made here, from the names of its machines."""
    managers = sum(name.startswith("manager") for name in nodes)
    return Topology(managers=max(1, managers), workers=len(nodes) - managers)


def load_sandbox(folder: Path) -> tuple[Sandbox, list[Problem]]:
    """Read every situation below ``folder``. A broken one is left out and reported."""
    situations: dict[str, Situation] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir() if folder.is_dir() else []):
        if not (path / "situation.yaml").is_file():
            continue
        try:
            situation = _load(path)
            size = Topology(managers=max(3, situation.managers), workers=max(2, situation.workers), zones=3)
            situation.play(size)
            for language in situation.prose:
                situation.html(size, {}, language)
            situations[situation.slug] = situation
        except (OSError, yaml.YAMLError, ValidationError, TemplateError) as error:
            problems.append(Problem(f"{path.name}/situation.yaml", 0, str(error)))
    return Sandbox(situations), problems


def _load(folder: Path) -> Situation:
    data = yaml.load((folder / "situation.yaml").read_text(encoding="utf-8"), Loader=LessonLoader)
    outline = _Outline.model_validate(data)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    if ENGLISH not in texts:
        raise FileNotFoundError("en.md is missing")
    translated: dict[str, tuple[str, str]] = {}
    for language in texts:
        if (file := folder / f"{language}.yaml").is_file():
            names = _Names.model_validate(yaml.load(file.read_text(encoding="utf-8"), Loader=LessonLoader))
            translated[language] = (names.title, names.summary)
    slug = re.sub(r"^\d+-", "", folder.name)
    return Situation(slug=slug, prose=texts, translated=translated, **outline.model_dump())


def _form_swarm(topology: Topology) -> list[Action]:
    first, *others = topology.manager_names
    address = f"{{{{ ip.{first} }}}}"
    actions = [Action(on=first, run=f"docker swarm init --advertise-addr {address}")]
    for role, names in (("manager", others), ("worker", topology.worker_names)):
        join = f"docker swarm join --token {{{{ token.{role} }}}} {address}:2377"
        actions += [Action(on=name, run=join) for name in names]
    if topology.zones > 1:
        names = [*topology.manager_names, *topology.worker_names]
        actions += [
            Action(on=first, run=f"docker node update --label-add zone={topology.zone(name)} {name}") for name in names
        ]
    return actions


def _names(topology: Topology) -> dict[str, Any]:
    """What a situation's actions and prose may name."""
    managers, workers = topology.manager_names, topology.worker_names
    most = len(managers) // 2 + 1
    return {
        "managers": managers,
        "workers": workers,
        "nodes": [*managers, *workers],
        "majority": most,
        "tasks": max(4, min(12, len(managers) + len(workers))),
        "zones": topology.zones,
    }
