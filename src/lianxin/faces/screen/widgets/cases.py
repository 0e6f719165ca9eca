"""Blocks of cases under way: where it is stuck, what is late, what is being supervised. Categories, never words."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.faces.screen.blocks import Asked, Told, widget
from lianxin.foundation.areas.queries import node
from lianxin.foundation.organizations import queries as units
from lianxin.insight.statistics import figures
from lianxin.insight.statistics.figures import Standing
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import Filters
from lianxin.work.cases.settings import flow_settings
from lianxin.work.dispatch.queries import catalogue

_FULL = 1 / 0.7  # the limit stands at seven tenths of a bar


@dataclass(frozen=True, slots=True)
class Stuck:
    """How long open cases have stood in a stage against what they may; `share` is the bar's length, of one."""

    label: str
    said: str
    share: float
    is_late: bool


@widget("stuck", gettext_lazy("卡在哪里"), permissions=("cases.view", "statistics.view"))
def stuck(asked: Asked) -> Told:
    """The middle dwell of open cases by stage, with the same limit mark in all rows."""
    found = figures.standings(asked.place, at=asked.at)
    settings = flow_settings(asked.numbers)
    rows = [_stuck(each, settings.stage_label(each.stage)) for each in found]
    worst = max(found, key=lambda each: each.late, default=None)
    said = ""
    if worst is not None and worst.late:
        said = _("{stage}阶段超时最多：{count} 件").format(
            stage=settings.stage_label(worst.stage), count=words.count(worst.late)
        )
    total = words.count(sum(each.count for each in found))
    return Told(_("在办 {count} 件，各步中位用时").format(count=total), {"rows": rows, "said": said})


def _stuck(found: Standing, label: str) -> Stuck:
    share = found.median / found.limit if found.limit else 0.0
    return Stuck(label, words.rough(found.median), min(share / _FULL, 1.0), share > 1.0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A late or nearly late case: what kind of thing, where, with whom."""

    what: str
    where: str
    clock: str
    is_late: bool


@widget("late", gettext_lazy("超时与将到期"))
def late(asked: Asked) -> Told:
    """The most overdue and the next to fall due."""
    wanted = {name: replace(asked.filters, clock=name) for name in ("overdue", "warn")}
    counted = queries.counts(asked.actor, wanted, at=asked.at)
    rows = _first(asked, wanted["overdue"], asked.rows - 1)
    rows += _first(asked, wanted["warn"], asked.rows - len(rows))
    note = _("{late} 件超时，{warn} 件将到期").format(
        late=words.count(counted["overdue"]), warn=words.count(counted["warn"])
    )
    return Told(note, {"rows": [waiting(case, asked) for case in rows]})


@widget("supervised", gettext_lazy("督办中"))
def supervised(asked: Asked) -> Told:
    """What leaders watch and nobody has answered yet."""
    wanted = replace(asked.filters, flag="supervised")
    count = queries.counts(asked.actor, {"all": wanted}, at=asked.at)["all"]
    rows = [waiting(case, asked) for case in _first(asked, wanted, asked.rows)]
    return Told(_("{count} 件还没有答复").format(count=words.count(count)), {"rows": rows})


def _first(asked: Asked, filters: Filters, most: int) -> list[Case]:
    found = queries.queue(asked.actor, filters, at=asked.at).filter(is_confidential=False)
    return list(found.order_by("due_at", "id")[:most])


def waiting(case: Case, asked: Asked) -> Waiting:
    """Say a case by its category and its place, never by its words: these may name somebody."""
    at = asked.at
    is_late = case.due_at is not None and case.due_at <= at and case.paused_at is None
    state = words.ClockState.LATE if is_late else words.ClockState.WARN
    if case.paused_at is not None:
        state = words.ClockState.PAUSED
    unit = units.unit(case.lead_unit_id, asked.numbers) if case.lead_unit_id else None
    holder = (unit.short_name or unit.name) if unit else flow_settings(asked.numbers).stage_label(case.stage)
    return Waiting(
        category(case, asked), f"{community(case, asked)} · {holder}",
        words.clock(state, now=at, due=case.due_at, until=case.review_at.date() if case.review_at else None), is_late,
    )  # fmt: skip


def category(case: Case, asked: Asked) -> str:
    """Return what kind of thing a case is."""
    found = catalogue(asked.numbers).by_id.get(case.category_id or 0)
    return found.name if found else _("还没有分类")


def community(case: Case, asked: Asked) -> str:
    """Return the community a case lies in, or the street."""
    found = node(case.community_id or case.street_id or 0, asked.numbers)
    return found.name if found else _("还没有定位置")
