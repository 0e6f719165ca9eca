"""A dispatch day as its pages show it: items with their case, why they are there, who said what, what was promised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.organizations.queries import directory
from lianxin.kernel.errors import NotFound
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.queries import where_stuck
from lianxin.work.dispatchdays import queries, rules
from lianxin.work.dispatchdays.change import may
from lianxin.work.dispatchdays.models import ANSWER, LEAD, PREPARE, Decision, DispatchDay, Item, Position, Promise
from lianxin.work.dispatchdays.queries import Listed, Proposal, Told
from lianxin.work.dispatchdays.rules import Outcome

from .rows import Row, rows

DOOR = "console:dispatch_days"
OUTCOMES = {
    Outcome.OPEN: (gettext_lazy("还没到期"), ""),
    Outcome.KEPT: (gettext_lazy("兑现了"), "ok"),
    Outcome.LATE: (gettext_lazy("晚兑现"), "warn"),
    Outcome.BROKEN: (gettext_lazy("没兑现"), "late"),
}
TONES = {"listed": "", "decided": "ok", "carried": "warn", "dropped": "muted"}
Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader may do about a day, and for which of the units asked in."""

    prepares: bool
    leads: bool
    units: frozenset[int]

    @property
    def keeps(self) -> bool:
        """Whether the reader sees every item whole."""
        return self.prepares or self.leads


def rights(actor: Actor, day: DispatchDay) -> Rights:
    """Return what an actor may do about a day."""
    own = actor.scope(ANSWER).unit_ids
    return Rights(may(actor, PREPARE, day), may(actor, LEAD, day), frozenset(own))


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise in words."""

    told: Told
    unit: str
    said: str
    tone: str
    title: str
    url: str = ""  # of the case that tells


@dataclass(slots=True)
class ItemRow:
    """An item as one page shows it; `is_whole` when the reader may read it."""

    item: Item
    number: int
    is_whole: bool
    title: str
    why: Sequence[str]
    case: Row | None = None
    stuck: str = ""
    is_stuck: bool = False
    units: Sequence[str] = ()
    silent: Sequence[str] = ()
    mine: Sequence[tuple[int, str]] = ()  # units of the reader that are asked about it
    positions: Sequence[Position] = ()
    promises: Sequence[PromiseRow] = ()
    decision: Decision | None = None
    decided: str = ""
    is_current: bool = False
    forms: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The state in words."""
        return str(self.item.get_state_display())

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return TONES[self.item.state]


def day_of(asked: Request, key: Any) -> DispatchDay:
    """Return a day the reader may see. Raises NotFound."""
    seen = DispatchDay.objects.visible_to(asked.actor).select_related("current", "previous")
    found = seen.filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这个调度日，或没有通知您的单位。"))
    return found


def item_of(day: DispatchDay, key: Any) -> Item:
    """Return an item of a day. Raises NotFound."""
    found = Item.objects.filter(day=day, key=key).select_related("case").first()
    if found is None:
        raise NotFound(_("清单里没有这一项了。"))
    return found


def url_of(day: DispatchDay, name: str = "dispatch_day", *more: Any) -> str:
    """Return an address of a day."""
    return reverse(f"console:{name}", args=[day.key, *more])


def name_of(day: DispatchDay, now: datetime) -> str:
    """Name a day: 11月25日调度日."""
    return _("{day}调度日").format(day=words.day(words.local(day.starts_at).date(), words.local(now).date()))


def hours_of(day: DispatchDay) -> str:
    """Say from when to when: 09:00–11:30."""
    return f"{words.hour(day.starts_at)}–{words.hour(day.ends_at)}"


def unit_names(ids: Iterable[int], numbers: Numbers) -> list[str]:
    """Return the short names of units."""
    known = directory(numbers).by_id
    return [known[pk].short_name or known[pk].name for pk in ids if pk in known]


def item_rows(asked: Request, day: DispatchDay, can: Rights) -> list[ItemRow]:
    """Return the items of a day in their order. Seven statements."""
    listed = queries.agenda(day, at=asked.at)
    cases = case_rows(asked, [each.item.case for each in listed if each.item.case is not None])
    shown = _Shown(asked, day, can, cases)
    return [_item_row(shown, each, number) for number, each in enumerate(listed, 1)]


@dataclass(frozen=True, slots=True)
class _Shown:
    """To whom items of a day are shown, with the cases they may see."""

    asked: Request
    day: DispatchDay
    can: Rights
    cases: Mapping[int, "CaseRow"]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case of the list, and where it is stuck in words."""

    row: Row
    stuck: str
    is_stuck: bool  # longer than it was allowed


def case_rows(asked: Request, cases: Sequence[Case]) -> dict[int, CaseRow]:
    """Return those the reader may see, with where they are stuck. Three statements."""
    ids = [case.pk for case in cases]
    seen = list(Case.objects.visible_to(asked.actor).filter(pk__in=ids)) if ids else []
    clocks: dict[int, list[Clock]] = {}
    for clock in Clock.objects.filter(case__in=[case.pk for case in seen], subject="stage").order_by("id"):
        clocks.setdefault(clock.case_id, []).append(clock)
    shown = rows(seen, at=asked.at, numbers=asked.numbers)
    return {
        case.pk: CaseRow(row, *stuck_in(clocks.get(case.pk, []), asked.at))
        for case, row in zip(seen, shown, strict=True)
    }


def stuck_in(clocks: Sequence[Clock], at: datetime) -> tuple[str, bool]:
    """Say where a case stood longest against its limit, and whether beyond it: 卡在签收：停了 2.6 小时，时限 2 小时."""
    found = where_stuck(clocks, at=at)
    if found is None or found.lasted < timedelta(minutes=1):
        return "", False
    told = {"label": found.label, "lasted": words.rough(found.lasted)}
    if found.allowed is None:
        return _("停在{label} {lasted}").format(**told), False
    if found.share < 1:
        return _("停得最久的是{label}：{lasted}，没超时限").format(**told), False
    return _("卡在{label}：停了 {lasted}，时限 {allowed}").format(**told, allowed=words.rough(found.allowed)), True


def _item_row(shown: _Shown, each: Listed, number: int) -> ItemRow:
    asked, day, can, cases = shown.asked, shown.day, shown.can, shown.cases
    item, names = each.item, directory(asked.numbers).by_id
    mine = [(pk, names[pk].short_name or names[pk].name) for pk in item.unit_ids if pk in can.units and pk in names]
    is_whole = can.keeps or bool(mine)
    is_current = day.current_id == item.pk
    why = [rules.said(rules.read(one)) for one in item.why]
    if not is_whole:
        return ItemRow(item, number, is_whole=False, title=_("与本单位无关的一项"), why=(), is_current=is_current)
    found = cases.get(item.case_id) if item.case_id is not None else None
    return ItemRow(
        item=item, number=number, is_whole=True, title=item.title, why=why, case=found.row if found else None,
        stuck=found.stuck if found else "",
        is_stuck=found is not None and found.is_stuck, units=unit_names(item.unit_ids, asked.numbers),
        silent=unit_names(each.silent, asked.numbers), mine=mine, positions=each.positions,
        promises=[promise_row(told) for told in each.promises], decision=each.decision,
        decided=_decided(each.decision, asked) if each.decision else "", is_current=is_current,
    )  # fmt: skip


def _decided(decision: Decision, asked: Request) -> str:
    """Say who leads, who joins and by when: 市住建局牵头，市城管局配合，限 11月28日 18:00."""
    parts = []
    if decision.lead_unit is not None:
        parts.append(_("{unit}牵头").format(unit=decision.lead_unit.short_name or decision.lead_unit.name))
    joining = unit_names(decision.assist_unit_ids, asked.numbers)
    if joining:
        parts.append(_("{units}配合").format(units="、".join(joining)))
    if decision.due_at is not None:
        parts.append(_("限 {at}").format(at=words.instant(decision.due_at, asked.at)))
    return "，".join(parts)


def promise_row(told: Told) -> PromiseRow:
    """Return a promise in words."""
    said, tone = OUTCOMES[told.outcome]
    promise, case = told.promise, told.promise.item.case
    unit = promise.unit.short_name or promise.unit.name
    url = reverse("console:case", args=[case.number]) if case else ""
    return PromiseRow(told, unit, str(said), tone, promise.item.title, url)


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposed case: why, and how it stands."""

    pk: int
    row: Row
    why: Sequence[str]


def proposal_rows(asked: Request, found: Sequence[Proposal]) -> list[ProposalRow]:
    """Return proposals as a page shows them. One statement."""
    shown = rows([each.case for each in found], at=asked.at, numbers=asked.numbers)
    return [
        ProposalRow(each.case.pk, row, [rules.said(one) for one in each.why])
        for each, row in zip(found, shown, strict=True)
    ]


def promises_of(day: DispatchDay) -> QuerySet[Promise]:
    """Return what was promised on a day."""
    return Promise.objects.filter(item__day=day)


def kept_share(told: Sequence[Told]) -> tuple[int, int]:
    """Return how many promises were kept in time, and how many were made."""
    return sum(each.outcome == Outcome.KEPT for each in told), len(told)
