"""Numbers that rise when shared knowledge changes; every process keys its caches by them.

A transaction that changes such knowledge bumps its number; readers see both or neither.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")


@dataclass
class _Held:
    """Numbers read once for a stretch of work; None: to be read."""

    numbers: Mapping[str, int] | None = None


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


def read() -> Mapping[str, int]:
    """Return all numbers. One statement, or none within `held`."""
    held = _held.get()
    if held is None:
        return _read()
    if held.numbers is None:
        held.numbers = _read()
    return held.numbers


def _read() -> Mapping[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, number FROM version")
        return dict(cursor.fetchall())


@contextmanager
def held() -> Iterator[None]:
    """Let a stretch of work in one transaction see the same numbers throughout, but for what it changes itself.

    For work that takes many small steps and may as well have been done when it began; not for acts of people.
    """
    token = _held.set(_Held())
    try:
        yield
    finally:
        _held.reset(token)


def bump(name: str) -> None:
    """Tell all processes, with this transaction's commit, that `name` has changed."""
    # Microseconds, not a count: a number that was rolled back, and cached meanwhile, must never come again.
    now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO version (name, number) VALUES (%s, {now})"
            f" ON CONFLICT (name) DO UPDATE SET number = greatest(version.number + 1, {now})",
            [name],
        )
    held = _held.get()
    if held is not None:
        held.numbers = None


class Versioned(Generic[T]):
    """Knowledge kept in the process and loaded again when its number differs.

    The number is read in the caller's transaction, so a transaction never mixes old and new.
    """

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self.name = name
        self._load = load
        self._lock = Lock()
        self._number: int | None = None
        self._value: T | None = None

    def at(self, numbers: Mapping[str, int]) -> T:
        """Return the value that belongs to `numbers`, as `read()` gave them."""
        number = numbers.get(self.name, 0)
        with self._lock:
            if self._number != number or self._value is None:
                self._value = self._load()
                self._number = number
            return self._value

    def get(self) -> T:
        """Return the value in force now. One statement, and a load when it has changed."""
        return self.at(read())
