"""What all adapters share: what they are given, what they give, and how numbers and instants are read."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lianxin.registry.sensors.counting import Refusal
from lianxin.registry.sensors.intake import Message

MOST_ITEMS = 5_000  # in one body
_MILLISECONDS = 1e11  # an epoch larger than this is not in seconds: the year 5138
_LATEST = 253_402_300_799  # seconds; the year 9999


class Broken(Exception):
    """A body, or one item of it, that cannot be read; says why without repeating it."""

    def __init__(self, sentence: str, reason: str = "broken") -> None:
        super().__init__(sentence)
        self.sentence, self.reason = sentence, reason

    def refusal(self, index: int, device: str) -> Refusal:
        """Return it as what is counted and answered."""
        return Refusal(index, self.reason, device[:40], self.sentence)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known besides the body: who sends (`device` by its own key, or a system's code), where to, and when."""

    received_at: datetime
    device: str = ""  # the number a message is of when it does not say so itself
    system: str = ""
    topic: str = ""  # what follows the adapter's name in the address, or the topic of MQTT


@dataclass(frozen=True, slots=True)
class Parsed:
    """Messages, of which item of the body each is, and what could not be read."""

    messages: list[Message] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    broken: list[Refusal] = field(default_factory=list)

    def add(self, item: int, message: Message) -> None:
        """Add a message that came from an item."""
        self.messages.append(message)
        self.items.append(item)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A way to speak: its name in addresses and topics, and how it is read."""

    code: str
    label: str | Promise
    line: str | Promise  # what it is for
    read: Callable[[bytes, Context], Parsed]
    done: int = 200  # the status of HTTP that says it was taken


def json_of(body: bytes) -> Any:
    """Return what JSON says. Raises Broken."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Broken(_("不是完整的 JSON。")) from None


def items_of(content: Any) -> list[Any]:
    """Return the items of a list, or the one thing as a list. Raises Broken when there are too many."""
    items = content if isinstance(content, list) else [content]
    if len(items) > MOST_ITEMS:
        raise Broken(_("一次最多送 {most} 条。").format(most=MOST_ITEMS), "too_large")
    return items


def each(parsed: Parsed, items: list[Any], context: Context, take: Callable[[int, dict[str, Any]], None]) -> Parsed:
    """Let `take` read each item; one that is broken leaves the others alone."""
    for index, item in enumerate(items):
        try:
            take(index, _object(item))
        except Broken as broken:
            parsed.broken.append(broken.refusal(index, context.device))
    return parsed


def _object(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Broken(_("这一条不是 JSON 对象。"))
    return item


def text(value: Any, what: str | Promise, *, most: int = 80) -> str:
    """Return a text. Raises Broken naming what it should be."""
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise Broken(_("没有写{what}。").format(what=what))
    return value


def number(value: Any) -> float:
    """Return a number; true and false are 1 and 0. Raises Broken for anything else."""
    try:
        told = float(value) if isinstance(value, int | float) else None
    except OverflowError:
        told = None
    if told is None or not isfinite(told):
        raise Broken(_("数值应是数字，或者 true、false。"))
    return told


def instant(value: Any) -> datetime | None:
    """Return an instant from ISO 8601 with a zone, or an epoch in seconds or milliseconds; None stays None."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return epoch(value)
    try:
        told = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        told = None
    if told is None:
        raise Broken(_("时间应写成 2026-11-22T09:00:00+08:00，或自 1970 年以来的秒数。"))
    if told.tzinfo is None:
        raise Broken(_("时间没有写时区。"))
    try:
        return told.astimezone(UTC)
    except OverflowError:
        raise Broken(_("时间超出了能表示的范围。")) from None


def epoch(value: float) -> datetime:
    """Return an instant from an epoch in seconds, or in milliseconds where it can be nothing else. Raises Broken."""
    seconds = value / 1000 if abs(value) > _MILLISECONDS else value
    if not 0 <= seconds <= _LATEST:  # NaN is neither
        raise Broken(_("时间超出了能表示的范围。"))
    return datetime.fromtimestamp(seconds, tz=UTC)
