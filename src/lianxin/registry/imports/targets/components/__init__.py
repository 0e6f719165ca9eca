"""Components (部件) from the tables of a city's survey."""

from .target import ComponentsTarget

__all__ = ["ComponentsTarget"]
