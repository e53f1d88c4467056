"""Images: the registry as data, and what lies on one engine's disk."""
