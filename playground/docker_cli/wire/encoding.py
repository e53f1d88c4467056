"""JSON text as Go's encoder writes it."""

import json
from typing import Any

_ESCAPED = (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"))


def go_json(value: Any, indent: str = "", escape_html: bool = True) -> str:
    """Encode. With ``indent`` every element stands on its own line, empty ones as ``[]`` and ``{}``."""
    if indent:
        text = json.dumps(_plain(value), ensure_ascii=False, indent=indent)
    else:
        text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    if escape_html:
        for character, escape in _ESCAPED:
            text = text.replace(character, escape)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _plain(value: Any) -> Any:
    """Whole floats as whole numbers, the way Go writes them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    return value
