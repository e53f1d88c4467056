"""How ``break``, ``return``, ``exit`` and their like leave what they are in."""


class LoopExit(Exception):
    """``break`` (or, with ``again``, ``continue``) out of ``levels`` loops."""

    def __init__(self, levels: int, again: bool) -> None:
        super().__init__()
        self.levels = levels
        self.again = again


class FunctionReturn(Exception):
    """``return``, from a function or a sourced file."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class LineDiscarded(Exception):
    """An expansion failed: the rest of the line is not run."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class ShellExit(Exception):
    """``exit``, or the end of a shell under ``set -e``."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status
