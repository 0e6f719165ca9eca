"""Who and what is outside: staff on duty where they last checked in, patrol points, hazards."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.maps.layers import Found, Look, Mark, found_of, layer, nothing, windowed
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import DutyShift
from lianxin.foundation.accounts.queries import current_posts, visible_staff
from lianxin.kernel.geometry.points import Box, Point
from lianxin.kernel.text import mask_name
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.models import CheckIn, Hazard
from lianxin.work.patrols.models import Point as PatrolPoint
from lianxin.work.patrols.words import Grade, HazardKind, PointKind, RoundState

LATELY = timedelta(hours=4)  # older than that, nobody knows where somebody is


@layer(
    "staff", label=gettext_lazy("在岗人员"), group=gettext_lazy("人员"), order=30, shape="staff", thing="post",
    permissions=("accounts.read", "accounts.manage"), is_on=True,
    empty=gettext_lazy("现在没有在岗又打过卡的人；位置只取自巡查点打卡"),
)  # fmt: skip
def staff(look: Look, box: Box | None) -> Found:
    """Find staff on duty now, at the patrol point where they checked in last."""
    if look.when is not None:
        return nothing()  # where somebody was is nobody's business afterwards
    rows = [row for row in on_duty(look.actor, at=look.at) if box is None or _is_in(row.point.place, box)]
    return found_of(rows, lambda row: row.point.place, lambda row: _walker(row, look.at))


def on_duty(actor: Actor, *, at: datetime) -> list[CheckIn]:
    """Return the last check-in of everybody on duty the actor may look up: on a round not yet finished, or in a shift.

    What was checked in before the round or the shift began says nothing. Two statements; three where anybody is.
    """
    running = DutyShift.objects.filter(starts_at__lte=at, ends_at__gt=at, post__in=current_posts(at))
    begun = dict(running.order_by("-starts_at").values_list("post__account_id", "starts_at"))
    made = CheckIn.objects.filter(made_at__gt=at - LATELY, made_at__lte=at, is_off_site=False)
    last: dict[int, CheckIn] = {}
    for row in made.select_related("point", "round").order_by("made_at", "pk"):
        if row.by_id is not None and (_walks(row) or row.made_at >= begun.get(row.by_id, at)):
            last[row.by_id] = row
    if not last:
        return []
    names = dict(visible_staff(actor, at=at).filter(pk__in=list(last)).values_list("pk", "name"))
    for account_id, name in names.items():
        last[account_id].note = mask_name(name)  # never what was written there
    return [row for account_id, row in last.items() if account_id in names]


def _walks(row: CheckIn) -> bool:
    """Tell whether who checked in is still on that round."""
    return row.round.state == RoundState.RUNNING and row.round.walker_id == row.by_id


def _walker(row: CheckIn, at: datetime) -> Mark:
    minutes = int((at - row.made_at).total_seconds() // 60)
    said = _("{minutes} 分钟前在{point}打卡").format(minutes=minutes, point=row.point.name)
    return Mark(str(row.by_id), row.note or _("在岗人员"), said, "ok")


def _is_in(place: Point, box: Box) -> bool:
    return box.west <= place.lon <= box.east and box.south <= place.lat <= box.north


@layer(
    "patrol", label=gettext_lazy("巡查点"), group=gettext_lazy("现场"), order=60, shape="patrol", thing="patrol",
    permissions=("patrols.view",), empty=gettext_lazy("还没有设巡查点"),
)  # fmt: skip
def patrol_points(look: Look, box: Box | None) -> Found:
    """Find patrol points that stand. One statement."""
    shown = PatrolPoint.objects.visible_to(look.actor).now()
    rows = list(windowed(shown, "place", box).only("key", "name", "kind", "place", "code"))
    return found_of(
        rows, lambda row: row.place, lambda row: Mark(str(row.key), row.name, str(PointKind(row.kind).label))
    )


@layer(
    "hazards", label=gettext_lazy("隐患"), group=gettext_lazy("现场"), order=50, shape="hazard", thing="hazard",
    page="console:hazard", permissions=("patrols.view",), empty=gettext_lazy("台账上没有未销号的隐患"),
)  # fmt: skip
def hazards(look: Look, box: Box | None) -> Found:
    """Find hazards in the ledger. One statement."""
    today = look.at.astimezone(ZONE).date()
    rows = list(windowed(Hazard.objects.visible_to(look.actor).open(), "place", box).defer("settled_words"))
    return found_of(rows, lambda row: row.place, lambda row: _hazard(row, today))


def _hazard(row: Hazard, today: date) -> Mark:
    line = f"{Grade(row.grade).label} · {row.number}"
    tone = "late" if row.due_date < today else "warn"
    return Mark(str(row.key), f"{HazardKind(row.kind).label}：{row.what}"[:40], line, tone)
