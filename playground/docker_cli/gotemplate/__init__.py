"""Go's text/template, as far as ``--format`` needs it."""

from playground.docker_cli.gotemplate.errors import TemplateError
from playground.docker_cli.gotemplate.template import Template, parse

__all__ = ["Template", "TemplateError", "parse"]
