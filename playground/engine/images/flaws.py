"""What is wrong with an image in one lab, on purpose: its containers start badly or fail their health check."""

from dataclasses import dataclass, field, replace

from playground.engine.images.life import Life, Line

CRASH = 1
"""Exit code of a program that was made to fail at its start."""
CRASH_US = 300_000
UNHEALTHY = "the health check was made to fail"


@dataclass(slots=True)
class Flaws:
    """Flaws by image id; shared by every engine of a lab, and empty as a rule."""

    unhealthy: dict[str, None] = field(default_factory=dict)
    """Images whose health checks fail, in running containers too."""
    crash: dict[str, None] = field(default_factory=dict)
    """Images whose main program ends with an error right after its start."""
    slow_us: dict[str, int] = field(default_factory=dict)
    """How much longer it takes until a new container listens."""

    def life(self, image_id: str, life: Life | None) -> Life | None:
        """The life of a container that starts now; None stays a shell that runs its command."""
        if image_id in self.crash:
            return Life(lines=(Line(CRASH_US, "fatal: this image was made to fail when it starts", 2),), ends=CRASH)
        extra_us = self.slow_us.get(image_id, 0)
        if life is None or not extra_us:
            return life
        lines = tuple(replace(line, after_us=line.after_us + extra_us) for line in life.lines)
        return replace(life, lines=lines, ready_us=life.ready_us + extra_us)
