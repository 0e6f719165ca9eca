"""Two records of one person become one, and two again."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.registry.care import actions as care
from lianxin.registry.people import actions as people
from lianxin.registry.people import looks, queries
from lianxin.registry.people.models import Consent, Household, Look, Person, Residence
from lianxin.registry.places.models import Building
from neighbours import DAY, LI, NOW, WANG, WANG_ID, Street

# Every table a merge may touch; what a record of history says is not among them.
TABLES = (
    "person", "residence", "household", "membership", "contact", "look", "person_ask", "consent", "confirmation",
    "conflict", "building", "care_tag",
)  # fmt: skip


def everything() -> dict[str, list[Any]]:
    """Return every row of those tables but for its version."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT (to_jsonb(t) - 'version')::text FROM {table} t ORDER BY 1")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


@pytest.fixture
def twice(street: Street) -> tuple[Person, Person]:
    """王秀英 with her number in one flat, and once more without it, but with a phone, in another."""
    kept = street.lives({"name": "王秀英", "id_number": WANG_ID})
    gone = street.lives({"name": "王秀英", "phone": "13800001234"}, number="102")
    return kept, gone


def test_the_kept_record_learns_what_it_did_not_know(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice

    people.merge(street.cast.community_clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)

    kept.refresh_from_db()
    assert (kept.id_number, kept.phone, kept.home) == (WANG_ID, "13800001234", street.flat())
    assert queries.person_by_key(street.cast.grid_worker, gone.key) == kept
    assert list(Person.objects.visible_to(street.cast.grid_worker).now()) == [kept]


def test_the_number_of_the_record_that_goes_is_taken_over(street: Street) -> None:
    kept = street.lives({"name": "王秀英"})
    gone = street.lives(WANG, number="102")

    people.merge(street.cast.community_clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)

    assert people.holder_of(WANG_ID) == kept


def test_one_lives_in_one_place_and_both_stays_are_kept(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice

    people.merge(street.cast.community_clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)

    stays = {each.dwelling.number: each.valid_to for each in queries.residences_of(kept)}
    assert stays == {"101": None, "102": NOW + DAY}


def test_both_histories_are_read_as_one(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice
    people.merge(street.cast.community_clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)

    told = [(each.what, each.is_of_merged) for each in queries.history(kept)]

    assert told.count(("登记", False)) == 1
    assert told.count(("登记", True)) == 1


def test_households_follow_their_head(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice
    worker = street.cast.grid_worker
    household = people.form_household(worker, key=uuid4(), dwelling=street.flat("102"), head=gone, at=NOW)
    people.join_household(worker, household=household, person=kept, relation="其他", at=NOW)

    people.merge(street.cast.community_clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)

    household.refresh_from_db()
    assert household.head == kept
    assert [(each.person, each.relation) for each in queries.members_of(household, at=NOW + DAY)] == [(kept, "户主")]


def test_a_household_of_the_gone_record_alone_ends(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice
    worker = street.cast.grid_worker
    for person, number in ((kept, "101"), (gone, "102")):
        people.form_household(worker, key=uuid4(), dwelling=street.flat(number), head=person, at=NOW)

    people.merge(street.cast.community_clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)

    assert list(Household.objects.filter(valid_to=None).values_list("head", flat=True)) == [kept.pk]


@pytest.mark.parametrize("who", ["grid_worker", "street_seat", "leader"])
def test_only_who_may_merge_does(street: Street, twice: tuple[Person, Person], who: str) -> None:
    kept, gone = twice

    with pytest.raises(Refused if who != "leader" else NotFound):
        people.merge(getattr(street.cast, who), kept=kept, gone=gone, reason="像同一人", at=NOW + DAY)


def test_a_record_is_not_merged_with_itself_nor_without_a_reason(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice
    clerk = street.cast.community_clerk

    with pytest.raises(Invalid, match="同一份"):
        people.merge(clerk, kept=kept, gone=kept, reason="核对过身份证", at=NOW)
    with pytest.raises(Invalid, match="凭什么"):
        people.merge(clerk, kept=kept, gone=gone, reason=" ", at=NOW)


def test_what_was_changed_since_stays_and_is_told(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice
    clerk = street.cast.community_clerk
    people.move_in(clerk, person=gone, dwelling=street.flat("301"), kind="owner", at=NOW)
    found = people.merge(clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)
    people.amend_person(clerk, person=kept, fields={"phone": "13900009999"}, at=NOW + 2 * DAY)
    owned = Residence.objects.get(kind="owner")
    people.move_out(clerk, person=kept, residence=owned, at=NOW + 2 * DAY)

    parted = people.unmerge(clerk, merge=found, reason="是姐妹", at=NOW + 3 * DAY)

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert parted.stayed == ["电话", "居住关系"]
    assert (kept.phone, gone.phone) == ("13900009999", "13800001234")
    assert (gone.ended_at, gone.home) == (None, street.flat("102"))
    assert {each.dwelling.number for each in queries.residences_of(gone, at=NOW + 3 * DAY)} == {"102"}
    assert "301" in {each.dwelling.number for each in queries.residences_of(kept)}


def test_a_merge_is_undone_once_and_the_later_one_first(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice
    clerk = street.cast.community_clerk
    third = street.lives(LI, number="201")
    first = people.merge(clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW)
    second = people.merge(clerk, kept=third, gone=kept, reason="核对过户口本", at=NOW + DAY)

    with pytest.raises(Refused, match="先拆开那一次"):
        people.unmerge(clerk, merge=first, reason="不是同一人", at=NOW + DAY)
    people.unmerge(clerk, merge=second, reason="不是同一人", at=NOW + DAY)
    people.unmerge(clerk, merge=first, reason="不是同一人", at=NOW + DAY)
    with pytest.raises(Refused, match="已经拆开"):
        people.unmerge(clerk, merge=first, reason="不是同一人", at=NOW + DAY)


def test_a_number_given_to_somebody_else_since_stops_the_parting(street: Street) -> None:
    clerk = street.cast.community_clerk
    kept = street.lives(LI)
    gone = street.lives(WANG, number="102")
    found = people.merge(clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW)
    street.lives(WANG, number="201")

    with pytest.raises(Refused, match="在别人名下"):
        people.unmerge(clerk, merge=found, reason="不是同一人", at=NOW + DAY)
    gone.refresh_from_db()
    assert gone.end == "merged"


Facts = dict[str, Any]
ties = st.fixed_dictionaries(
    {
        "fields": st.lists(
            st.sampled_from(["phone", "birth_date", "sex", "is_party_member", "id_number"]), unique=True
        ),
        "lives": st.sampled_from(["101", "102", "out"]),
        "owns": st.lists(st.sampled_from(["101", "301"]), unique=True),
        "household": st.sampled_from(["none", "own", "shared"]),
        "heads_building": st.booleans(),
        "contacts": st.integers(0, 2),
        "looked_at": st.booleans(),
        "agreed": st.booleans(),
        "knows_other": st.booleans(),
        "needs": st.lists(st.sampled_from(["lone_elder", "hardship"]), unique=True),
    }
)
VALUES = {
    "phone": "13800001234", "birth_date": "1949-12-31", "sex": "女", "is_party_member": True, "id_number": WANG_ID,
}  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=ties, other=ties, turned=st.booleans())
def test_parting_puts_every_row_back(street: Street, one: Facts, other: Facts, turned: bool) -> None:
    for number in ("101", "102", "301"):
        street.flat(number)
    with transaction.atomic():
        made = [_somebody(street, one, {}), _somebody(street, other, {"id_number"} & set(one["fields"]))]
        _tie(street, made[0], one, made[1])
        _tie(street, made[1], other, made[0])
        kept, gone = reversed(made) if turned else made
        before = everything()

        found = people.merge(street.cast.community_clerk, kept=kept, gone=gone, reason="核对过", at=NOW + DAY)
        assert everything() != before
        parted = people.unmerge(street.cast.community_clerk, merge=found, reason="不是", at=NOW + 2 * DAY)

        assert parted.stayed == []
        assert everything() == before
        transaction.set_rollback(True)


def _somebody(street: Street, facts: dict[str, Any], without: Any) -> Person:
    fields = {name: VALUES[name] for name in facts["fields"] if name not in without}
    number = "101" if facts["lives"] == "out" else facts["lives"]
    person = street.lives({"name": "王秀英", **fields}, number=number)
    if facts["lives"] == "out":
        [stay] = queries.residences_of(person)
        people.move_out(street.cast.grid_worker, person=person, residence=stay, at=_later())
    return person


def _tie(street: Street, person: Person, facts: dict[str, Any], other: Person) -> None:
    worker = street.cast.grid_worker
    for number in facts["owns"]:
        people.move_in(worker, person=person, dwelling=street.flat(number), kind="owner", at=_later())
    shared = Household.objects.filter(valid_to=None).first()
    if facts["household"] == "own" or (facts["household"] == "shared" and shared is None):
        people.form_household(worker, key=uuid4(), dwelling=street.flat(), head=person, at=_later())
    elif facts["household"] == "shared" and shared is not None:
        people.join_household(worker, household=shared, person=person, relation="妹妹", at=_later())
    if facts["heads_building"]:
        Building.objects.filter(dwellings=street.flat()).update(unit_head_ids=[person.pk, 0])
    for _count in range(facts["contacts"]):
        people.add_contact(worker, person=person, name="赵大妈", phone="13700001111", relation="邻居", at=_later())
    if facts["looked_at"]:
        looks.look(worker, person=person, fields=["phone"], reason="visit", at=_later())
    if facts["agreed"]:
        Consent.objects.create(person_id=person.pk, purpose="care", text_version="1", given_at=_later())
    for need in facts["needs"]:
        care.set_tag(
            street.cast.community_clerk, key=uuid4(), person=person, need=need, evidence="入户走访", at=_later()
        )
    if facts["knows_other"]:
        people.add_contact(worker, person=person, other=other, relation="姐姐", at=_later())


def _later() -> datetime:
    return NOW + DAY / 2


def test_looks_at_the_gone_record_are_seen_with_the_kept_one(street: Street, twice: tuple[Person, Person]) -> None:
    kept, gone = twice
    looks.look(street.cast.grid_worker, person=gone, fields=["phone"], reason="visit", at=NOW)

    people.merge(street.cast.community_clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)

    assert Look.objects.get().person_id == kept.pk
