"""One LISTEN for the whole process: reads each batch of the feed once and hands it to all who may see it."""

import asyncio
import logging
from contextlib import suppress

import psycopg
from django.conf import settings

from lianxin.foundation.accounts.actor import Scope
from lianxin.kernel.journal.relay import CHANNEL

from .events import HEAD, READ, Event, event_of, reset

log = logging.getLogger(__name__)

WAITING = 256  # events that may wait for one listener before it is told to read anew
BATCH = 1000  # numbers of the feed read at once
LOOK_EVERY = 30.0  # seconds after which the feed is looked at without a word, should a word have been lost
RECOVER = 1.0  # seconds before the next try when the database is away


class Listener:
    """One stream: what waits to be sent, and what its posts may see."""

    def __init__(self, scope: Scope, number: int) -> None:
        """Begin after `number`."""
        self.scope = scope
        self.number = number
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)

    def offer(self, event: Event) -> None:
        """Let an event wait; when too many do, the listener has to read anew."""
        if event.number <= self.number or not event.is_for(self.scope):
            return
        self.number = event.number
        try:
            self._waiting.put_nowait(event.text)
        except asyncio.QueueFull:
            self._drop()
            self._waiting.put_nowait(reset(event.number, "slow"))

    def end(self) -> None:
        """Let the stream end."""
        with suppress(asyncio.QueueFull):
            self._waiting.put_nowait(None)
            return
        self._drop()
        self._waiting.put_nowait(None)

    async def next(self, seconds: float) -> bytes | None:
        """Return what is to be sent next, or None to end. Raises TimeoutError after `seconds` of silence."""
        return await asyncio.wait_for(self._waiting.get(), seconds)

    def _drop(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()


class Hub:
    """All listeners of this process and the one connection they share."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.listeners: set[Listener] = set()
        self.number = 0  # up to where everybody has been told
        self.is_ending = False
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; returns once the feed's head is known."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        await asyncio.wait_for(self._ready.wait(), 10)

    def end(self) -> None:
        """End all streams: the process is asked to go."""
        self.is_ending = True
        for listener in self.listeners:
            listener.end()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.Error:
                log.warning("the live feed lost the database; trying again", exc_info=True)
            await asyncio.sleep(RECOVER)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(settings.DATABASE_DIRECT_URL, autocommit=True)
        async with connection:
            # First listen, then look: what is moved in between is either seen or announced.
            await connection.execute(f"LISTEN {CHANNEL}")
            if not self._ready.is_set():
                self.number = await _head(connection)
                self._ready.set()
            while True:
                await self._pass_on(connection)
                async for _word in connection.notifies(timeout=LOOK_EVERY, stop_after=1):
                    pass

    async def _pass_on(self, connection: psycopg.AsyncConnection) -> None:
        head = await _head(connection)
        while self.number < head:
            until = min(head, self.number + BATCH)
            cursor = await connection.execute(READ, [self.number, until])
            events = [event_of(row) for row in await cursor.fetchall()]
            for event in events:
                for listener in self.listeners:
                    listener.offer(event)
            self.number = until


async def _head(connection: psycopg.AsyncConnection) -> int:
    row = await (await connection.execute(HEAD)).fetchone()
    return int(row[0]) if row else 0
