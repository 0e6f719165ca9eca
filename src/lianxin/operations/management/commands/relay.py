"""`lianxin relay`: move committed entries into the feed, and let the rooms that listen follow it."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from lianxin.kernel.journal.listening import follow_all
from lianxin.kernel.journal.relay import relay_batch

log = logging.getLogger(__name__)

IDLE = 0.05  # seconds between looks at an empty outbox: what a live screen waits at most
SLOW_LOOK = 1.0  # seconds between looks of the followers when the relay moved nothing, for what is parked
RECOVER = 1.0  # seconds before the next try when the database does not answer


class Command(BaseCommand):
    """Run until SIGTERM. Several may run: one moves entries, and each consumer is followed by one at a time."""

    help = "Move committed journal entries into the feed, and let consumers follow it. Runs until SIGTERM."

    def handle(self, *_: Any, **__: Any) -> None:
        """Run the relay here and the followers in a thread, so that a slow listener delays no live screen."""
        ending, moved = threading.Event(), threading.Event()

        def stop(_signum: int, _frame: FrameType | None) -> None:
            ending.set()
            moved.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        followers = threading.Thread(target=_follow, args=(ending, moved), name="followers")
        followers.start()
        _relay(ending, moved)
        followers.join()


def _relay(ending: threading.Event, moved: threading.Event) -> None:
    with _ends_all(ending):
        while not ending.is_set():
            if _tried(relay_batch):
                moved.set()
            else:
                ending.wait(IDLE)


def _follow(ending: threading.Event, moved: threading.Event) -> None:
    with _ends_all(ending):
        while not ending.is_set():
            moved.clear()
            if not _tried(lambda: follow_all(at=datetime.now(UTC))):
                moved.wait(SLOW_LOOK)


@contextmanager
def _ends_all(ending: threading.Event) -> Iterator[None]:
    """End both halves when one ends, whatever ended it; the supervisor then starts them again."""
    try:
        yield
    finally:
        ending.set()
        connection.close()


def _tried(act: Callable[[], int]) -> int:
    """Do one piece of work; when the database is away, drop the connection and wait a moment."""
    try:
        return act()
    except (OperationalError, InterfaceError):
        log.warning("the database does not answer; trying again", exc_info=True)
        connection.close()
        threading.Event().wait(RECOVER)
        return 0
