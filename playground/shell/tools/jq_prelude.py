"""Functions of jq that are made of others, in jq's own language."""

from functools import cache
from typing import Final

from playground.shell.tools.jq_calls import Environment
from playground.shell.tools.jq_parser import JqParser, Tree

_DEFINITIONS: Final = """
def walk(f):
  def below: (if type == "object" then map_values(below) elif type == "array" then map(below) else . end) | f;
  below;
def combinations: if length == 0 then [] else .[0][] as $one | (.[1:] | combinations) as $rest | [$one] + $rest end;
def combinations($n): . as $all | [range($n)] | map($all) | combinations;
def any(these; holds): isempty(first(these | holds | select(.))) | not;
def all(these; holds): isempty(first(these | holds | select(. | not)));
def IN(these): . as $here | any(these; . == $here);
def IN(some; these): any(some; IN(these));
def INDEX(these; name): reduce these as $one ({}; .[$one | name | tostring] = $one);
def INDEX(name): INDEX(.[]; name);
def pick(places): . as $whole | reduce path(places) as $place (null; setpath($place; $whole | getpath($place)));
def delpaths($places): reduce ($places | sort | reverse | .[]) as $place (.; del(getpath($place)));
def split($pattern; $flags): [splits($pattern; $flags)];
def abs: if type == "number" and . < 0 then -. else . end;
def toarray: if type == "array" then . else [.] end;
def isvalid(f): try (f | true) catch false;
def todateiso8601: todate;
def date: todate;
def dateadd(unit; $seconds): . + $seconds;
def datesub(unit; $seconds): . - $seconds;
def iterables: select(type == "array" or type == "object");
def tostream:
  def steps($place; $last):
    if (type == "array" or type == "object") and length > 0 then
      (keys_unsorted as $keys | $keys[] as $key
       | .[$key] | steps($place + [$key]; false)),
      [$place + [keys_unsorted[-1]]]
    else [$place, .] end;
  steps([]; true);
"""


@cache
def _functions() -> Environment:
    tree: Tree = JqParser(_DEFINITIONS + ".").parse()
    found: Environment = {}
    while tree[0] == "def":
        _, name, parameters, body, tree = tree
        found[f"{name}/{len(parameters)}"] = (parameters, body, found)
    return found


def with_prelude(variables: Environment) -> Environment:
    """``variables`` and these functions."""
    return {**_functions(), **variables}
