"""Open cases on the map: of now from memory, of an earlier instant from the facts and spells of statistics."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from lianxin.faces.maps.layers import Found, Look, Mark, layer, nothing
from lianxin.faces.maps.opencases import SEVERITIES, STAGES, Table, open_cases
from lianxin.insight.statistics.models import StageSpell
from lianxin.kernel.geometry.points import Box
from lianxin.work.cases.models import Case
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import OPEN
from lianxin.work.dispatch.queries import catalogue

CLOCKS = ("overdue", "warn", "paused", "ok")
_SHOWN = ("number", "title", "stage", "due_at", "warn_at", "paused_at", "is_confidential")


@layer(
    "cases", label=gettext_lazy("在办案件"), group=gettext_lazy("办件"), order=20, shape="clock", thing="case",
    page="console:case", permissions=("cases.view", "cases.handle"), is_on=True, follows_time=True,
    empty=gettext_lazy("这里没有在办的案件"),
)  # fmt: skip
def cases(look: Look, box: Box | None) -> Found:
    """Find open cases; without words of a filter all of them."""
    return _now(look, box) if look.when is None else _then(look, look.when, box)


def category_ids(look: Look) -> frozenset[int] | None:
    """Return the categories under the code that is asked for; None asks for all."""
    code = look.filters.get("category", "")
    if not code:
        return None
    return frozenset(pk for pk, each in catalogue(look.numbers).by_id.items() if each.code.startswith(code))


def _now(look: Look, box: Box | None) -> Found:
    table = open_cases()
    # The window first: it leaves the least to ask rights of.
    shown = np.ones(len(table), dtype=bool) if box is None else table.inside(box)
    shown &= table.seen_by(look.actor)
    places = np.flatnonzero(shown & _asked_for(table, look))
    late, warn = table.late(look.at)[places], table.near_due(look.at)[places]
    ids, paused = table.ids[places], table.paused[places]

    def describe(wanted: Sequence[int]) -> list[Mark]:
        rows = _rows(ids[place] for place in wanted)
        return [
            _mark(look, rows.get(int(ids[place])), _tone(late[place], warn[place], paused[place])) for place in wanted
        ]

    return Found(ids, table.lons[places], table.lats[places], late, describe)


def _asked_for(table: Table, look: Look) -> NDArray[np.bool_]:
    """Tell of each case whether the filters ask for it."""
    wanted = np.ones(len(table), dtype=bool)
    if (stage := look.filters.get("stage", "")) in STAGES:
        wanted &= table.stages == STAGES.index(stage)
    if (severity := look.filters.get("severity", "")) in SEVERITIES:
        wanted &= table.severities == SEVERITIES.index(severity)
    if (ids := category_ids(look)) is not None:
        wanted &= np.isin(table.categories, np.fromiter(ids, dtype=np.int64, count=len(ids)))
    match look.filters.get("clock", ""):
        case "overdue":
            wanted &= table.late(look.at)
        case "warn":
            wanted &= table.near_due(look.at)
        case "paused":
            wanted &= table.paused
        case "ok":
            wanted &= ~(table.late(look.at) | table.near_due(look.at) | table.paused)
    return wanted


def _tone(late: Any, warn: Any, paused: Any) -> str:
    return "late" if late else "warn" if warn else "paused" if paused else "ok"


def _rows(ids: Any) -> Mapping[int, Case]:
    wanted = [int(one) for one in ids]
    return Case.objects.only(*_SHOWN).in_bulk(wanted) if wanted else {}


def _mark(look: Look, case: Case | None, tone: str, stage: str = "") -> Mark:
    if case is None:  # ended this very moment
        return Mark("", _("刚办结"))
    said = flow_settings(look.numbers).stage_label(stage or case.stage)
    # A confidential case stands on the map, its words do not.
    return Mark(case.number, _("保密案件") if case.is_confidential else case.title, said, tone)


def _then(look: Look, when: datetime, box: Box | None) -> Found:
    """Find what was open at an instant gone by: as it lay, as it stood, and whether it was late then."""
    if when >= look.at:
        return _now(look, box)
    spells = _spells(look, when, box)
    if not spells:
        return nothing()
    points = {pk: point for pk, point, *_rest in spells}
    ids = list(points)
    stood = {pk: (stage, due) for pk, _point, stage, due in spells}
    late = np.array([_was_late(stood[pk][1], when) for pk in ids], dtype=bool)
    spots = np.array([points[pk] for pk in ids], dtype=np.float64)

    def describe(wanted: Sequence[int]) -> list[Mark]:
        rows = _rows(ids[place] for place in wanted)
        return [
            _mark(look, rows.get(ids[place]), "late" if late[place] else "ok", stood[ids[place]][0]) for place in wanted
        ]

    return Found(np.array(ids, dtype=np.int64), spots[:, 0], spots[:, 1], late, describe)


def _was_late(due: datetime | None, when: datetime) -> bool:
    return due is not None and due <= when


def _spells(look: Look, when: datetime, box: Box | None) -> list[tuple[Any, ...]]:
    """Return id, place, stage and due instant of the cases that were open then. Two statements."""
    seen = Case.objects.visible_to(look.actor).filter(
        Q(reported_at__lte=when) & (Q(ended_at=None) | Q(ended_at__gt=when))
    )
    seen = seen.filter(point__isnull=False) if box is None else seen.filter(point__within_box=box)
    if (ids := category_ids(look)) is not None:
        seen = seen.filter(category_id__in=ids)
    if (severity := look.filters.get("severity", "")) in SEVERITIES:
        seen = seen.filter(severity=severity)
    # The stay that held that instant: where a case had ended for a while, it is an end.
    stays = StageSpell.objects.filter(entered_at__lte=when).filter(Q(left_at=None) | Q(left_at__gt=when))
    stays = stays.filter(stage__in=[look.filters["stage"]] if look.filters.get("stage") in STAGES else sorted(OPEN))
    there = seen.filter(Exists(stays.filter(case_id=OuterRef("pk"))))
    points = dict(there.values_list("pk", "point"))
    found = stays.filter(case_id__in=list(points)).values_list("case_id", "stage", "due_at")
    rows = [(pk, points[pk], stage, due) for pk, stage, due in found]
    match look.filters.get("clock", ""):
        case "overdue":
            return [row for row in rows if _was_late(row[3], when)]
        case "ok":
            return [row for row in rows if not _was_late(row[3], when)]
    return rows
