"""The intake: collects what the broker hands over, stores it in batches, acknowledges after the commit.

One thread does everything in turn, so that nothing is acknowledged that is not stored. While the database is away the
messages stay here, unacknowledged and bounded by what the session may hand over; the rest waits at the broker.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from . import taking
from .arrivals import Arrival
from .gate import Gate
from .link import Link
from .setting_aside import Shelf

log = logging.getLogger(__name__)

MOST = 1_000  # messages in one transaction
WAIT = 0.05  # seconds the first message of a batch waits for others
IDLE = 0.5  # seconds between looks at anything else
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # seconds before a batch is tried again while the database is away


@dataclass
class Done:
    """What an intake did so far."""

    messages: int = 0
    readings: int = 0
    refused: int = 0
    repeated: int = 0
    batches: int = 0


class Intake:
    """Runs until `ending` is set. `gate` keeps the broker's lists of who is let in, and counts who was not."""

    def __init__(self, link: Link, *, shelf: Shelf, gate: Gate | None = None) -> None:
        """Nothing is opened before `run`."""
        self.link = link
        self.shelf = shelf
        self.gate = gate or Gate()
        self.done = Done()
        self._tries = 0
        self._again_at = 0.0
        self._begun = 0.0  # when the oldest message of the batch was seen

    def run(self, ending: threading.Event) -> None:
        """Take messages until asked to end; then store what has come and leave the session to the broker.

        Raises Replaced when another process takes the session.
        """
        while not ending.is_set():
            self.turn()
        # What cannot be stored now is not acknowledged, so the broker hands it over again.
        self._again_at = 0.0
        while self.link.arrived and not self._tries:
            self.settle()
        self.link.leave()
        connection.close()

    def turn(self) -> None:
        """Read for a moment, and store a batch when one is due."""
        self.link.turn(self._patience())
        if self.link.arrived and not self._begun:
            self._begun = time.monotonic()
        if self._is_due():
            self.settle()
        self._look_after()

    def settle(self) -> None:
        """Store one batch and acknowledge it; when the database is away, keep it for later."""
        self.link.drain()
        batch = self.link.arrived[:MOST]
        try:
            outcome = taking.take(batch, at=datetime.now(UTC), shelf=self.shelf, shut=self.gate.shut)
        except taking.AWAY as error:
            self._pause(error)
            return
        self._tries = 0
        del self.link.arrived[: len(batch)]
        self._begun = time.monotonic() if self.link.arrived else 0.0
        self.link.acknowledge(batch)
        self._answer(batch, outcome)
        self._count(batch, outcome)
        self.gate.note_floods(one.device for one in outcome.refused.values() if one.reason == "flood")

    def _patience(self) -> float:
        now = time.monotonic()
        if self._tries:
            return max(0.01, min(IDLE, self._again_at - now))
        return max(0.0, self._begun + WAIT - now) if self._begun else IDLE

    def _is_due(self) -> bool:
        now = time.monotonic()
        if not self.link.arrived or now < self._again_at:
            return False
        return len(self.link.arrived) >= MOST or now >= self._begun + WAIT

    def _pause(self, error: Exception) -> None:
        if not self._tries:
            log.warning("the database is away (%s); %s messages wait", str(error).strip(), len(self.link.arrived))
        self._again_at = time.monotonic() + PAUSES[min(self._tries, len(PAUSES) - 1)]
        self._tries += 1
        connection.close()

    def _answer(self, batch: list[Arrival], outcome: taking.Outcome) -> None:
        for place, one in enumerate(batch):
            if one.answer_to:
                self.link.answer(one, taking.receipt(place, outcome))

    def _count(self, batch: list[Arrival], outcome: taking.Outcome) -> None:
        self.done.messages += len(batch)
        self.done.readings += outcome.readings
        self.done.refused += len(outcome.refused)
        self.done.repeated += outcome.repeated
        self.done.batches += 1

    def _look_after(self) -> None:
        """Let the gate do its part between two batches; without a database it waits."""
        # Before we listen nobody shall be let in, and without a database nothing can be looked up.
        if not self.link.is_subscribed or not self.gate.is_due or time.monotonic() < self._again_at:
            return
        lines, self.link.told = self.link.told, []
        try:
            self.gate.look(lines, listening=self.link.subscriptions, at=datetime.now(UTC))
        except taking.AWAY as error:
            self.link.told = lines + self.link.told
            self._pause(error)
        else:
            self._tries = 0
