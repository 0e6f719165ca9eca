"""The ASGI application of the live process: `GET /live/stream`, and `/healthz` for who watches it."""

import asyncio
import json
import os
import signal
import threading
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import django
from django.apps import apps
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.operations.settings")
if not apps.ready:
    django.setup()

from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from lianxin.faces.acts.problems import MEDIA_TYPE, problem
from lianxin.faces.identity.cookies import SESSION

from .hub import Hub
from .streams import Receive, Send, Stream
from .viewers import Key, Unreachable, scope_of

PATH = "/live/stream"
MOST_LISTENERS = 2000
Scope = dict[str, Any]
Headers = dict[str, str]

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection of the server."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            _end_all()
            return


def _hub() -> Hub:
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
        _end_on_signal(loop)
    return _hubs[loop]


def _end_all() -> None:
    for hub in _hubs.values():
        hub.end()


def _end_on_signal(loop: asyncio.AbstractEventLoop) -> None:
    """Let streams end when the server is asked to stop: it waits for them, and they would never end by themselves."""
    if threading.current_thread() is not threading.main_thread():
        return
    before = signal.getsignal(signal.SIGTERM)

    def end(signum: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(_end_all)
        if callable(before):
            before(signum, frame)

    # The server's own handler hangs on the event loop's wake-up and is called beside this one.
    signal.signal(signal.SIGTERM, end)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if scope["path"] == "/healthz":
        await _respond(send, 200, {"content-type": "application/json"}, b'{"status":"ok"}')
    elif scope["path"] != PATH:
        await _refuse(send, 404, {})
    elif not validate_host(split_domain_port(headers.get("host", "").lower())[0], settings.ALLOWED_HOSTS):
        await _refuse(send, 400, {})
    elif scope["method"] == "OPTIONS":
        await _respond(send, 204, _shared_with(headers), b"")
    elif scope["method"] != "GET":
        await _refuse(send, 405, {"allow": "GET, OPTIONS"})
    else:
        await _open(headers, receive, send)


async def _open(headers: Headers, receive: Receive, send: Send) -> None:
    shared = _shared_with(headers)
    key = _key(headers)
    try:
        found = await scope_of(key) if key else None
        hub = _hub()
        await hub.start()
    except (Unreachable, TimeoutError):
        await _refuse(send, 503, {**shared, "retry-after": "5"})
        return
    if not found:
        await _refuse(send, 401 if found is None else 403, shared)
    elif len(hub.listeners) >= MOST_LISTENERS or hub.is_ending:
        await _refuse(send, 503, {**shared, "retry-after": "5"})
    else:
        await _start(
            send, 200, {**shared, "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no"}
        )
        await Stream(hub, key, found, send).run(receive, _last(headers))


def _key(headers: Headers) -> Key:
    bearer = headers.get("authorization", "")
    if bearer.lower().startswith("bearer "):
        return Key(token=bearer[7:].strip())
    return Key(session=parse_cookie(headers.get("cookie", "")).get(SESSION, ""))


def _last(headers: Headers) -> int | None:
    given = headers.get("last-event-id", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 18 else None


def _shared_with(headers: Headers) -> Headers:
    """Let the page of this very host read us, whatever port served it, and no other."""
    origin = headers.get("origin", "")
    shared = {"vary": "Origin, Cookie, Authorization", "cache-control": "no-store"}
    host = split_domain_port(headers.get("host", "").lower())[0]
    theirs = urlsplit(origin)
    is_ours = theirs.scheme in {"http", "https"} and split_domain_port(theirs.netloc.lower())[0] == host
    if is_ours or origin in settings.CSRF_TRUSTED_ORIGINS:
        shared |= {
            "access-control-allow-origin": origin,
            "access-control-allow-credentials": "true",
            "access-control-allow-headers": "last-event-id, authorization, cache-control",
            "access-control-max-age": "600",
        }
    return shared


async def _start(send: Send, status: int, headers: Headers) -> None:
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def _respond(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _refuse(send: Send, status: int, headers: Headers) -> None:
    body = json.dumps(problem(status).document(instance=PATH), ensure_ascii=False).encode()
    await _respond(send, status, {**headers, "content-type": MEDIA_TYPE}, body)
