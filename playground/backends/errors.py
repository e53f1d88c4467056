"""What a cluster refuses, whatever its nodes are made of."""


class Refusal(Exception):
    """Something was asked that is not done; ``str(error)`` says what is wrong and what to do."""


class BadRequest(Refusal):
    """What was asked of the cluster makes no sense; the message says what to do."""


class Unseen(Refusal):
    """A real engine does not show this; the message says why."""


class UnknownMachine(Refusal):
    """There is no machine of that name; ``str(error)`` is a sentence."""


class UnknownCommand(Refusal):
    """The steps of no such command are kept; ``str(error)`` is a sentence."""


class NoRaft(Refusal):
    """The node has no raft log to show; the message says why."""
