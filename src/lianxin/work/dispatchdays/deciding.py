"""The day itself: open it, turn to an item, decide, promise, carry over, close; later, whether it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions import Target
from lianxin.work.cases.change import stale
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.cases.words import OPEN_ASSIGNMENT, Level

from . import rules
from .change import SUBJECT, State, begin, begin_for_unit, checked_units, item_of, label_of, tell, words_of
from .models import ANSWER, LEAD, PREPARE, Decision, DispatchDay, Item, Promise
from .preparing import ask_in


@transaction.atomic
def start(actor: Actor, *, day: DispatchDay, at: datetime) -> DispatchDay:
    """Open the day, with its first item before all. Raises Refused without items, or while another day is open."""
    day = begin(actor, day, [LEAD, PREPARE], states={State.PREPARED})
    first = day.items.filter(state=Item.State.LISTED).order_by("place", "id").first()
    if first is None:
        raise Refused("empty", _("清单是空的，先放几件进去。"))
    day.state, day.opened_at, day.current = State.OPEN, at, first
    try:
        with transaction.atomic():
            return tell(actor, day, "open", at=at)
    except IntegrityError as error:
        if "dispatch_day_one_open" not in str(error):
            raise
        raise Refused("another_open", _("同一级的另一个调度日还没有结束。")) from None


@transaction.atomic
def show(actor: Actor, *, day: DispatchDay, item: Item, at: datetime) -> DispatchDay:
    """Turn all screens to an item."""
    day = begin(actor, day, [LEAD, PREPARE], states={State.OPEN})
    if not day.items.filter(pk=item.pk).exists():
        raise NotFound(_("清单里没有这一项了。"))
    day.current_id = item.pk
    return tell(actor, day, "show", at=at, item=str(item.key))


@transaction.atomic
def arrive(actor: Actor, *, day: DispatchDay, unit_id: int, at: datetime) -> DispatchDay:
    """Note that a unit has come (到会)."""
    day = begin_for_unit(actor, day, unit_id, states={State.OPEN})
    if not day.invitations.filter(unit_id=unit_id, arrived_at=None).update(arrived_at=at):
        return day
    return tell(actor, day, "arrive", at=at, unit=unit_id)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a leader decides: in words, and for a case who leads, who joins and by when."""

    words: str
    lead: int | None = None
    assists: Sequence[int] = ()
    due_at: datetime | None = None


@transaction.atomic
def decide(
    actor: Actor, *, day: DispatchDay, item: Item, key: UUID, verdict: Verdict, at: datetime, seen: int | None = None,
    seen_case: int | None = None,
) -> Decision:  # fmt: skip
    """Decide an item, and do it to the case in the same transaction: either both stand or neither.

    A lead that is not the case's own takes it over, other units join it (调度); without either the case is pressed for
    (督办). Raises what the case's own rules raise, Stale when item or case changed since they were seen.
    """
    day = begin(actor, day, [LEAD], states={State.OPEN})
    sent = fingerprint(item.pk, verdict)
    if not claim(key, kind=SUBJECT, action="decide", sent=sent, at=at, subject_id=day.pk).fresh:
        return Decision.objects.get(item=item)
    item = item_of(day, item, seen=seen)
    verdict = _checked(verdict, at)
    act = _do(actor, day, item.case, verdict, seen=seen_case, at=at) if item.case else ""
    decision = Decision.objects.create(
        item=item, words=verdict.words, lead_unit_id=verdict.lead, assist_unit_ids=list(verdict.assists),
        due_at=verdict.due_at, act=act, by_id=actor.account_id, by_label=label_of(actor, LEAD), at=at,
    )  # fmt: skip
    ask_in(day, [*([verdict.lead] if verdict.lead else []), *verdict.assists])
    _settle(item, Item.State.DECIDED, at)
    tell(actor, day, "decide", at=at, item=str(item.key), act=act, lead=verdict.lead)
    return decision


def _checked(verdict: Verdict, at: datetime) -> Verdict:
    told = words_of("words", verdict.words)
    if verdict.lead is not None:
        checked_units([verdict.lead], "lead")
    assists = [pk for pk in checked_units(verdict.assists, "assists") if pk != verdict.lead]
    if verdict.due_at is not None and verdict.due_at <= at:
        raise Invalid({"due_at": _("限办时间要在现在以后。")})
    return Verdict(told, verdict.lead, assists, verdict.due_at)


def _do(actor: Actor, day: DispatchDay, case: Case, verdict: Verdict, *, seen: int | None, at: datetime) -> str:
    case = _as_seen(case, seen)
    if case.ended_at is not None:
        raise Refused("ended", _("这件案件已经办结，不用再决定。可以“不再议”。"))
    note = _("调度日决定：{words}").format(words=verdict.words)
    is_new = verdict.lead is not None and verdict.lead != case.lead_unit_id
    working = Assignment.objects.filter(case=case, state__in=OPEN_ASSIGNMENT).values_list("unit_id", flat=True)
    known = set() if is_new else set(working)
    joining = [Target(unit_id=pk, task=verdict.words[:200]) for pk in verdict.assists if pk not in known]
    if not is_new and not joining:
        cases.supervise(actor, case=case, seen=case.version, at=at, note=note, due_at=verdict.due_at)
        return "supervise"
    level = Level.STREET if day.street_id is not None else Level.CITY
    cases.hand_over(
        actor, case=case, seen=case.version, at=at, note=note, due_at=verdict.due_at,
        level=level if is_new else case.holder_level,
        lead=Target(unit_id=verdict.lead, task=verdict.words[:200]) if is_new else None, assists=joining,
    )  # fmt: skip
    return "hand_over"


# What time does to a case while a leader speaks; nobody decides otherwise because a clock has warned.
_OF_TIME = ("warn", "overdue", "review_due", "replan", "rehome")


def _as_seen(case: Case, seen: int | None) -> Case:
    """Lock a case, its parent first. Raises Stale where somebody has acted on it since version `seen`."""
    if case.parent_id is not None:
        Case.objects.select_for_update().filter(pk=case.parent_id).values_list("pk").first()
    found = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if seen is not None and seen != found.version:
        since = Entry.objects.filter(subject_kind="case", subject_id=case.pk, version__gt=seen)
        if since.exclude(action__in=_OF_TIME).exists():
            raise stale(found, seen)
    return found


def _settle(item: Item, state: str, at: datetime) -> None:
    item.state, item.settled_at, item.version = state, at, item.version + 1
    item.save(update_fields=["state", "settled_at", "version"])


@transaction.atomic
def carry(actor: Actor, *, day: DispatchDay, item: Item, at: datetime) -> DispatchDay:
    """Leave an item for the next day."""
    day = begin(actor, day, [LEAD, PREPARE], states={State.OPEN})
    _settle(item_of(day, item), Item.State.CARRIED, at)
    return tell(actor, day, "carry", at=at, item=str(item.key))


@transaction.atomic
def drop(actor: Actor, *, day: DispatchDay, item: Item, at: datetime) -> DispatchDay:
    """Say that an item needs no decision any more."""
    day = begin(actor, day, [LEAD, PREPARE], states={State.OPEN})
    _settle(item_of(day, item), Item.State.DROPPED, at)
    return tell(actor, day, "drop", at=at, item=str(item.key))


@transaction.atomic
def promise(
    actor: Actor, *, day: DispatchDay, item: Item, unit_id: int, key: UUID, words: str, due_on: date, at: datetime
) -> Promise:  # fmt: skip
    """Promise something by a day, for one's unit; the office may take it down. The same `key` is the same promise."""
    day = begin_for_unit(actor, day, unit_id, states={State.OPEN})
    told = words_of("words", words, limit=300)
    if due_on < at.astimezone(ZONE).date():
        raise Invalid({"due_on": _("请填今天或以后的日子。")})
    sent = fingerprint(item.pk, unit_id, told, due_on)
    if not claim(key, kind=SUBJECT, action="promise", sent=sent, at=at, subject_id=day.pk).fresh:
        return Promise.objects.get(key=key)
    found = day.items.filter(pk=item.pk).first()
    if found is None:
        raise NotFound(_("清单里没有这一项了。"))
    if unit_id not in found.unit_ids:
        raise Refused("not_asked", _("这一项没有请这个单位答复。"))
    made = Promise.objects.create(
        key=key, item=found, unit_id=unit_id, words=told, due_on=due_on, by_id=actor.account_id,
        by_label=label_of(actor, ANSWER, unit_id), at=at,
    )  # fmt: skip
    tell(actor, day, "promise", at=at, item=str(found.key), unit=unit_id)
    return made


@transaction.atomic
def close(actor: Actor, *, day: DispatchDay, words: str, at: datetime) -> DispatchDay:
    """End the day. What was not decided is carried over: it waits for the next day of this area."""
    day = begin(actor, day, [LEAD, PREPARE], states={State.OPEN})
    day.closing_words = words_of("note", words) if words.strip() else ""
    day.items.filter(state=Item.State.LISTED).update(state=Item.State.CARRIED, settled_at=at)
    day.state, day.ended_at, day.current = State.ENDED, at, None
    left = _carried(day, at)
    return tell(actor, day, "end", at=at, carried=left)


def _carried(day: DispatchDay, at: datetime) -> int:
    """Let what was carried over wait for the next day, but for cases that have ended or wait there already."""
    waiting = Item.objects.filter(day=None, area_id=day.area_id)
    standing = set(waiting.filter(case__isnull=False).values_list("case_id", flat=True))
    made = []
    for item in day.items.filter(state=Item.State.CARRIED).select_related("case").order_by("place", "id"):
        if item.case is not None and (item.case.ended_at is not None or item.case_id in standing):
            continue
        why = [rules.Why("carried").stored, *(each for each in item.why if each[0] != "carried")]
        made.append(
            Item(
                key=ids.uuid7(at), area_id=day.area_id, street_id=day.street_id, case=item.case, title=item.title,
                why=why, words=item.words, unit_ids=item.unit_ids, added_at=at, added_by_id=item.added_by_id,
                added_label=item.added_label, carried_from=item,
            )
        )  # fmt: skip
    Item.objects.bulk_create(made)
    return len(made)


@transaction.atomic
def judge(actor: Actor, *, promise: Promise, is_kept: bool, remark: str, at: datetime) -> Promise:
    """Say whether a promise about a question was kept; of a case its facts tell, and nobody else does."""
    day = DispatchDay.objects.filter(items__promises=promise).first()
    if day is None:
        raise NotFound(_("没有这个承诺。"))
    day = begin(actor, day, [PREPARE, LEAD], states={State.OPEN, State.ENDED})
    found = Promise.objects.select_for_update(of=("self",)).select_related("item").get(pk=promise.pk)
    if found.item.case_id is not None:
        raise Refused("by_facts", _("这个承诺跟着案件走，办好没办好看案件。"))
    found.is_kept, found.judged_at = is_kept, at
    found.remark = words_of("remark", remark, limit=300) if remark.strip() else ""
    found.save(update_fields=["is_kept", "judged_at", "remark"])
    tell(actor, day, "judge", at=at, item=str(found.item.key), kept=is_kept)
    return found
