"""The line at the foot: what happened last, by kind and place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.kernel.journal.models import Feed
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case
from lianxin.work.warnings import board

from .blocks import Asked
from .widgets.cases import category, community

_SAID: Mapping[str, Promise] = {
    "report": gettext_lazy("已上报"),
    "dispatch": gettext_lazy("已派遣"),
    "handle": gettext_lazy("已处置"),
    "resolve_on_spot": gettext_lazy("当场解决"),
    "close": gettext_lazy("已办结"),
    "whistle": gettext_lazy("吹哨"),
    "report_in": gettext_lazy("已报到"),
}
_LOOKED_AT = 400  # of the feed's last numbers
_SHOWN = 6
_WARNED = 2


@dataclass(frozen=True, slots=True)
class Tick:
    """One act: when, and what in a few words that name nobody."""

    at: datetime
    said: str


def feed_number() -> int:
    """Return the number of the latest entry; 0 before the first. One statement."""
    return Feed.objects.order_by("-number").values_list("number", flat=True).first() or 0


def ticks(asked: Asked, *, upto: int) -> list[Tick]:
    """Return the latest acts in the place, the newest first. Three statements."""
    rows = Feed.objects.filter(number__gt=upto - _LOOKED_AT, subject_kind="case", action__in=_SAID).order_by("-number")
    acts = list(rows.values_list("subject_id", "action", "at"))
    wanted = {subject for subject, _action, _at in acts}
    seen = queries.queue(asked.actor, replace(asked.filters, ended=None), at=asked.at)
    cases = {case.pk: case for case in seen.filter(pk__in=wanted, is_confidential=False)}
    found = [Tick(at, _line(cases[subject], action, asked)) for subject, action, at in acts if subject in cases]
    return [*_warnings(asked), *found][:_SHOWN]


def _warnings(asked: Asked) -> list[Tick]:
    """Return the red and orange warnings in force, before everything else; from memory."""
    grave = [one for one in board.on_ground(asked.actor, asked.at, asked.numbers) if one.is_grave]
    until = [(one, words.instant(one.expires_at, asked.at)) for one in grave[:_WARNED]]
    return [Tick(one.begins_at, _("{what}，到 {over}").format(what=one.headline, over=over)) for one, over in until]


def _line(case: Case, action: str, asked: Asked) -> str:
    said = f"{community(case, asked)} {category(case, asked)} {_SAID[action]}"
    if action == "close" and case.ended_at is not None:
        took = words.duration(case.ended_at - case.reported_at)
        return _("{said}，用 {took}").format(said=said, took=took)
    return said
