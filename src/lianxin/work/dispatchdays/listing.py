"""The list of a day: proposed cases picked, questions added, order; and what a leader puts there from the home."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.journal.writing import append
from lianxin.work.cases.models import Case

from . import queries, rules
from .change import LABELS, State, begin, checked_units, hot, item_of, label_of, may, tell, words_of
from .models import LEAD, PREPARE, DispatchDay, Item
from .preparing import ask_in

_OPEN = {State.PREPARED, State.OPEN}
MOST = 20  # items of a day: more than that nobody deals with in a morning


@transaction.atomic
def put(actor: Actor, *, area: AreaNode, cases: Sequence[Case], at: datetime, words: str = "") -> list[Item]:
    """Put cases on the list of the next day of an area (放进调度日清单), or let them wait until there is one.

    What stands there already stays as it is. Raises NotAllowed, NotFound for a case the actor does not see, Refused
    for one that has ended.
    """
    if not cases:
        raise Invalid({"cases": _("请先勾选要放进去的案件。")})
    where = hot(area)
    permission = LEAD if actor.may(LEAD) else PREPARE
    demand(actor, permission, LABELS[permission], None if area.is_whole else area)
    told = words_of("note", words, limit=500) if words.strip() else ""
    wanted = _seen(actor, [case.pk for case in cases])
    upcoming = DispatchDay.objects.filter(area_id=area.id, state=State.PREPARED, starts_at__gt=at)
    day = upcoming.select_for_update().order_by("starts_at").first()
    known = Item.objects.filter(area_id=area.id, case__in=wanted, state=Item.State.LISTED)
    known = known.filter(day=day) if day is not None else known.filter(day=None)
    standing = {item.case_id: item for item in known}
    code = "leader" if permission == LEAD else "added"
    made = [
        _item(actor, day, where, case, at, why=[rules.Why(code).stored], words=told, permission=permission)
        for case in wanted if case.pk not in standing
    ]  # fmt: skip
    _store(day, made)
    if made and day is not None:
        tell(actor, day, "put", at=at, count=len(made), by_leader=permission == LEAD)
    elif made:
        append([
            draft(actor, "dispatch_item", item.pk, "wait", at=at, version=item.version,
                  after={"area_id": area.id, "street_id": area.street_id, "by_leader": permission == LEAD})
            for item in made
        ])  # fmt: skip
    return [standing.get(case.pk) or next(item for item in made if item.case_id == case.pk) for case in wanted]


def _seen(actor: Actor, wanted: Sequence[int]) -> list[Case]:
    found = Case.objects.visible_to(actor).in_bulk(list(dict.fromkeys(wanted)))
    if len(found) != len(set(wanted)):
        raise NotFound(_("有的案件不在您的辖区。"))
    ended = next((case for case in found.values() if case.ended_at is not None), None)
    if ended is not None:
        raise Refused("ended", _("…{tail} 已经办结，不用再放进清单。").format(tail=ended.number[-6:]))
    return [found[pk] for pk in dict.fromkeys(wanted)]


def _item(
    actor: Actor, day: DispatchDay | None, where: dict[str, int | None], case: Case | None, at: datetime, *,
    why: list[object], words: str, permission: str, title: str = "", unit_ids: Sequence[int] = (),
    key: UUID | None = None,
) -> Item:  # fmt: skip
    return Item(
        key=key or ids.uuid7(at), day=day, case=case, title=title or (case.title if case else ""), why=why, words=words,
        unit_ids=list(unit_ids) or (sorted(case.party_unit_ids) if case else []), added_at=at,
        added_by_id=actor.account_id, added_label=label_of(actor, permission), **where,
    )  # fmt: skip


def _store(day: DispatchDay | None, made: Sequence[Item]) -> None:
    if day is not None and made:
        standing = list(day.items.values_list("place", flat=True))
        if len(standing) + len(made) > MOST:
            raise Refused("too_many", _("一天最多排 {most} 项，多了议不完。").format(most=MOST))
        for place, item in enumerate(made, max(standing, default=0) + 1):
            item.place = place
    try:
        with transaction.atomic():
            for item in made:
                item.save(force_insert=True)
    except IntegrityError as error:
        if "dispatch_day_case_once" not in str(error) and "dispatch_day_waits_once" not in str(error):
            raise
        raise Refused("listed_already", _("这件案件已经在清单里了。")) from None
    if day is not None:
        ask_in(day, list(dict.fromkeys(pk for item in made for pk in item.unit_ids)))


@transaction.atomic
def add_cases(actor: Actor, *, day: DispatchDay, cases: Sequence[Case], at: datetime) -> list[Item]:
    """Put proposed or other cases on the list, each with the rules that speak for it now."""
    day = begin(actor, day, [PREPARE, LEAD], states=_OPEN)
    if not cases:
        raise Invalid({"cases": _("请先勾选要放进去的案件。")})
    wanted = _seen(actor, [case.pk for case in cases])
    if day.street_id is not None and any(case.street_id != day.street_id for case in wanted):
        raise Refused("elsewhere", _("有的案件不在这个街道。"))
    facts = queries.facts_of(wanted, at=at)
    limits, where, made = rules.thresholds(), _where(day), []
    for case in wanted:
        whys = rules.why(facts[case.pk], limits, at=at) or [rules.Why("added")]
        made.append(
            _item(actor, day, where, case, at, why=[one.stored for one in whys], words="", permission=_by(actor, day))
        )
    _store(day, made)
    tell(actor, day, "add", at=at, count=len(made))
    return made


@transaction.atomic
def ask(
    actor: Actor, *, day: DispatchDay, key: UUID, title: str, words: str, unit_ids: Sequence[int], at: datetime
) -> Item:  # fmt: skip
    """Put a question without a case on the list. The same `key` is the same question."""
    day = begin(actor, day, [PREPARE, LEAD], states=_OPEN)
    if (known := Item.objects.filter(key=key).first()) is not None:
        return known
    told = words_of("title", title, limit=120)
    more = words_of("words", words) if words.strip() else ""
    item = _item(
        actor, day, _where(day), None, at, why=[rules.Why("added").stored], words=more, permission=_by(actor, day),
        title=told, unit_ids=checked_units(unit_ids), key=key,
    )  # fmt: skip
    _store(day, [item])
    tell(actor, day, "add", at=at, count=1)
    return item


def _where(day: DispatchDay) -> dict[str, int | None]:
    return {"area_id": day.area_id, "street_id": day.street_id, "community_id": None, "grid_id": None}


def _by(actor: Actor, day: DispatchDay) -> str:
    return PREPARE if may(actor, PREPARE, day) else LEAD


@transaction.atomic
def change_item(
    actor: Actor, *, day: DispatchDay, item: Item, words: str, unit_ids: Sequence[int], at: datetime,
    seen: int | None = None,
) -> Item:  # fmt: skip
    """Say what is to be decided about an item and which units are asked."""
    day = begin(actor, day, [PREPARE], states=_OPEN)
    item = item_of(day, item, seen=seen)
    item.words = words_of("words", words) if words.strip() else ""
    item.unit_ids = checked_units(unit_ids)
    item.version += 1
    item.save(update_fields=["words", "unit_ids", "version"])
    ask_in(day, item.unit_ids)
    tell(actor, day, "change", at=at, item=str(item.key))
    return item


@transaction.atomic
def reorder(actor: Actor, *, day: DispatchDay, item: Item, by: int, at: datetime) -> DispatchDay:
    """Move an item up (negative) or down by so many places."""
    day = begin(actor, day, [PREPARE, LEAD], states=_OPEN)
    standing = list(day.items.select_for_update().order_by("place", "id"))
    here = next((place for place, each in enumerate(standing) if each.pk == item.pk), None)
    if here is None:
        raise NotFound(_("清单里没有这一项了。"))
    standing.insert(max(0, min(len(standing) - 1, here + by)), standing.pop(here))
    for place, each in enumerate(standing, 1):
        each.place = place
    Item.objects.bulk_update(standing, ["place"])
    return tell(actor, day, "order", at=at)


@transaction.atomic
def remove(actor: Actor, *, day: DispatchDay, item: Item, at: datetime) -> DispatchDay:
    """Take an item from the list before the day; what units have written to it already is kept as not dealt with."""
    day = begin(actor, day, [PREPARE], states={State.PREPARED})
    item = item_of(day, item)
    if item.positions.exists():
        item.state, item.settled_at, item.version = Item.State.DROPPED, at, item.version + 1
        item.save(update_fields=["state", "settled_at", "version"])
    else:
        item.delete()
    return tell(actor, day, "remove", at=at, case=item.case.number if item.case else None)
