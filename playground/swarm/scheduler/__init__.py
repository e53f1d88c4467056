"""Chooses a node for every pending task."""
