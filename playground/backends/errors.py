"""What a cluster refuses, whatever its nodes are made of."""


class BadRequest(ValueError):
    """What was asked of the cluster makes no sense; the message says what to do."""


class UnknownMachine(LookupError):
    """There is no machine of that name; ``str(error)`` is a sentence."""
