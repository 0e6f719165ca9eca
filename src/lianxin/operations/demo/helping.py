"""A second process beside the play: it stores photos ahead of need and lets messages follow the feed."""

import multiprocessing
import queue
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkProcess
from multiprocessing.queues import Queue
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, connections

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.notifications.actions import deliver_due, mark_read
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.files import actions as files
from lianxin.kernel.journal.listening import follow_all
from lianxin.kernel.journal.relay import relay_batch

from .pictures import album

_AHEAD = 12  # photos of each label that lie ready
_OF_EACH = 12  # different pictures of each label
_PATIENCE = 60.0
_UNREAD = timedelta(hours=30)  # how long messages lie unread
_fork = multiprocessing.get_context("fork")


class Helper:
    """The hand to the helping process: take photos from it, tell it the simulated time."""

    def __init__(self, labels: Sequence[str], *, seed: int) -> None:
        """Prepare the trays; `running` starts it."""
        self._seed, self._labels = seed, labels
        self._trays: Mapping[str, Queue[UUID]] = {label: _fork.Queue(_AHEAD) for label in labels}
        self._now: Any = _fork.Value("d", time.time())
        self._ending = _fork.Event()
        self._process: ForkProcess | None = None

    def photo(self, label: str) -> UUID:
        """Take the key of a stored photo that belongs to nothing yet. Raises RuntimeError if the helper is gone."""
        try:
            return self._trays[label].get(timeout=_PATIENCE)
        except queue.Empty:
            raise RuntimeError("The helping process gives no photos.") from None

    def tell(self, at: datetime) -> None:
        """Say what time it is in the play."""
        self._now.value = at.timestamp()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the helper; at the end it lets everything follow that was written. Raises RuntimeError if it failed."""
        connections.close_all()  # the child must not share ours
        self._process = _fork.Process(target=self._help, daemon=True)
        self._process.start()
        try:
            yield
        finally:
            self._ending.set()
            self._process.join()
        if self._process.exitcode:
            raise RuntimeError("The helping process failed.")

    # In the other process.

    def _help(self) -> None:
        for inherited in connections.all(initialized_only=True):
            inherited.connection = None  # the parent's: neither used nor closed here
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        pictures, rng = album(self._seed, self._labels, of_each=_OF_EACH), Random(self._seed)
        while not self._ending.is_set():
            if not self._fill_trays(pictures, rng) and not _follow() and not deliver_due(at=datetime.now(UTC)):
                time.sleep(0.02)
        for tray in self._trays.values():
            tray.cancel_join_thread()  # what lies there nobody will take
        while _follow():
            pass
        while deliver_due(at=datetime.now(UTC), limit=1000):
            pass
        _read_old_messages(until=datetime.fromtimestamp(self._now.value, UTC) - _UNREAD)

    def _fill_trays(self, pictures: Mapping[str, list[bytes]], rng: Random) -> bool:
        wanted = [label for label in self._labels if not self._trays[label].full()]
        at = datetime.fromtimestamp(self._now.value, UTC)
        for label in wanted:
            stored = files.store(rng.choice(pictures[label]), kind="photo", label=label, at=at)
            self._trays[label].put(stored.key)
        return bool(wanted)


def _follow() -> int:
    return relay_batch() + follow_all(at=datetime.now(UTC))


def _read_old_messages(*, until: datetime) -> None:
    """Let everybody have read what came before, as people do; what is new stays unread."""
    old = Message.objects.filter(read_at=None, created_at__lt=until)
    ids: dict[int, list[int]] = {}
    for recipient_id, message_id in old.values_list("recipient_id", "pk"):
        ids.setdefault(recipient_id, []).append(message_id)
    for recipient_id, mine in ids.items():
        mark_read(Actor(account_id=recipient_id, kind="staff"), ids=mine, at=until)
