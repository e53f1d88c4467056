"""Swarm Playground: learn Docker Swarm by running one in the browser."""

__version__ = "0.1.0"
