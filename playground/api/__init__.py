"""The seam: the Docker Engine API as its clients see it, and what a program in a terminal may use."""

from playground.api.client import ApiError, Duplex, EngineClient, EngineUnreachable, Response, checked
from playground.api.process import Files, Interrupted, Loop, Process, Program, Reader, RunningTask, Writer

__all__ = [
    "ApiError",
    "Duplex",
    "EngineClient",
    "EngineUnreachable",
    "Files",
    "Interrupted",
    "Loop",
    "Process",
    "Program",
    "Reader",
    "Response",
    "RunningTask",
    "Writer",
    "checked",
]
