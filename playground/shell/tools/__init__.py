"""The commands of a machine that the shell brings itself."""

from typing import Final

from playground.shell.tool import Tool
from playground.shell.tools.awk import AWK_TOOLS
from playground.shell.tools.bc import BC_TOOLS
from playground.shell.tools.characters import CHARACTER_TOOLS
from playground.shell.tools.clock import CLOCK_TOOLS
from playground.shell.tools.columns import COLUMN_TOOLS
from playground.shell.tools.comparing import COMPARING_TOOLS
from playground.shell.tools.copying import COPYING_TOOLS
from playground.shell.tools.curl import CURL_TOOLS
from playground.shell.tools.diff import DIFF_TOOLS
from playground.shell.tools.digests import DIGEST_TOOLS
from playground.shell.tools.dumps import DUMP_TOOLS
from playground.shell.tools.ends import END_TOOLS
from playground.shell.tools.files import FILE_TOOLS
from playground.shell.tools.find import FIND_TOOLS
from playground.shell.tools.full_screen import FULL_SCREEN_TOOLS
from playground.shell.tools.grep import GREP_TOOLS
from playground.shell.tools.identity import IDENTITY_TOOLS
from playground.shell.tools.jq import JQ_TOOLS
from playground.shell.tools.links import LINK_TOOLS
from playground.shell.tools.listing import LISTING_TOOLS
from playground.shell.tools.network import NETWORK_TOOLS
from playground.shell.tools.openssl import OPENSSL_TOOLS
from playground.shell.tools.packages import PACKAGE_TOOLS
from playground.shell.tools.ping import PING_TOOLS
from playground.shell.tools.plain import PLAIN_TOOLS
from playground.shell.tools.programs import PROGRAM_TOOLS
from playground.shell.tools.resolving import RESOLVING_TOOLS
from playground.shell.tools.running import RUNNING_TOOLS
from playground.shell.tools.screen import SCREEN_TOOLS
from playground.shell.tools.sed import SED_TOOLS
from playground.shell.tools.sequences import SEQUENCE_TOOLS
from playground.shell.tools.services import SERVICE_TOOLS
from playground.shell.tools.sockets import SOCKET_TOOLS
from playground.shell.tools.sorting import SORTING_TOOLS
from playground.shell.tools.splitting import SPLITTING_TOOLS
from playground.shell.tools.system import SYSTEM_TOOLS
from playground.shell.tools.text import TEXT_TOOLS
from playground.shell.tools.vi import VI_TOOLS
from playground.shell.tools.wget import WGET_TOOLS
from playground.shell.tools.wrapping import WRAPPING_TOOLS

TOOLS: Final[dict[str, Tool]] = {
    **AWK_TOOLS,
    **BC_TOOLS,
    **CHARACTER_TOOLS,
    **CLOCK_TOOLS,
    **COLUMN_TOOLS,
    **COMPARING_TOOLS,
    **COPYING_TOOLS,
    **CURL_TOOLS,
    **DIFF_TOOLS,
    **DIGEST_TOOLS,
    **DUMP_TOOLS,
    **END_TOOLS,
    **FILE_TOOLS,
    **FIND_TOOLS,
    **FULL_SCREEN_TOOLS,
    **GREP_TOOLS,
    **IDENTITY_TOOLS,
    **JQ_TOOLS,
    **LINK_TOOLS,
    **LISTING_TOOLS,
    **NETWORK_TOOLS,
    **OPENSSL_TOOLS,
    **PACKAGE_TOOLS,
    **PING_TOOLS,
    **PLAIN_TOOLS,
    **PROGRAM_TOOLS,
    **RESOLVING_TOOLS,
    **RUNNING_TOOLS,
    **SCREEN_TOOLS,
    **SED_TOOLS,
    **SEQUENCE_TOOLS,
    **SERVICE_TOOLS,
    **SOCKET_TOOLS,
    **SORTING_TOOLS,
    **SPLITTING_TOOLS,
    **SYSTEM_TOOLS,
    **TEXT_TOOLS,
    **VI_TOOLS,
    **WGET_TOOLS,
    **WRAPPING_TOOLS,
}
