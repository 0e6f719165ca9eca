"""Doors to other systems: each a folder of its own, see README.md."""
