"""What a cluster refuses, whatever its nodes are made of."""


class BadRequest(ValueError):
    """What was asked of the cluster makes no sense; the message says what to do."""


class Unseen(ValueError):
    """A real engine does not show this; the message says why."""


class UnknownMachine(LookupError):
    """There is no machine of that name; ``str(error)`` is a sentence."""


class UnknownCommand(LookupError):
    """The steps of no such command are kept; ``str(error)`` is a sentence."""


class NoRaft(LookupError):
    """The node has no raft log to show; the message says why."""
