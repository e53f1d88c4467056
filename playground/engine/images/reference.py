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


def with_tag(reference: Reference, tag: str) -> Reference:
    """The same repository with another tag, or with the digest that stands in a tag's place.

    Raises:
        BadParameter: it is neither.
    """
    try:
        changed = parse_reference(f"{reference.name}@{tag}")
    except InvalidReference:
        try:
            changed = parse_reference(f"{reference.name}:{tag}")
        except InvalidReference:
            raise BadParameter("invalid tag format") from None
    if not changed.digest and changed.tag != tag:
        raise BadParameter("invalid tag format")
    return changed
