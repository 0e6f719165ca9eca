"""Tracks (轨迹): only while a round runs and the screen is on; for the walker's own eyes, for a few days."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.work.patrols.models import Round, Track
from lianxin.work.patrols.settings import patrol_settings

from .rounds import may_walk

MOST = 500  # places in one batch


@dataclass(frozen=True, slots=True)
class Fix:
    """Where the phone was, how sure, and when."""

    lon: float
    lat: float
    accuracy: int
    at: datetime


@transaction.atomic
def keep_track(actor: Actor, *, key: UUID, round_key: UUID, fixes: Sequence[Fix], at: datetime) -> int:
    """Keep a batch of places of a round that the actor walks; returns how many. The same `key` changes nothing.

    Places outside the round's own time are dropped: nobody is on duty then. No journal entry: a track is nobody's act.
    """
    row = Round.objects.visible_to(actor).filter(key=round_key).first()
    if row is None or not may_walk(actor, row):
        raise NotFound(_("没有这一轮巡查，可能已经取消。"))
    if len(fixes) > MOST:
        raise Invalid({"fixes": _("一次最多 {most} 个位置。").format(most=MOST)})
    oldest = at - timedelta(days=patrol_settings().track_days)
    within = [fix for fix in fixes if oldest < fix.at <= at and _on_duty(row, fix.at)]
    if not within:
        return 0
    within.sort(key=lambda fix: fix.at)
    first = within[0].at
    line = [
        [round(fix.lon, 6), round(fix.lat, 6), round((fix.at - first).total_seconds()), fix.accuracy] for fix in within
    ]
    track = Track(
        key=key, round=row, account_id=actor.account_id or 0, line=json.dumps(line, separators=(",", ":")),
        count=len(line), begins_at=first, ends_at=within[-1].at, received_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            track.save(force_insert=True)
    except IntegrityError:  # this batch came before
        return Track.objects.filter(key=key).values_list("count", flat=True).first() or 0
    return len(line)


def _on_duty(row: Round, at: datetime) -> bool:
    if row.started_at is None or at < row.started_at:
        return False
    return row.finished_at is None or at <= row.finished_at


@transaction.atomic
def drop_track(actor: Actor, *, round_key: UUID) -> int:
    """Take away one's own track of a round, at once; returns how many batches went."""
    mine = Track.objects.filter(round__key=round_key, account_id=actor.account_id or 0)
    return mine.delete()[0]


def forget_tracks(*, at: datetime) -> int:
    """Delete tracks older than the place keeps them."""
    return Track.objects.filter(ends_at__lt=at - timedelta(days=patrol_settings().track_days)).delete()[0]
