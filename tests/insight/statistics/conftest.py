"""The desk of cases, for statistics of what happens at it."""

from work.cases.conftest import desk, made_desk

__all__ = ["desk", "made_desk"]
