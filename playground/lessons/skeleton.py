"""A new lesson to start from: small, whole, and green in ``lessons check``."""

import json
import re
from pathlib import Path

from playground.lessons.schema import lesson_schema

SLUG = re.compile(r"^\d\d-[a-z0-9]+(-[a-z0-9]+)*$")

OUTLINE = """\
# yaml-language-server: $schema=../lesson.schema.json
title: {title}
summary: One sentence that says what the learner can do afterwards.
minutes: 5
terminal: manager1
topology:
  nodes: [manager1, worker1]
setup:
  - {{on: manager1, run: "docker swarm init --advertise-addr {{{{ ip.manager1 }}}}"}}
  - {{on: worker1, run: "docker swarm join --token {{{{ token.worker }}}} {{{{ ip.manager1 }}}}:2377"}}
steps:
  - id: nodes
    commands: [docker node ls]
    question:
      ask: Which of the two nodes can tell you about both?
      choices: [manager1, worker1, Both of them]
      answer: 0
      because: Only managers keep the swarm's state.
    checks:
      - answered: {{on: manager1, command: ^docker node ls, exit: ok, output: worker1}}
        text: manager1 lists both nodes
    hints:
      - Nodes are listed with a verb of `docker node`.
    solution:
      - {{on: manager1, run: docker node ls}}
    mistakes:
      - on: worker1
        command: ^docker node ls
        says: A worker has nothing to list. Ask manager1.
        example: [{{on: worker1, run: docker node ls}}]
"""

PROSE = """\
# {title}

## See the nodes

Say what this step is about, in two or three short sentences.

```question
```

```sh manager1
docker node ls
```
"""


def create(folder: Path, slug: str) -> Path:
    """Make the lesson ``slug`` in ``folder`` and return its own folder.

    Raises:
        ValueError: the slug is not two digits and words with hyphens between them.
        FileExistsError: there is such a lesson.
    """
    if SLUG.match(slug) is None:
        raise ValueError(f"a lesson is called like 07-drain: two digits, then words in small letters; not {slug!r}")
    lesson = folder / slug
    lesson.mkdir(parents=True)
    title = slug[3:].replace("-", " ").capitalize()
    (lesson / "lesson.yaml").write_text(OUTLINE.format(title=title), encoding="utf-8")
    (lesson / "en.md").write_text(PROSE.format(title=title), encoding="utf-8")
    put_schema(folder)
    return lesson


def put_schema(folder: Path) -> None:
    """Write the schema beside the lessons of ``folder``, where their first line tells editors to look for it.

    One that is there stays as it is: it may be another version's, or the author's own.
    """
    schema = folder / "lesson.schema.json"
    if not schema.exists():
        schema.write_text(json.dumps(lesson_schema(), indent=2) + "\n", encoding="utf-8")
