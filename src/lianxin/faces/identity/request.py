"""What every request carries once the middleware has seen it, and where it came from."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import SignedIn, TokenUse


class Request(HttpRequest):
    """A request as views see it; for annotations."""

    at: datetime  # when it came: the clock of every act it leads to
    actor: Actor
    numbers: Mapping[str, int]  # of shared knowledge; hand them to queries that take them
    signed_in: SignedIn | None
    token: TokenUse | None


def address_of(request: HttpRequest) -> str | None:
    """Return the address of the sender; behind `PROXIES` of our own, the one the outermost of them saw."""
    if settings.PROXIES:
        seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        if len(seen) >= settings.PROXIES:
            return _plain(seen[-settings.PROXIES])
    return _plain(request.META.get("REMOTE_ADDR", ""))


def _plain(address: str) -> str | None:
    # Only what an inet column takes: a forged header must not break the sign-in.
    return address if re.fullmatch(r"[0-9a-fA-F:.]{3,45}", address) else None


_PROGRAMS = (("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Windows", "Windows"), ("HarmonyOS", "鸿蒙"), ("Android", "Android"), ("iPhone", "iPhone"),
            ("iPad", "iPad"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def device_of(request: HttpRequest) -> str:
    """Return the sender's program and system in words its owner knows, such as `微信 · Android`."""
    agent = request.headers.get("User-Agent", "")
    named = [next((name for mark, name in marks if mark in agent), "") for marks in (_PROGRAMS, _SYSTEMS)]
    return " · ".join(part for part in named if part) or "其他设备"
