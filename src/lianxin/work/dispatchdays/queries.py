"""Reads: which cases are proposed and why, a day's list with all around it, and how promises stand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.models import Assignment, Call, Case, Clock, Supervision
from lianxin.work.cases.queries.queue import LIGHT
from lianxin.work.cases.words import OPEN_ASSIGNMENT

from . import finding, rules
from .models import Decision, DispatchDay, Invitation, Item, Position, Promise, kept_by
from .rules import Facts, Outcome, Thresholds, Why

PROPOSED = 40  # looked at closely; the heaviest of them are shown


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case with the rules that speak for it."""

    case: Case
    why: Sequence[Why]


def proposals(
    actor: Actor, *, at: datetime, street_id: int | None = None, limit: int = 20, without: Collection[int] = (),
    code: str = "", limits: Thresholds | None = None,
) -> list[Proposal]:  # fmt: skip
    """Return open cases that belong before a leader, the heaviest first. Seven statements.

    Heavy is what several rules speak for; of equals, what is due longest. `code` asks for one rule only.
    """
    limits = limits or rules.thresholds()
    among = Case.objects.visible_to(actor)
    if street_id is not None:
        among = among.filter(street_id=street_id)
    ids = finding.heaviest(among, limits=limits, at=at, limit=max(PROPOSED, limit), code=code, without=without)
    rows = Case.objects.only(*LIGHT, "paused_at", "reopens", "stars", "party_unit_ids").in_bulk(ids)
    heavy = [rows[pk] for pk in ids]
    facts = facts_of(heavy, at=at)
    told = [Proposal(case, rules.why(facts[case.pk], limits, at=at)) for case in heavy]
    by_code = [each for each in told if each.why and (not code or any(one.code == code for one in each.why))]
    return sorted(by_code, key=lambda each: -len(each.why))[:limit]


def facts_of(cases: Sequence[Case], *, at: datetime) -> dict[int, Facts]:
    """Return what the rules look at, for some cases. Three statements, fewer where nothing is to be asked."""
    ids = [case.pk for case in cases]
    several = [case.pk for case in cases if len(case.party_unit_ids) > 1]
    assists = _assists(several) if several else {}
    whistled = [case.pk for case in cases if case.whistles]
    calls = _calls(whistled, at) if whistled else {}
    pressed = [case.pk for case in cases if case.supervisions_open]
    since = _pressed(pressed) if pressed else {}
    by_id = {case.pk: case for case in cases}
    return {
        pk: Facts(
            due_at=case.due_at, paused_at=case.paused_at, returns=case.returns, urges=case.urges, reopens=case.reopens,
            stars=case.stars, assists=assists.get(pk, 0), calls=calls.get(pk, (0, 0))[0],
            missing=calls.get(pk, (0, 0))[1], supervised_at=since.get(pk),
        )
        for pk in ids for case in [by_id[pk]]
    }  # fmt: skip


def _assists(ids: Sequence[int]) -> dict[int, int]:
    working = Assignment.objects.filter(case__in=ids, part=Assignment.Part.ASSIST, state__in=OPEN_ASSIGNMENT)
    return dict(working.values_list("case_id").annotate(count=Count("pk")))


def _calls(ids: Sequence[int], at: datetime) -> dict[int, tuple[int, int]]:
    """Return how many units the open whistle called, and how many let their time pass."""
    late = Clock.objects.filter(
        case=OuterRef("whistle__case"), subject="call", subject_id=OuterRef("pk"), due_at__lte=at
    )
    calls = Call.objects.filter(whistle__case__in=ids, whistle__ended_at=None).annotate(is_past=Exists(late))
    found = calls.values_list("whistle__case_id").annotate(
        count=Count("pk"), missing=Count("pk", filter=Q(reported_in_at=None, is_past=True))
    )
    return {case_id: (count, missing) for case_id, count, missing in found}


def _pressed(ids: Sequence[int]) -> dict[int, datetime]:
    waiting = Supervision.objects.filter(case__in=ids, answered_at=None)
    return dict(waiting.values_list("case_id").annotate(since=Min("asked_at")))


@dataclass(slots=True)
class Listed:
    """An item with all that belongs to it."""

    item: Item
    positions: list[Position] = field(default_factory=list)
    promises: list["Told"] = field(default_factory=list)
    decision: Decision | None = None

    @property
    def silent(self) -> list[int]:
        """The units asked that have not said anything."""
        said = {each.unit_id for each in self.positions}
        return [pk for pk in self.item.unit_ids if pk not in said]


@dataclass(frozen=True, slots=True)
class Told:
    """A promise with how it stands now."""

    promise: Promise
    outcome: Outcome


def agenda(day: DispatchDay, *, at: datetime) -> list[Listed]:
    """Return the items of a day in their order. Four statements."""
    items = list(Item.objects.filter(day=day).select_related("case").order_by("place", "id"))
    listed = {item.pk: Listed(item) for item in items}
    for said in Position.objects.filter(item__day=day).select_related("unit").order_by("id"):
        listed[said.item_id].positions.append(said)
    for decision in Decision.objects.filter(item__day=day).select_related("lead_unit"):
        listed[decision.item_id].decision = decision
    for told in promises(Promise.objects.filter(item__day=day), at=at):
        listed[told.promise.item_id].promises.append(told)
    return list(listed.values())


def promises(found: QuerySet[Promise], *, at: datetime) -> list[Told]:
    """Return promises with how they stand, the first due on top. One statement."""
    rows = found.select_related("item__case", "unit").order_by("due_on", "id")
    return [Told(each, outcome_of(each, at=at)) for each in rows]


def outcome_of(promise: Promise, *, at: datetime) -> Outcome:
    """Tell how a promise stands: by its case, else as the office said."""
    case = promise.item.case
    if case is None:
        return rules.judged(promise.due_on, is_kept=promise.is_kept, at=at)
    done_at = case.handled_at or case.ended_at
    return rules.outcome(promise.due_on, stage=case.stage, done_at=done_at, at=at)


def promised_before(day: DispatchDay, *, at: datetime) -> list[Told]:
    """Return with what a day opens: all that was promised on the last one, and what of earlier ones is still not done.

    One statement.
    """
    before = DispatchDay.objects.filter(area_id=day.area_id, state=DispatchDay.State.ENDED).exclude(pk=day.pk)
    earlier = before.filter(ended_at__lte=day.opened_at or at)
    since = at - timedelta(days=366)
    told = promises(Promise.objects.filter(item__day__in=earlier.filter(starts_at__gte=since)), at=at)
    open_ones = {Outcome.OPEN, Outcome.BROKEN}
    return [
        each for each in told
        if each.promise.item.day_id == day.previous_id or (each.outcome in open_ones and each.promise.is_kept is None)
    ]  # fmt: skip


def invited(day: DispatchDay) -> list[Invitation]:
    """Return the units asked in. One statement."""
    return list(Invitation.objects.filter(day=day).select_related("unit").order_by("unit__code", "pk"))


def waiting(actor: Actor) -> int:
    """Return how many items wait for the next day of the areas where the actor prepares or leads. One statement."""
    return Item.objects.filter(kept_by(actor), day=None).count()


def month_of(day: DispatchDay) -> str:
    """Return the month of a day as words say it: 2026年11月."""
    here = day.starts_at.astimezone(ZONE)
    return f"{here.year}年{here.month}月"
