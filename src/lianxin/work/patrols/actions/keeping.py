"""How long what is kept (保存期限), and what the morning does: remind of hazards whose day comes."""

from datetime import datetime, timedelta

from django.db import transaction

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.files.actions import remove_of
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.models import CheckIn, Hazard, Member, Round
from lianxin.work.patrols.settings import patrol_settings

from .checkins import FILES
from .common import tell
from .hazards import SUBJECT
from .tracks import forget_tracks

BATCH = 500


def forget(*, at: datetime) -> dict[str, int]:
    """Delete tracks, old rounds with their check-ins, hazards long gone, and who left a team long ago."""
    limits = patrol_settings()
    left = Member.objects.filter(left_at__lt=at - timedelta(days=limits.keep_member_days))
    return {
        "tracks": forget_tracks(at=at),
        "rounds": _forget_rounds(at - timedelta(days=limits.keep_round_days)),
        "hazards": _forget_hazards(at - timedelta(days=limits.keep_hazard_days)),
        "members": left.delete()[0],
    }


@transaction.atomic
def _forget_rounds(until: datetime) -> int:
    ids = list(
        Round.objects.filter(day__lt=until.astimezone(ZONE).date())
        .order_by("day", "pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    if ids:
        remove_of(FILES, list(CheckIn.objects.filter(round_id__in=ids).values_list("pk", flat=True)))
        Round.objects.filter(pk__in=ids).delete()
    return len(ids)


@transaction.atomic
def _forget_hazards(until: datetime) -> int:
    ids = list(
        Hazard.objects.filter(settled_at__lt=until).order_by("settled_at", "pk").values_list("pk", flat=True)[:BATCH]
    )
    if ids:
        remove_of(SUBJECT, ids)
        Hazard.objects.filter(pk__in=ids).delete()
    return len(ids)


def remind(*, at: datetime, limit: int = 200) -> int:
    """Tell once of hazards that should be gone by tomorrow; listeners tell people. Returns how many."""
    tomorrow = at.astimezone(ZONE).date() + timedelta(days=1)
    due = Hazard.objects.open().filter(due_date__lte=tomorrow, reminded_at=None).exclude(state="reported")
    done = 0
    for pk in list(due.order_by("due_date", "pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if row is not None:
                row.reminded_at = at
                row.save(update_fields=["reminded_at"])
                tell(SYSTEM, SUBJECT, row, "remind", at=at)
                done += 1
    return done
