"""Read alarms and rules: the board and its counts, one by its key, how many by day, what happened to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.ids import parse
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE

from .models import Alarm, AlarmQuerySet, AlarmRule, Mute
from .raising import SUBJECT

SHOWN = ("new", "active", "cleared", "past")


def seen_by(actor: Actor) -> AlarmQuerySet:
    """Return the alarms that the actor sees, with what a page tells of them."""
    return Alarm.objects.visible_to(actor).select_related("device", "case", "component", "rule")


def alarm_or_404(actor: Actor, key: UUID | str) -> Alarm:
    """Return an alarm by its key. Raises NotFound when it is not there for this actor."""
    try:
        wanted = key if isinstance(key, UUID) else parse(key)
    except Invalid:
        raise NotFound(_("没有这条告警，或者您没有权限查看。")) from None
    found = seen_by(actor).filter(key=wanted).first()
    if found is None:
        raise NotFound(_("没有这条告警，或者您没有权限查看。"))
    return found


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of alarms is narrowed to; nothing said narrows nothing."""

    shown: str = "active"
    level: int = 0
    kind: str = ""
    fault: str = ""
    area: AreaNode | None = None
    day: str = ""  # 2026-11-22: those opened then


def alarms(actor: Actor, filters: Filters) -> AlarmQuerySet:
    """Return the alarms that match, without an order."""
    found = seen_by(actor).filter(_shown(filters.shown))
    if filters.level:
        found = found.filter(level=filters.level)
    if filters.kind:
        found = found.filter(device_kind=filters.kind)
    if filters.fault:
        found = found.filter(fault=filters.fault)
    found = found.filter(_inside(filters.area))
    if filters.day:
        begin = datetime.strptime(filters.day, "%Y-%m-%d").replace(tzinfo=ZONE)
        found = found.filter(opened_at__gte=begin, opened_at__lt=begin + timedelta(days=1))
    return found


def _shown(shown: str) -> Q:
    return {
        "new": Q(ended_at=None, cleared_at=None, acknowledged_at=None),
        "active": Q(ended_at=None, cleared_at=None),
        "cleared": Q(ended_at=None, cleared_at__isnull=False),
        "past": Q(ended_at__isnull=False),
    }.get(shown, Q())


def _inside(area: AreaNode | None) -> Q:
    """Return what lies in an area; everything for none, or the whole place."""
    if area is None or area.is_whole:
        return Q()
    level = "grid" if area.grid_id is not None else "community" if area.community_id is not None else "street"
    return Q(**{f"{level}_id": area.id})


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open alarms stand how; active ones by level."""

    new: int
    active: int
    cleared: int
    by_level: Mapping[int, int]


def counts(actor: Actor, area: AreaNode | None = None) -> Counts:
    """Count the open alarms that the actor sees, everywhere or in an area. One statement."""
    is_active = Q(cleared_at=None)
    shown = Alarm.objects.visible_to(actor).open().filter(_inside(area))
    rows = (
        shown.order_by()
        .values_list("level")
        .annotate(
            active=Count("pk", filter=is_active),
            new=Count("pk", filter=is_active & Q(acknowledged_at=None)),
            all=Count("pk"),
        )
    )
    told = list(rows)
    active = sum(active for _level, active, _new, _all in told)
    return Counts(
        new=sum(new for _level, _active, new, _all in told),
        active=active,
        cleared=sum(every for *_rest, every in told) - active,
        by_level={level: active for level, active, _new, _all in told},
    )


def by_day(actor: Actor, *, since: datetime) -> Mapping[tuple[str, int], int]:
    """Return how many alarms were opened: by day (ISO) and highest level. One statement."""
    rows = Alarm.objects.visible_to(actor).filter(opened_at__gte=since).order_by()
    counted = rows.values_list(TruncDate("opened_at", tzinfo=ZONE), "top_level").annotate(count=Count("pk"))
    return {(day.isoformat(), level): count for day, level, count in counted}


def by_fault(actor: Actor, *, since: datetime) -> list[tuple[str, int]]:
    """Return how many alarms of each fault were opened, the most first. One statement."""
    rows = Alarm.objects.visible_to(actor).filter(opened_at__gte=since).order_by().values_list("fault")
    return list(rows.annotate(count=Count("pk")).order_by("-count", "fault")[:8])


def story(alarm: Alarm) -> list[Entry]:
    """Return what happened to an alarm, the latest first."""
    found = Entry.objects.filter(subject_kind=SUBJECT, subject_id=alarm.pk, at__gte=alarm.opened_at - timedelta(days=8))
    return list(found.order_by("-pk")[:100])


def mutes(device_id: int, *, at: datetime) -> list[Mute]:
    """Return the mutes of a device that run or are to come."""
    return list(Mute.objects.filter(device_id=device_id, lifted_at=None, ends_at__gt=at).order_by("starts_at"))


def rule_or_404(key: UUID) -> AlarmRule:
    """Return a rule by its key. Raises NotFound."""
    found = AlarmRule.objects.filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这条规则，或它已经删掉。"))
    return found


def rule_story(rule: AlarmRule) -> list[Entry]:
    """Return what was done to a rule, the latest first."""
    found = Entry.objects.filter(subject_kind="alarm_rule", subject_id=rule.pk)
    return list(found.order_by("-pk")[:60])


def alarm_counts(rule_ids: list[int], *, since: datetime) -> Mapping[int, tuple[int, int]]:
    """Return how many alarms each rule opened since then, and how many of them stand. One statement."""
    rows = Alarm.objects.filter(rule_id__in=rule_ids, opened_at__gte=since).order_by().values_list("rule_id")
    counted = rows.annotate(count=Count("pk"), open=Count("pk", filter=Q(ended_at=None)))
    return {pk: (count, open_) for pk, count, open_ in counted if pk is not None}
