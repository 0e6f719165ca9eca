"""Tags belong to people: they move with a merge and go with an erasure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lianxin.registry.people.owning import Owned, owns

from .models import CareTag


def _clash(one: CareTag, other: CareTag) -> bool:
    return one.need == other.need and one.ended_at is None and other.ended_at is None


def _close(row: CareTag, at: datetime) -> Mapping[str, Any]:
    return {"ended_at": max(at, row.set_at + timedelta(microseconds=1)), "end_reason": "合并：同一人已有这一项"}


owns(Owned(CareTag, "关爱标签", clash=_clash, close=_close, subject="care"))
