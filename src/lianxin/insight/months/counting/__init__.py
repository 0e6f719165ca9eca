"""The figures themselves, by the room they are counted from. One line a room."""

from . import cases, patrols, visits

__all__ = ["cases", "patrols", "visits"]
