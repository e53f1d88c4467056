"""What can be wrong with a template."""


class TemplateError(Exception):
    """A template does not parse, or fails while it runs; ``str(error)`` is Go's sentence."""
