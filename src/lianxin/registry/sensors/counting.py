"""Count what came and what was refused, by hour; note readings that came after their hour was counted.

Both only insert, whatever else is going on, so that no intake waits for another; jobs add up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TAKEN = "taken"

# Why a message is refused, in words.
REASONS: Mapping[str, str | Promise] = {
    "unknown_device": _("设备没有登记"),
    "unknown_system": _("系统没有登记或已关停"),
    "wrong_key": _("密钥不对"),
    "broken": _("内容看不懂"),
    "too_large": _("内容太大"),
    "unknown_measure": _("没有这个指标"),
    "bad_value": _("数值不可信"),
    "in_future": _("时间在将来"),
    "too_old": _("时间太旧"),
    "flood": _("发得太密"),
    "paused": _("设备已停用"),
    "retired": _("设备已退役"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message (by its place in the batch) or one of its values that was not taken, and why, in a sentence."""

    index: int
    reason: str  # of REASONS
    device: str  # as it called itself
    sentence: str
    device_id: int = 0  # 0: not known
    system_id: int = 0


def hour_of(at: datetime) -> datetime:
    """Return the beginning of an hour; those of UTC are those of China."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def note(taken: Mapping[int, int], refused: Sequence[Refusal], *, at: datetime) -> None:
    """Count a batch: messages taken by system, and what was refused. One statement, in the caller's transaction."""
    rows: dict[tuple[int, int, str], tuple[int, str]] = {
        (system_id, 0, TAKEN): (count, "") for system_id, count in taken.items()
    }
    for one in refused:
        key = (one.system_id, one.device_id, one.reason)
        rows[key] = (rows[key][0] + 1 if key in rows else 1, one.sentence[:200])
    if not rows:
        return
    columns = [[key[place] for key in rows] for place in range(3)]
    counts = [[value[place] for value in rows.values()] for place in range(2)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_count (hour, last_at, system_id, device_id, outcome, messages, sample)"
            " SELECT %s, %s, * FROM"
            " unnest(%s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::text[])",
            [hour_of(at), at, *columns, *counts],
        )


def note_late(readings: Iterable[tuple[int, datetime]], *, at: datetime) -> None:
    """Note hours of streams (id, instant) that lie before the present hour: they may have been counted already.

    Only adds rows: a job that takes them away either sees the readings that came with them, or leaves them.
    """
    present = hour_of(at)
    late = {(stream_id, hour_of(when)) for stream_id, when in readings if when < present}
    if not late:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reading_late (stream_id, hour) SELECT * FROM unnest(%s::bigint[], %s::timestamptz[])",
            [[stream_id for stream_id, _hour in late], [hour for _id, hour in late]],
        )
