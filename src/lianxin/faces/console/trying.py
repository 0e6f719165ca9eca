"""What a trial of a rule says: a headline, its days as a chart, its alarms as rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console.alarming import Badge, badge
from lianxin.faces.console.standing import where
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.charts import Chart, Series
from lianxin.work.alarms import trial, wording
from lianxin.work.alarms.models import RuleTrial
from lianxin.work.alarms.rules import Spec


def headline(made: RuleTrial) -> str:
    """Return a trial in one line."""
    told = made.result
    days = max(1, round((made.until - made.since) / timedelta(days=1)))
    if not told["alarms"]:
        return _("%(days)d 天里不会告警") % {"days": days}
    return _("%(days)d 天里 %(alarms)d 条告警，%(devices)d 台设备") % {
        "days": days,
        "alarms": told["alarms"],
        "devices": told["calling"],
    }


def chart(asked: Request, made: RuleTrial) -> Chart:
    """Return the alarms that would have been, by day."""
    first, last = words.local(made.since).date(), words.local(made.until).date()
    shown: list[date] = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    counts = [made.result["by_day"].get(day.isoformat(), 0) for day in shown]
    return Chart(
        "bar", _("每天会有多少条告警"), [_day(day, shown[0]) for day in shown], [Series(_("告警"), counts)],
        head=_("日期"), unit=_("条"), definition=_("把留存的原始读数按这条规则重新看一遍，和启用后的算法相同"),
        as_of=_("试算于 {at}").format(at=words.instant(made.asked_at, asked.at)),
    )  # fmt: skip


def _day(day: date, first: date) -> str:
    """Return a day as short as it can be understood: thirty of them stand side by side."""
    return f"{day.month}.{day.day}" if day.day == 1 or day == first else str(day.day)


@dataclass(frozen=True, slots=True)
class Row:
    """One alarm that would have been."""

    device: str
    url: str
    place: str
    badge: Badge
    opened_at: datetime
    lasted: timedelta
    is_standing: bool
    peak: str
    has_case: bool


def rows(asked: Request, made: RuleTrial, spec: Spec) -> list[Row]:
    """Return the alarms as rows, the latest first. One statement."""
    told: list[dict[str, Any]] = made.result["episodes"][:60]
    devices = trial.names({int(one["device_id"]) for one in told})
    found = []
    for one in told:
        device = devices.get(int(one["device_id"]))
        if device is None:
            continue
        opened = datetime.fromisoformat(one["opened_at"])
        ended = datetime.fromisoformat(one["ended_at"]) if one["ended_at"] else None
        peak = one["peak"]
        found.append(
            Row(
                device.name, reverse("console:sensor", args=[device.key]),
                device.address or where(asked, device.area_id), badge(one["top_level"]), opened,
                (ended or made.until) - opened, ended is None,
                wording.amount(device.kind, spec.measure, peak) if peak is not None else "", bool(one["case_at"]),
            )
        )  # fmt: skip
    return found
