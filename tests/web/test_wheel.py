"""What a wheel holds beside the code: everything that the program looks for when it runs from an installed package."""

import re
import tomllib
from pathlib import Path

from playground.web import assets

ROOT = Path(__file__).resolve().parents[2]


def test_every_folder_that_is_served_is_packed_where_the_program_looks_for_it() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    packed: dict[str, str] = dict(wheel["force-include"])
    hook = (ROOT / wheel["hooks"]["custom"]["path"]).read_text(encoding="utf-8")
    packed.update(re.findall(r'build_data\["force_include"\]\["(\w+)"\] = "([^"]+)"', hook))

    assert packed == {source: f"playground/{inside}" for inside, source in assets.FOLDERS.items()}
    assert all((ROOT / source).is_dir() for source in packed)


def test_nothing_that_is_served_lies_outside_of_those_folders() -> None:
    served = {assets.TEMPLATES, assets.STATIC, assets.LESSONS, assets.TRANSLATIONS, assets.SANDBOX}

    assert served == {ROOT / source for source in assets.FOLDERS.values()}
