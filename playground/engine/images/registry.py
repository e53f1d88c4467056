"""Docker Hub as data: which images exist, what they hold, how their containers behave."""


class ImageRegistry:
    """Every image that can be pulled in a lab; shared by its machines.

    ``ImageRegistry()`` holds the built-in catalogue (``playground.engine.images.catalogue``).
    """
