"""What is missing or stale in one's own grids, a screenful, with who asks for each field and why."""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.organizations import queries as organizations
from lianxin.registry.collecting import queries
from lianxin.registry.collecting.forms import Asker, Form, Line
from lianxin.registry.collecting.worklist import worklist


class AskerOut(BaseModel):
    """Who asks for a field: what for, on which ground, until when, how many minutes it said one takes."""

    unit: str
    title: str
    why: str
    basis: str
    until: date
    minutes: int


class FieldOut(BaseModel):
    """A field: its value (masked), how well it is known, and whether it is asked."""

    name: str
    label: str
    purpose: str
    answer: str
    choices: list[tuple[str, str]]
    value: str
    state: str
    is_asked: bool
    owner: str
    confirmed_at: datetime | None
    confirmed_by: str
    askers: list[AskerOut]


class FormOut(BaseModel):
    """A record with its fields, those that are asked first."""

    subject: str
    key: str
    label: str
    fields: list[FieldOut]


class CollectItemOut(BaseModel):
    """A record to look at, with why."""

    why: str
    form: FormOut


class CollectStopOut(BaseModel):
    """A building with the records in it that want a look."""

    building: str
    items: list[CollectItemOut]


class CollectMinutesOut(BaseModel):
    """What a unit's requests took of one's own time in the last thirty days, and how many records they got."""

    unit: str
    minutes: int
    records: int


class CollectPackOut(BaseModel):
    """A screenful for today; `waiting` is how much more there is."""

    stops: list[CollectStopOut]
    waiting: int
    minutes: list[CollectMinutesOut]


def form_out(form: Form) -> FormOut:
    """Return a form as it goes to a device."""
    record = form.record
    return FormOut(
        subject=record.subject, key=record.key, label=record.label, fields=[_field(line) for line in form.lines]
    )


def _field(line: Line) -> FieldOut:
    return FieldOut(
        name=line.name, label=line.label, purpose=line.purpose, answer=line.answer.value, choices=list(line.choices),
        value=line.value, state=line.state.value, is_asked=line.is_asked, owner=line.owner,
        confirmed_at=line.confirmed_at, confirmed_by=line.confirmed_by, askers=[_asker(one) for one in line.askers],
    )  # fmt: skip


def _asker(one: Asker) -> AskerOut:
    return AskerOut(unit=one.unit, title=one.title, why=one.why, basis=one.basis, until=one.until, minutes=one.minutes)


@section("collect", out=CollectPackOut, order=50)
def collect(actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]) -> CollectPackOut | None:
    """Return a screenful of what is missing, and what the requests have taken of one's own time."""
    found = worklist(actor, at=at, numbers=numbers)
    if found is None:
        return None
    directory = organizations.directory(numbers)
    return CollectPackOut(
        stops=[
            CollectStopOut(
                building=stop.building,
                items=[CollectItemOut(why=item.why, form=form_out(item.form)) for item in stop.items],
            )
            for stop in found.stops
        ],
        waiting=found.waiting,
        minutes=[
            CollectMinutesOut(unit=directory.by_id[spent.unit_id].short_name, minutes=spent.minutes,
                              records=spent.records)
            for spent in queries.spent(actor, at=at)
            if spent.unit_id in directory.by_id
        ],
    )  # fmt: skip
