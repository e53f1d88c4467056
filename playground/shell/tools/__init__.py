"""The commands of a machine that the shell brings itself."""

from typing import Final

from playground.shell.tool import Tool
from playground.shell.tools.awk import AWK_TOOLS
from playground.shell.tools.files import FILE_TOOLS
from playground.shell.tools.full_screen import FULL_SCREEN_TOOLS
from playground.shell.tools.grep import GREP_TOOLS
from playground.shell.tools.jq import JQ_TOOLS
from playground.shell.tools.listing import LISTING_TOOLS
from playground.shell.tools.network import NETWORK_TOOLS
from playground.shell.tools.plain import PLAIN_TOOLS
from playground.shell.tools.running import RUNNING_TOOLS
from playground.shell.tools.sed import SED_TOOLS
from playground.shell.tools.system import SYSTEM_TOOLS
from playground.shell.tools.text import TEXT_TOOLS

TOOLS: Final[dict[str, Tool]] = {
    **AWK_TOOLS,
    **FILE_TOOLS,
    **FULL_SCREEN_TOOLS,
    **GREP_TOOLS,
    **JQ_TOOLS,
    **LISTING_TOOLS,
    **NETWORK_TOOLS,
    **PLAIN_TOOLS,
    **RUNNING_TOOLS,
    **SED_TOOLS,
    **SYSTEM_TOOLS,
    **TEXT_TOOLS,
}
