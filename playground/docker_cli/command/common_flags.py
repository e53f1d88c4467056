"""Flags that many commands have."""

from playground.docker_cli.flags.flagset import Flag
from playground.docker_cli.flags.kinds import STRING
from playground.docker_cli.opts.lists import FILTER

FORMAT = Flag(
    "format",
    STRING,
    "How to print each line: 'table' (columns with a header), 'table TEMPLATE',\n"
    "'json', or a Go template of your own such as '{{.ID}}'",
)
INSPECT_FORMAT = Flag(
    "format",
    STRING,
    "How to print each object: 'json', or a Go template such as '{{.ID}}'",
    short="f",
)
PRETTY = Flag("pretty", help="Print a summary for people instead of JSON")
FILTERS = Flag("filter", FILTER, "List only what fits, given as KEY=VALUE", short="f")
NO_PROGRESS = Flag("quiet", help="Show no progress", short="q")
QUIET = Flag("quiet", help="Print nothing but IDs", short="q")
NO_TRUNC = Flag("no-trunc", help="Print long values whole")
NO_RESOLVE = Flag("no-resolve", help="Print IDs where names could stand")
FORCE = Flag("force", help="Go ahead without asking", short="f")
