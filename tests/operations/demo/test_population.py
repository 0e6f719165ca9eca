"""Made-up people: COPY writes what the acts write, numbers check and are nobody's, the same seed brings the same."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Model
from pytest_django import DjangoDbBlocker

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas.models import Area
from lianxin.kernel.crypto import blind_index, blind_indexes
from lianxin.kernel.text import is_identity_number
from lianxin.operations.demo import byhand, doubting, making, peopling, staffing
from lianxin.operations.demo.county import Geography
from lianxin.operations.demo.families import Families
from lianxin.operations.demo.geography import make_geography
from lianxin.operations.demo.mapping import county_map
from lianxin.operations.demo.people import people
from lianxin.operations.demo.population import empty_blocks, populate
from lianxin.operations.profiles import loader
from lianxin.operations.profiles.reader import read
from lianxin.registry.care.models import CareTag
from lianxin.registry.people import rights
from lianxin.registry.people.actions import form_household, move_in, register_person
from lianxin.registry.people.models import Household, Membership, Person, Residence
from lianxin.registry.people.rules import ID_CONTEXT, PHONE_CONTEXT
from lianxin.registry.places import actions as places
from lianxin.registry.places.actions import BuildingIn, DwellingIn, EstablishmentIn, EstateIn
from lianxin.registry.places.codes import is_credit_code, is_place_code
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate
from lianxin.registry.quality import checking
from lianxin.registry.quality.models import Finding
from lianxin.registry.sources.models import Revision

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
AT = NOW - making.FOUNDED


@pytest.fixture(scope="module")
def county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Geography]:
    """A small town with its houses, in which some buildings are lived in."""
    with django_db_blocker.unblock(), transaction.atomic():
        profile = read("zuoyun")
        county = make_geography(profile, 1)
        loader.apply(profile, SYSTEM, at=AT, county=county_map(county))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        peopling.build(county, seed=1, at=AT, now=NOW)
        populate(raw(), county.division, seed=1, at=NOW, blocks=empty_blocks(raw())[::60], told=lambda _line: None)
        yield county
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def untouched(county: Geography, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Undo what a test does in the town."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def raw() -> psycopg.Connection:
    found = connection.connection
    assert isinstance(found, psycopg.Connection)
    return found


# What differs by its nature: keys, seals (compared opened), who confirmed, how many acts it took.
OWN = {"id", "key", "code", "version", "confirmed_at", "confirmed_by_id", "created_at", "valid_from"}


def facts(row: Model, *, besides: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    """Return what a row says, as the database has it."""
    row.refresh_from_db()
    return {
        field.attname: bytes(value) if isinstance(value := getattr(row, field.attname), memoryview) else value
        for field in row._meta.concrete_fields
        if field.attname not in OWN | besides
    }


def test_a_copied_estate_is_what_the_act_registers(county: Geography) -> None:
    for copied in Estate.objects.order_by("?")[:5]:
        told = EstateIn.of(copied)
        Estate.objects.filter(pk=copied.pk).update(valid_to=NOW)

        made = places.register_estate(SYSTEM, told=told, at=NOW)

        assert facts(made, besides={"valid_to", "committee"}) == facts(copied, besides={"valid_to", "committee"})
        assert is_place_code(copied.code)


def test_a_copied_building_with_its_flats_is_what_the_act_registers(county: Geography) -> None:
    for copied in Building.objects.filter(pk__in=Dwelling.objects.values("building_id")).order_by("pk")[:3]:
        flats = list(copied.dwellings.order_by("pk"))
        Building.objects.filter(pk=copied.pk).update(valid_to=NOW)

        made = places.register_building(SYSTEM, told=BuildingIn.of(copied), at=NOW)
        registered = [
            places.register_dwelling(SYSTEM, told=DwellingIn.of(_moved(flat, made)), at=NOW) for flat in flats[:6]
        ]

        assert facts(made, besides={"valid_to"}) == facts(copied, besides={"valid_to"})
        for flat, same in zip(flats, registered, strict=False):
            assert facts(same, besides={"building_id"}) == facts(
                Dwelling.objects.get(pk=flat.pk), besides={"building_id"}
            )


def _moved(flat: Dwelling, building: Building) -> Dwelling:
    flat.building_id = building.pk
    return flat


def test_a_copied_firm_is_what_the_act_registers(county: Geography) -> None:
    for copied in Establishment.objects.filter(estate__isnull=False).exclude(credit_code="").order_by("?")[:5]:
        told = EstablishmentIn.of(copied)
        Establishment.objects.filter(pk=copied.pk).update(valid_to=NOW)

        made = places.register_establishment(SYSTEM, told=told, at=NOW)

        assert facts(made, besides={"valid_to"}) == facts(copied, besides={"valid_to"})
        assert is_credit_code(copied.credit_code)


def test_a_copied_household_is_what_the_acts_make(county: Geography) -> None:
    heads = Household.objects.filter(head__id_hash__isnull=False, head__phone_hash__isnull=False)
    for copied in heads.select_related("head", "dwelling").order_by("pk")[:5]:
        head, dwelling = copied.head, copied.dwelling
        assert head is not None
        assert dwelling is not None
        Person.objects.filter(pk=head.pk).update(ended_at=NOW, end="left")
        told = {name: getattr(head, name) for name in ("name", "sex", "birth_date", "id_number", "phone")}

        person = register_person(
            SYSTEM, key=uuid4(), fields=told | {"is_party_member": head.is_party_member}, dwelling=dwelling, at=NOW
        )
        household = form_household(SYSTEM, key=uuid4(), dwelling=dwelling, head=person, at=NOW)

        apart = {"ended_at", "end"}
        assert facts(person, besides=apart) == facts(head, besides=apart)
        assert facts(household, besides={"head_id", "kind"}) == facts(copied, besides={"head_id", "kind"})
        kinds = Residence.objects.filter(person=head, dwelling=dwelling).values_list("kind", flat=True)
        for kind in set(kinds) - {"lives"}:
            move_in(SYSTEM, person=person, dwelling=dwelling, kind=kind, at=NOW)
        assert Counter(person.residences.values_list("kind", flat=True)) == Counter(kinds)
        assert person.memberships.get().relation == Membership.objects.get(person=head).relation == "head"


def test_numbers_check_are_nobodys_and_are_found_by_their_hash(county: Geography) -> None:
    people = list(Person.objects.filter(id_hash__isnull=False).order_by("?")[:60])

    for person in people:
        number = person.id_number or ""
        assert is_identity_number(number)
        assert number[:6] == f"{county.division[:4]}99"
        assert person.birth_date is not None
        assert number[6:14] == f"{person.birth_date:%Y%m%d}"
        assert (int(number[16]) % 2 == 1) is (person.sex == "m")
        assert Person.objects.filter(id_hash__in=blind_indexes(number, ID_CONTEXT)).get() == person
        if person.phone:
            assert person.phone.startswith("19900")
            assert Person.objects.filter(phone_hash__in=blind_indexes(person.phone, PHONE_CONTEXT)).exists()


def test_nothing_contradicts_itself(county: Geography) -> None:
    assert Person.objects.count() > 1000
    assert not Membership.objects.filter(household__dwelling=None).exists()
    assert not Person.objects.exclude(home=None).exclude(grid_id=F("home__grid_id")).exists()
    assert not Dwelling.objects.exclude(grid_id=F("building__grid_id")).exists()
    assert not Dwelling.objects.filter(use="vacant", households__isnull=False).exists()
    homeless = Person.objects.filter(home=None)
    assert 0 <= homeless.count() < Person.objects.count() / 100  # those told of twice
    share = CareTag.objects.count() / Person.objects.count()
    assert 0.005 < share < 0.03
    assert not CareTag.objects.filter(expires_at__lte=NOW).exists()


def test_ages_make_a_pyramid() -> None:
    families = Families(Random(3), NOW.date())
    people = [member for _each in range(3000) for member in families.draw("town").members]

    bands = Counter(min(member.age // 20, 4) for member in people)

    assert bands[0] / len(people) > 0.14
    assert bands[1] + bands[2] > len(people) * 0.45
    assert 0 < bands[4] < bands[3] < bands[2]
    assert all(member.born <= NOW.date() for member in people)
    assert 2.2 < len(people) / 3000 < 3.2


def test_the_same_seed_brings_the_same_people(county: Geography) -> None:
    blocks = empty_blocks(raw())[:1]
    seen = []
    for _time in range(2):
        with transaction.atomic():
            populate(raw(), county.division, seed=7, at=NOW, blocks=blocks, told=lambda _line: None)
            found = Person.objects.filter(home__building_id=blocks[0].id).order_by("pk")
            seen.append([(person.key, person.name, person.id_number, person.phone) for person in found])
            transaction.set_rollback(True)

    assert seen[0] == seen[1] != []


def test_growing_adds_towers_where_rooms_run_out(county: Geography) -> None:
    before = Person.objects.count()
    blocks = len(empty_blocks(raw()))
    rooms = sum(1 for block in empty_blocks(raw()) for _room in block.rooms())

    from lianxin.operations.demo.infill import build_towers

    assert build_towers(raw(), county.division, 400) == 3
    assert len(empty_blocks(raw())) == blocks + 3
    assert sum(1 for block in empty_blocks(raw()) for _room in block.rooms()) == rooms + 3 * 162
    grown = populate(raw(), county.division, seed=1, at=NOW, people=before + 500, told=lambda _line: None)
    assert 500 <= grown.people < 900
    assert Person.objects.count() == before + grown.people
    assert Person.objects.filter(created_at__gt=NOW - timedelta(days=500)).count() == 0


def test_some_days_of_work_leave_history_and_a_file_to_be_claimed(county: Geography) -> None:
    crowd = people(Random(5))
    staffing.make_staff(crowd, at=AT)
    resident = next(crowd)
    codes = list(Area.objects.filter(role="community", valid_to=None).order_by("code").values_list("code", flat=True))

    moved = byhand.some_days_work(county.division, codes, resident, seed=1, at=NOW)

    assert moved > 10
    acts = Counter(Revision.objects.filter(actor_id__isnull=False).values_list("subject", "act"))
    assert {("person", "create"), ("person", "confirm"), ("person", "amend"), ("household", "create")} <= set(acts)
    account = Account.objects.create(
        kind="resident", name=resident.name, created_at=NOW, phone=resident.phone,
        phone_hash=blind_index(resident.phone, "accounts.account.phone").hash,
    )  # fmt: skip
    actor = actor_of(account.pk, at=NOW)
    assert actor is not None
    assert byhand.claim_file(actor, resident, at=NOW)
    file = rights.my_file(actor, at=NOW)
    assert (file.person.name, len(file.looks), len(file.residences)) == (resident.name, 2, 2)


def test_doubts_are_what_the_quality_board_looks_for(county: Geography) -> None:
    before = set(Finding.objects.values_list("check_code", flat=True))
    checking.run(at=NOW)
    quiet = Counter(Finding.objects.values_list("check_code", flat=True))

    left = doubting.doubt(seed=1, at=NOW)
    checking.run(at=NOW + timedelta(minutes=1))

    found = Counter(Finding.objects.values_list("check_code", flat=True))
    assert before == set()
    assert left > 30
    for code in ("lived_in_vacant", "let_without_tenant", "birth_against_id", "heads_not_one", "dwelling_missing"):
        assert found[code] > quiet[code], code


def test_the_command_grows_a_county_that_is_there(county: Geography) -> None:
    before = Person.objects.count()

    call_command("grow_population", people=before + 150, profile="zuoyun")

    assert before + 150 <= Person.objects.count() < before + 700
    with pytest.raises(CommandError, match="demo_data"):
        call_command("grow_population", people=10, profile="tongcheng")
