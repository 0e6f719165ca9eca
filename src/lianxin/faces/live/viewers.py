"""Who listens: by the session's cookie or a key, asked anew each minute."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, connection

from lianxin.foundation.accounts.actor import Scope
from lianxin.foundation.accounts.queries import load_actor

from .events import READ, Event, event_of

# One thread with one connection: a look at a session takes a millisecond, and nobody is in a hurry.
_asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-database")


@dataclass(frozen=True, slots=True)
class Key:
    """What a listener showed."""

    session: str = ""
    token: str = ""

    def __bool__(self) -> bool:
        return bool(self.session or self.token)


class Unreachable(Exception):
    """The database does not answer now."""


async def scope_of(key: Key) -> Scope | None:
    """Return where the holder of a key may see cases; None when it opens nothing (any more)."""
    return await asyncio.get_running_loop().run_in_executor(_asking, _scope_of, key)


async def events_between(after: int, until: int) -> list[Event]:
    """Return the events of a stretch of the feed."""
    return await asyncio.get_running_loop().run_in_executor(_asking, _events_between, after, until)


def _scope_of(key: Key) -> Scope | None:
    try:
        identity = load_actor(session_key=key.session, token_key=key.token, at=datetime.now(UTC), channel="live")
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        raise Unreachable from error
    if identity is None or (identity.session is not None and identity.session.must_change_password):
        return None
    return identity.actor.scope("cases.view")


def _events_between(after: int, until: int) -> list[Event]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(READ, [after, until])
            return [event_of(row) for row in cursor.fetchall()]
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        raise Unreachable from error
