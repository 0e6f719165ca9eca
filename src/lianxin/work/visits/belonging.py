"""Visits and signs belong to people: they move with a merge, and lose words and link with an erasure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lianxin.registry.people.owning import Owned, owns

from .models import Sign, Visit, VisitVersion
from .retention import BLANK


def _clash(one: Sign, other: Sign) -> bool:
    return one.ended_at is None and other.ended_at is None


def _close(_row: Sign, at: datetime) -> Mapping[str, Any]:
    return {"ended_at": at, "end_reason": "merged", "neighbour_name": None, "neighbour_phone": None}


owns(
    Owned(Visit, "走访", erase="blank", blank=BLANK),
    Owned(VisitVersion, "走访的各个版本"),
    Owned(Sign, "平安信号", clash=_clash, close=_close),
)
