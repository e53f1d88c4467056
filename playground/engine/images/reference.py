"""Image references in requests to the engine."""

from playground.api.image_reference import InvalidReference, Reference, parse_reference
from playground.engine.errors import BadParameter


def parse(text: str) -> Reference:
    """Read a reference in any of its forms.

    Raises:
        BadParameter: it is none.
    """
    try:
        return parse_reference(text)
    except InvalidReference as error:
        raise BadParameter(str(error)) from None
