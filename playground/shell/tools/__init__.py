"""The commands of a machine that the shell brings itself."""

from typing import Final

from playground.shell.tool import Tool

TOOLS: Final[dict[str, Tool]] = {}
