"""Whom to visit next and why, with forms filled in already; one's own diary; signs of life that were missed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.text import mask_name
from lianxin.registry.care.models import CareTag
from lianxin.registry.collecting import forms, records
from lianxin.registry.collecting.forms import Asking
from lianxin.work.visits import queries
from lianxin.work.visits.models import Sign, SignDay, Visit
from lianxin.work.visits.queries import Filters, Next
from lianxin.work.visits.settings import visit_settings
from lianxin.work.visits.signs import queries as signs
from lianxin.work.visits.signs import rules

from .collecting import FormOut, form_out
from .shapes import own_ground

RECENT = timedelta(days=21)
MOST_DIARY = 30
Choices = list[tuple[str, str]]


class WhomOut(BaseModel):
    """Somebody to visit, or a home; the name is masked. `form`: what is known of them, to be confirmed on the way."""

    person: str
    dwelling: str
    name: str
    address: str
    why: list[str]
    needs: list[str]
    weight: int
    due: date | None
    form: FormOut | None


class DiaryOut(BaseModel):
    """A visit of one's own, to read again and to mend."""

    key: str
    version: int
    person: str
    dwelling: str
    establishment: str
    name: str
    address: str
    kind: str
    outcome: str
    went: str
    visited_at: datetime
    company: list[str]
    topics: list[str]
    mood: str
    words: str
    follow_up_on: date | None
    led_to: list[str]
    may_edit: bool


class SignOut(BaseModel):
    """A missed sign that one is asked to look after now; plain, for as long as that lasts."""

    key: str
    day: date
    state: str
    asked_at: datetime
    until: datetime
    name: str
    address: str
    phone: str
    neighbour: str
    neighbour_phone: str
    neighbour_said: str


class CallOut(BaseModel):
    """Somebody who agreed to be called each day, and was not yet today."""

    key: str
    day: date
    until: datetime
    name: str
    address: str
    phone: str


class VisitChoicesOut(BaseModel):
    """What the form offers, as code and words."""

    kinds: Choices
    outcomes: Choices
    went: Choices
    company: Choices
    topics: Choices
    moods: Choices
    needs: Choices


class VisitsPackOut(BaseModel):
    """What a visitor carries."""

    whom: list[WhomOut]
    diary: list[DiaryOut]
    signs: list[SignOut]
    calls: list[CallOut]
    choices: VisitChoicesOut


@section("visits", out=VisitsPackOut, order=40)
def visits(actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]) -> VisitsPackOut | None:
    """Return visits and signs for who visits in grids or a community."""
    if own_ground(actor, "visits.write") is None:
        return None
    minutes = timedelta(minutes=visit_settings(numbers).worker_minutes)
    asked = [day for day in signs.open_days(actor) if signs.is_asked(actor, day)]
    return VisitsPackOut(
        whom=_whom(actor, at, numbers),
        diary=_diary(actor, at, numbers),
        signs=[_sign(day, minutes) for day in asked],
        calls=[_call(sign, at) for sign in signs.to_call(actor, at=at)],
        choices=_choices(),
    )


def _whom(actor: Actor, at: datetime, numbers: Mapping[str, int]) -> list[WhomOut]:
    found = queries.whom_next(actor, at=at)
    wanted = [one.person.pk for one in found if one.person is not None and actor.may("people.edit", one.person)]
    made = forms.forms(records.several("person", wanted), Asking(at, numbers)) if wanted else []
    by_id = {form.record.id: form_out(form) for form in made}
    return [_one(one, by_id.get(one.person.pk) if one.person else None) for one in found]


def _one(one: Next, form: FormOut | None) -> WhomOut:
    return WhomOut(
        person=str(one.person.key) if one.person else "", dwelling=one.dwelling.code if one.dwelling else "",
        name=mask_name(one.person.name) if one.person else "", address=one.dwelling.address if one.dwelling else "",
        why=one.why, needs=list(one.needs), weight=one.weight, due=one.due, form=form,
    )  # fmt: skip


def _diary(actor: Actor, at: datetime, numbers: Mapping[str, int]) -> list[DiaryOut]:
    mine = queries.diary(actor, Filters(account_id=actor.account_id)).filter(visited_at__gte=at - RECENT)
    until = at - timedelta(days=visit_settings(numbers).edit_days)
    return [_visit(visit, may_edit=visit.created_at > until) for visit in mine.order_by("-visited_at")[:MOST_DIARY]]


def _visit(visit: Visit, *, may_edit: bool) -> DiaryOut:
    dwelling = visit.dwelling or (visit.person.home if visit.person else None)
    led = (("case", visit.case_id), ("wish", visit.wish_key), ("need", visit.need))
    return DiaryOut(
        key=str(visit.key), version=visit.version, person=str(visit.person.key) if visit.person else "",
        dwelling=visit.dwelling.code if visit.dwelling else "",
        establishment=visit.establishment.code if visit.establishment else "",
        name=_name(visit),
        address=dwelling.address if dwelling else "", kind=visit.kind, outcome=visit.outcome, went=visit.went,
        visited_at=visit.visited_at, company=visit.company, topics=visit.topics, mood=visit.mood,
        words=visit.words or "", follow_up_on=visit.follow_up_on if visit.followed_at is None else None,
        led_to=[name for name, value in led if value], may_edit=may_edit,
    )  # fmt: skip


def _name(visit: Visit) -> str:
    if visit.person is not None:
        return mask_name(visit.person.name)
    return visit.establishment.name if visit.establishment else ""


def _sign(day: SignDay, minutes: timedelta) -> SignOut:
    sign, person = day.sign, day.sign.person
    asked_at = day.clerk_at or day.worker_at or day.due_at
    return SignOut(
        key=str(sign.key), day=day.day, state=day.state, asked_at=asked_at, until=asked_at + minutes,
        name=person.name, address=person.home.address if person.home else "", phone=person.phone or "",
        neighbour=sign.neighbour_name or "", neighbour_phone=sign.neighbour_phone or "",
        neighbour_said=day.neighbour_said,
    )  # fmt: skip


def _call(sign: Sign, at: datetime) -> CallOut:
    person, today = sign.person, rules.day_of(at)
    return CallOut(
        key=str(sign.key), day=today, until=rules.due_at(sign, today), name=person.name,
        address=person.home.address if person.home else "", phone=person.phone or "",
    )  # fmt: skip


def _choices() -> VisitChoicesOut:
    return VisitChoicesOut(
        kinds=_told(Visit.Kind.choices), outcomes=_told(Visit.Outcome.choices), went=_told(Visit.Went.choices),
        company=_told(Visit.Company.choices), topics=_told(Visit.Topic.choices), moods=_told(Visit.Mood.choices),
        needs=_told(CareTag.Need.choices),
    )  # fmt: skip


def _told(choices: Sequence[tuple[str, object]]) -> Choices:
    return [(value, str(label)) for value, label in choices]
