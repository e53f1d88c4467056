"""Containers of one engine: their life, their processes, what the API tells of them."""
