"""Write a visit down, from one device or several: every version is kept, none is overwritten unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor, Placed
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.files.actions import attach
from lianxin.kernel.idempotency.claims import claim, claim_many
from lianxin.kernel.journal.writing import Draft, append
from lianxin.kernel.text import clean
from lianxin.registry.care import actions as care
from lianxin.registry.care import queries as care_queries
from lianxin.registry.care.models import serving
from lianxin.registry.people.change import may_see
from lianxin.registry.people.models import Household, Person
from lianxin.registry.places.models import Dwelling, Establishment
from lianxin.work.cases import actions as cases
from lianxin.work.cases.words import Channel

from . import messages, telling
from .models import Visit, VisitVersion
from .settings import visit_settings
from .telling import Matter, Told, Wanted
from .wishing import put_wish

SUBJECT = "visit"
_WRITE = "走访、写民情日记"
_LEVELS = ("area_id", "street_id", "community_id", "grid_id")


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom or what a visit is about: at least one of them, or the area where somebody was met."""

    person: Person | None = None
    household: Household | None = None
    dwelling: Dwelling | None = None
    establishment: Establishment | None = None
    area: AreaNode | None = None

    @property
    def place(self) -> Placed | None:
        """Where it lies."""
        return self.person or self.household or self.dwelling or self.establishment or self.area


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a version: the visit, and the version kept apart where somebody else wrote meanwhile."""

    visit: Visit
    apart: VisitVersion | None = None


@dataclass(frozen=True, slots=True)
class _Writing:
    """One version on its way in."""

    actor: Actor
    key: UUID
    told: Told
    wanted: Wanted
    at: datetime
    files: Sequence[UUID] = ()


@transaction.atomic
def save(
    actor: Actor, *, key: UUID, visit_key: UUID, whom: Whom, told: Told, at: datetime, seen: int = 0,
    wanted: Wanted | None = None, files: Sequence[UUID] = (),
) -> Saved:  # fmt: skip
    """Write a visit down, or a new version of it made from version `seen` (0: the first).

    `key` names the version, so the same sent again changes nothing. A version made from an older one is not taken:
    it is kept apart, and comes back in `apart` until a later version settles it; the same `key` sent again with the
    version in force as `seen` does that, and so does any version that has seen it. Raises NotFound, NotAllowed,
    Invalid with all faults, Refused when its days of editing are over.
    """
    _one_at_a_time(visit_key)
    wanted = wanted or Wanted()
    writing = _Writing(actor, key, telling.checked(told, wanted, at), wanted, at, files)
    visit = Visit.objects.select_for_update(of=("self",)).filter(key=visit_key).first()
    if visit is None:
        return Saved(_create(writing, visit_key, whom))
    _demand(actor, visit)
    held = {one.is_apart: one for one in VisitVersion.objects.filter(key=key)}
    if any(one.visit_id != visit.pk for one in held.values()):
        raise Refused("client_id_reused", _("这个编号已经用来送过别的内容。请换一个新的编号再送。"))
    if False in held or (True in held and held[True].settled_by is not None):
        return Saved(visit)
    if seen != visit.version:
        return Saved(visit, held.get(True) or _keep_apart(writing, visit, seen))
    if at > visit.created_at + timedelta(days=visit_settings().edit_days):
        raise Refused("too_late", _("过了修改的期限。要补充的，请另记一次走访。"))
    return Saved(_amend(writing, visit))


@dataclass(frozen=True, slots=True)
class First:
    """A visit told for the first time, and nothing to follow from it but what follows from every visit."""

    key: UUID
    visit_key: UUID
    whom: Whom
    told: Told


# Whoever calls gives all of it up when one of them is refused, so no savepoint is needed.
@transaction.atomic(savepoint=False)
def save_many(actor: Actor, *, visits: Sequence[First], at: datetime) -> list[Saved]:
    """Write visits down as `save` does, in few statements where all are new and no two about the same.

    Raises what `save` raises for any of them; nothing of any is written then.
    """
    keys = [visit.visit_key for visit in visits]
    _one_at_a_time(*keys)
    if _bear_on_each_other(visits) or Visit.objects.filter(key__in=keys).exists():
        return [
            save(actor, key=each.key, visit_key=each.visit_key, whom=each.whom, told=each.told, at=at)
            for each in visits
        ]
    writings = [_Writing(actor, each.key, telling.checked(each.told, Wanted(), at), Wanted(), at) for each in visits]
    rows = [_new(writing, each.visit_key, each.whom) for writing, each in zip(writings, visits, strict=True)]
    Visit.objects.bulk_create(rows)
    told = list(zip(writings, rows, strict=True))
    claim_many([(writing.key, row.pk, b"") for writing, row in told], kind=SUBJECT, action="save", at=at)
    VisitVersion.objects.bulk_create([_version(writing, row, number=1, based_on=0) for writing, row in told])
    for writing, row in told:
        _lead_on(writing, row)
    append([_entry(actor, row, "write", at) for row in rows])
    return [Saved(row) for row in rows]


def _bear_on_each_other(visits: Sequence[First]) -> bool:
    """Tell whether two are one visit or about the same, so that what one leads to may depend on the other."""
    about = [
        (type(each), each.pk)
        for visit in visits
        for each in (visit.whom.person, visit.whom.household, visit.whom.dwelling, visit.whom.establishment)
        if each is not None
    ]
    return len(set(about)) < len(about) or len({visit.visit_key for visit in visits}) < len(visits)


def _one_at_a_time(*visit_keys: UUID) -> None:
    """Let a second device with the same visit wait for the first; locked in one order, so that none waits forever."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(key, 7)) FROM unnest(%s::text[]) AS key",
            [sorted(map(str, visit_keys))],
        )


def _demand(actor: Actor, place: Placed) -> None:
    """Raise NotFound for who does not serve there, NotAllowed for who may only read."""
    scope = serving(actor, "visits.write")
    inside = (
        place.street_id in scope.street_ids, place.community_id in scope.community_ids,
        place.grid_id in scope.grid_ids,
    )  # fmt: skip
    if scope.everywhere or any(inside):
        return
    if not isinstance(place, Visit) or Visit.objects.visible_to(actor).filter(pk=place.pk).exists():
        demand(actor, "visits.write", _WRITE, place)
    raise NotFound(_("没有这次走访，或不在您的辖区。"))


def _create(writing: _Writing, visit_key: UUID, whom: Whom) -> Visit:
    visit = _new(writing, visit_key, whom)
    visit.save(force_insert=True)
    _write_version(writing, visit, number=1, based_on=0)
    _lead_on(writing, visit)
    _log(writing.actor, visit, "write", writing.at)
    return visit


def _new(writing: _Writing, visit_key: UUID, whom: Whom) -> Visit:
    """Return a visit that may be written, not yet stored."""
    actor, told, place = writing.actor, writing.told, whom.place
    if place is None:
        raise Invalid({"person": _("请选走访的是谁、哪一户，或在哪个网格遇到的。")})
    if whom.person is not None and not may_see(actor, whom.person):
        raise NotFound(_("没有这个人的档案，或不在您的辖区。"))
    _demand(actor, place)
    return Visit(
        key=visit_key, person=whom.person, household=whom.household, dwelling=whom.dwelling,
        establishment=whom.establishment, created_at=writing.at, by_id=actor.account_id, by_label=actor.name[:120],
        **_columns(told), **_spot(place),
    )  # fmt: skip


def _spot(place: Placed) -> dict[str, int | None]:
    area_id = place.id if isinstance(place, AreaNode) else getattr(place, "area_id", None)
    return {"area_id": area_id, **{name: getattr(place, name) for name in _LEVELS[1:]}}


def _columns(told: Told) -> dict[str, Any]:
    return {**asdict(told), "words": told.words or None, "company": list(told.company), "topics": list(told.topics)}


def _amend(writing: _Writing, visit: Visit) -> Visit:
    apart = VisitVersion.objects.filter(visit=visit, is_apart=True, settled_by=None)
    settles = sorted(apart.values_list("number", flat=True))
    seen, number = visit.version, _next_number(visit)
    apart.update(settled_by=number)
    columns = _columns(writing.told)
    for name, value in columns.items():
        setattr(visit, name, value)
    if writing.told.follow_up_on is None:
        visit.followed_at = None
    visit.version = number
    visit.save(update_fields=[*columns, "version", "followed_at"])
    _write_version(writing, visit, number=number, based_on=seen, settles=settles)
    _lead_on(writing, visit)
    _log(writing.actor, visit, "settle" if settles else "edit", writing.at)
    return visit


def _keep_apart(writing: _Writing, visit: Visit, seen: int) -> VisitVersion:
    based_on = min(seen, visit.version)
    kept = _write_version(writing, visit, number=_next_number(visit), based_on=based_on, is_apart=True)
    _log(writing.actor, visit, "clash", writing.at)
    return kept


def _next_number(visit: Visit) -> int:
    highest: int = VisitVersion.objects.filter(visit=visit).aggregate(highest=Max("number"))["highest"] or 0
    return highest + 1


def _write_version(writing: _Writing, visit: Visit, **how: Any) -> VisitVersion:
    if not how.get("is_apart"):
        # What a device brings after this one waits for this key.
        claim(writing.key, kind=SUBJECT, action="save", sent=b"", at=writing.at, subject_id=visit.pk)
    version = _version(writing, visit, **how)
    version.save(force_insert=True)
    return version


def _version(writing: _Writing, visit: Visit, **how: Any) -> VisitVersion:
    return VisitVersion(
        visit=visit, person_id=visit.person_id, key=writing.key, content=telling.packed(writing.told), at=writing.at,
        by_id=writing.actor.account_id, by_label=writing.actor.name[:120], **how,
    )  # fmt: skip


def _lead_on(writing: _Writing, visit: Visit) -> None:
    """Let one visit feed everything: the plan of care, what was to be followed up, a case, a wish, a proposal."""
    actor, wanted, at = writing.actor, writing.wanted, writing.at
    if writing.files:
        attach(writing.files, kind=SUBJECT, subject_id=visit.pk, at=at, by_id=actor.account_id)
    if visit.outcome == Visit.Outcome.MET:
        _note_care(actor, visit, at)
        _close_follow_ups(visit, at)
    columns = []
    if wanted.matter is not None and visit.case_id is None:
        visit.case_id = _report(actor, visit, wanted.matter, at)
        columns.append("case")
    if wanted.wish and visit.wish_key is None:
        visit.wish_key = put_wish(actor, key=uuid5(visit.key, "wish"), visit=visit, words=wanted.wish, at=at)
        columns.append("wish_key")
    if wanted.need and not visit.need and visit.person_id is not None:
        visit.need, visit.need_evidence = wanted.need, clean(wanted.evidence, 300)
        visit.proposal = Visit.Proposal.OPEN
        columns += ["need", "need_evidence", "proposal"]
        messages.tell_proposal(visit, at=at)
    if columns:
        visit.save(update_fields=columns)


def _note_care(actor: Actor, visit: Visit, at: datetime) -> None:
    if visit.person is None or visit.person.ended_at is not None:
        return
    for tag in care_queries.tags_of(actor, visit.person):
        care.note_visit(actor, tag=tag, at=at, visited_at=min(visit.visited_at, at))


def _close_follow_ups(visit: Visit, at: datetime) -> None:
    about = Q()
    for name in ("person_id", "dwelling_id", "establishment_id", "household_id"):
        if (value := getattr(visit, name)) is not None:
            about |= Q(**{name: value})
    if not about:  # met on the way: nobody's visit is followed up by that
        return
    earlier = Visit.objects.due().filter(about, visited_at__lt=visit.visited_at).exclude(pk=visit.pk)
    earlier.update(followed_at=at)


def _report(actor: Actor, visit: Visit, matter: Matter, at: datetime) -> int:
    demand(actor, "cases.report", _("上报"), visit)
    told = cases.Report(
        text=matter.text, channel=Channel.WORKER, category_id=matter.category_id, address=matter.address,
        area_id=visit.grid_id or visit.community_id or visit.area_id, claimed_at=visit.visited_at,
    )  # fmt: skip
    return cases.report(actor, client_id=uuid5(visit.key, "case"), report=told, at=at).pk


@transaction.atomic
def follow(actor: Actor, *, visit: Visit, at: datetime) -> Visit:
    """Say that what was to be followed up needs no further visit. Raises NotFound, NotAllowed."""
    visit = _locked(actor, visit)
    if visit.follow_up_on is not None and visit.followed_at is None:
        visit.followed_at = at
        visit.save(update_fields=["followed_at"])
        _log(actor, visit, "follow", at)
    return visit


@transaction.atomic
def decline_need(actor: Actor, *, visit: Visit, at: datetime) -> Visit:
    """Say that the clerk does not take up a proposal; its evidence goes. Raises NotFound, NotAllowed, Refused."""
    visit = Visit.objects.select_for_update(of=("self",)).filter(pk=visit.pk).get()
    if not Visit.objects.visible_to(actor).filter(pk=visit.pk).exists():
        raise NotFound(_("没有这次走访，或不在您的辖区。"))
    demand(actor, "care.tag", "设置、续期、结束关爱标签", visit)
    if visit.proposal != Visit.Proposal.OPEN:
        raise Refused("proposal_over", _("这条建议已经有人看过了。"))
    visit.proposal, visit.need_evidence = Visit.Proposal.DECLINED, None
    visit.save(update_fields=["proposal", "need_evidence"])
    _log(actor, visit, "decline_need", at)
    return visit


def settle_needs(person_id: int, need: str) -> int:
    """Let open proposals end with the tag that was set; returns how many."""
    found = Visit.objects.filter(person_id=person_id, need=need, proposal=Visit.Proposal.OPEN)
    return found.update(proposal=Visit.Proposal.SET, need_evidence=None)


def _locked(actor: Actor, visit: Visit) -> Visit:
    found = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    _demand(actor, found)
    return found


def _log(actor: Actor, visit: Visit, act: str, at: datetime) -> None:
    append([_entry(actor, visit, act, at)])


def _entry(actor: Actor, visit: Visit, act: str, at: datetime) -> Draft:
    told: Mapping[str, object] = {"kind": visit.kind, "outcome": visit.outcome}
    return draft(actor, SUBJECT, visit.pk, act, at=at, version=visit.version, after=dict(told))
