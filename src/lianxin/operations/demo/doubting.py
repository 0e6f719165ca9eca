"""Doubts in a demo county's data, as in any: conflicts to be ruled on, and findings for the quality board."""

from datetime import datetime, timedelta
from random import Random
from typing import Final, TypeVar

from django.db import transaction
from django.db.models import F, Model, QuerySet

from lianxin.foundation.organizations.models import Unit
from lianxin.registry.people.models import Membership, Person
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources.models import Conflict, Field, Source

CONFLICTS: Final = 24
Row = TypeVar("Row", bound=Model)


@transaction.atomic
def doubt(*, seed: int, at: datetime) -> int:
    """Leave doubts of each kind, straight in the tables: they stand for what was taken over; returns how many."""
    rng = Random(f"doubting {seed}")
    return disagree(rng, at=at) + contradict(rng)


def contradict(rng: Random) -> int:
    """Let some rows contradict each other: empty flats lived in, let ones without tenants, birth dates, heads."""
    flats = Dwelling.objects.filter(valid_to=None)
    return (
        _some(flats.filter(use="self", households__isnull=False), 9, rng).update(use="vacant")
        + _some(flats.filter(use="vacant"), 6, rng).update(use="let")
        + _some(flats.filter(use="self"), 14, rng).update(use="unknown", confirmed_at=None)
        + _some(Person.objects.filter(id_hash__isnull=False, birth_date__isnull=False), 6, rng).update(
            birth_date=F("birth_date") + timedelta(days=30)
        )
        + _some(Membership.objects.filter(valid_to=None, relation="head"), 5, rng).update(relation="other")
    )


def _some(rows: "QuerySet[Row]", count: int, rng: Random) -> "QuerySet[Row]":
    """Return so many of the first thousand rows."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:1000])
    return rows.model._default_manager.filter(pk__in=rng.sample(ids, min(count, len(ids))))


def disagree(rng: Random, *, at: datetime) -> int:
    """Let a department's list say another phone or birth date than the grid worker's; returns how often."""
    known = set(Field.objects.filter(code__in=("person.phone", "person.birth_date")).values_list("code", flat=True))
    units = list(Unit.objects.filter(kind="department", valid_to=None).order_by("code")[:2])
    if not known or not units:
        return 0
    source = Source.objects.create(
        kind=Source.Kind.PUSH, unit=units[-1], name=f"{units[-1].short_name}月度数据", at=at - timedelta(days=6)
    )
    people = Person.objects.filter(phone_hash__isnull=False, birth_date__isnull=False, ended_at=None).order_by("id")
    rows = [_conflict(person, rng, known, source, at) for person in people[: CONFLICTS * 40 : 40]]
    Conflict.objects.bulk_create(rows)
    return len(rows)


def _conflict(person: Person, rng: Random, known: set[str], source: Source, at: datetime) -> Conflict:
    code = rng.choice(sorted(known))
    if code == "person.phone":
        held = person.phone or ""
        offered = f"{held[:-2]}{rng.randrange(100):02d}"
    else:
        held = str(person.birth_date)
        offered = str(person.birth_date - timedelta(days=rng.randint(1, 40))) if person.birth_date else ""
    return Conflict(
        subject="person", subject_id=person.pk, field_id=code, held=held, offered=offered, offered_source=source,
        street_id=person.street_id, community_id=person.community_id, grid_id=person.grid_id,
        at=at - timedelta(days=rng.randint(1, 6)),
    )  # fmt: skip
