"""One stream from opening to end: catch up, pass on, sign of life, ask again who it is."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from lianxin.foundation.accounts.actor import Scope

from .events import HEARTBEAT, reset, written
from .hub import Hub, Listener
from .viewers import Key, Unreachable, events_between, scope_of

BEAT = 15.0  # seconds between signs of life
ASK_AGAIN = 60.0  # seconds after which a session is asked for anew
CATCH_UP = 2000  # entries told again after a break; beyond that the page is read anew

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Stream:
    """What one console hears."""

    def __init__(self, hub: Hub, key: Key, scope: Scope, send: Send) -> None:
        """Begin where the hub stands."""
        self._hub, self._key, self._send = hub, key, send
        self._listener = Listener(scope, hub.number)
        self._asked_at = time.monotonic()

    async def run(self, receive: Receive, last: int | None) -> None:
        """Serve until the client goes, the session ends, or the process does."""
        self._hub.listeners.add(self._listener)
        serving = asyncio.create_task(self._serve(last))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({serving, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.listeners.discard(self._listener)
            for task in (serving, leaving):
                task.cancel()
            await asyncio.gather(serving, leaving, return_exceptions=True)
            with suppress(Exception):  # the client may have gone in the middle of a word
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _serve(self, last: int | None) -> None:
        with suppress(Unreachable):
            await self._catch_up(last)
            while await self._is_welcome():
                try:
                    text = await self._listener.next(BEAT)
                except TimeoutError:
                    text = HEARTBEAT
                if text is None:
                    return
                await self._write(text)

    async def _catch_up(self, last: int | None) -> None:
        """Tell what came since the client's last event; the listener has all that comes from now on."""
        now = self._listener.number
        if last is None or last == now:
            await self._write(written("ready", {"feed": now}, now))
        elif last > now or now - last > CATCH_UP:
            # Numbers ahead of ours are of another life of this database.
            await self._write(reset(now, "away"))
        else:
            missed = [event.text for event in await events_between(last, now) if event.is_for(self._listener.scope)]
            await self._write(written("ready", {"feed": last}, last) + b"".join(missed))

    async def _is_welcome(self) -> bool:
        if self._hub.is_ending:
            return False
        if time.monotonic() - self._asked_at < ASK_AGAIN:
            return True
        self._asked_at = time.monotonic()
        scope = await scope_of(self._key)
        if not scope:
            return False
        self._listener.scope = scope
        return True

    async def _write(self, text: bytes) -> None:
        await self._send({"type": "http.response.body", "body": text, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
