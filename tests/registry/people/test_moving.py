"""Who lives where and with whom, from when to when."""

from uuid import uuid4

import pytest

from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.registry.people import actions as people
from lianxin.registry.people import queries
from lianxin.registry.people.models import Household, Membership, Residence
from neighbours import DAY, LI, NOW, WANG, Street, identity


def test_moving_ends_living_elsewhere_and_takes_the_rights_along(street: Street) -> None:
    clerk = street.cast.community_clerk
    person = street.lives(WANG)

    people.move_in(clerk, person=person, dwelling=street.flat("201", grid=112), at=NOW + DAY)

    person.refresh_from_db()
    assert person.grid_id == street.cast.county.grid(112).id
    assert [each.dwelling for each in queries.residences_of(person, at=NOW)] == [street.flat()]
    assert [each.dwelling for each in queries.residences_of(person, at=NOW + DAY)] == [street.flat("201", grid=112)]
    with pytest.raises(NotFound):
        queries.person_by_key(street.cast.grid_worker, person.key)
    assert queries.person_by_key(street.cast.grid_worker_next_door, person.key) == person


def test_an_owner_need_not_live_there(street: Street) -> None:
    person = street.lives(WANG)

    people.move_in(street.cast.grid_worker, person=person, dwelling=street.flat("102"), kind="owner", at=NOW + DAY)

    person.refresh_from_db()
    assert person.home == street.flat()
    assert [(each.person, each.kind) for each in queries.residents_of(street.flat("102"), at=NOW + DAY)] == [
        (person, "owner")
    ]


def test_the_same_relation_is_not_entered_twice(street: Street) -> None:
    person = street.lives(WANG)

    with pytest.raises(Refused, match="已经是实际居住"):
        people.move_in(street.cast.grid_worker, person=person, dwelling=street.flat(), at=NOW + DAY)


def test_nobody_moves_to_where_the_actor_does_not_serve(street: Street) -> None:
    person = street.lives(WANG)

    with pytest.raises(NotAllowed):
        people.move_in(street.cast.grid_worker, person=person, dwelling=street.flat("201", grid=112), at=NOW + DAY)


def test_a_stay_does_not_end_before_it_began(street: Street) -> None:
    person = street.lives(WANG)

    with pytest.raises(Invalid, match="晚于"):
        people.move_in(street.cast.grid_worker, person=person, dwelling=street.flat("102"), since=NOW - DAY, at=NOW)


def test_who_moves_out_has_no_home_but_stays_in_the_area(street: Street) -> None:
    person = street.lives(WANG)
    [stay] = queries.residences_of(person)

    people.move_out(street.cast.grid_worker, person=person, residence=stay, at=NOW + DAY)

    person.refresh_from_db()
    assert (person.home, person.grid_id) == (None, street.cast.county.grid(111).id)
    with pytest.raises(Refused):
        people.move_out(street.cast.grid_worker, person=person, residence=stay, at=NOW + DAY)


@pytest.fixture
def family(street: Street) -> Household:
    """王秀英 with her son 李建国 and his daughter."""
    worker = street.cast.grid_worker
    wang, li = street.lives(WANG), street.lives(LI)
    girl = street.lives({"name": "李小雨", "birth_date": "2015-06-01", "sex": "女"})
    household = people.form_household(worker, key=uuid4(), dwelling=street.flat(), head=wang, at=NOW)
    people.join_household(worker, household=household, person=li, relation="长子", at=NOW)
    people.join_household(worker, household=household, person=girl, relation="孙女", at=NOW)
    return household


def told(household: Household, at=NOW) -> dict[str, str]:
    """Return who is what in a household."""
    return {member.person.name: member.relation for member in queries.members_of(household, at=at)}


def test_a_household_has_a_head_and_relations_to_it(family: Household) -> None:
    assert told(family) == {"王秀英": "户主", "李建国": "子女", "李小雨": "孙子女"}


def test_a_new_head_turns_the_relations_that_are_certain(street: Street, family: Household) -> None:
    li = family.memberships.get(relation="child").person

    household = people.change_head(street.cast.grid_worker, household=family, head=li, at=NOW + DAY)

    assert told(household, NOW + DAY) == {"李建国": "户主", "王秀英": "父母", "李小雨": "其他"}


def test_a_household_splits(street: Street, family: Household) -> None:
    li = family.memberships.get(relation="child").person
    girl = family.memberships.get(relation="grandchild").person

    new = people.split_household(
        street.cast.grid_worker, key=uuid4(), household=family, head=li, members=[(girl, "女儿")], at=NOW + DAY
    )

    assert told(new, NOW + DAY) == {"李建国": "户主", "李小雨": "子女"}
    assert told(family, NOW + DAY) == {"王秀英": "户主"}
    assert told(family, NOW) == {"王秀英": "户主", "李建国": "子女", "李小雨": "孙子女"}


def test_there_is_one_head(street: Street, family: Household) -> None:
    other = street.lives({"name": "张三", "id_number": identity(NOW.date().replace(year=1970), 3)})

    with pytest.raises(Refused, match="已有户主"):
        people.join_household(street.cast.grid_worker, household=family, person=other, relation="户主", at=NOW)


def test_the_last_to_leave_ends_the_household(street: Street, family: Household) -> None:
    for member in list(family.memberships.all()):
        people.leave_household(street.cast.grid_worker, person=member.person, at=NOW + DAY)

    family.refresh_from_db()
    assert family.valid_to == NOW + DAY
    assert not Membership.objects.filter(valid_to=None).exists()


def test_contacts_stand_in_order(street: Street) -> None:
    wang, li = street.lives(WANG), street.lives(LI, number="102")
    worker = street.cast.grid_worker

    people.add_contact(worker, person=wang, other=li, relation="儿子", is_guardian=True, at=NOW)
    second = people.add_contact(worker, person=wang, name="赵大妈", phone="13700001111", relation="邻居", at=NOW)

    assert [(each.other or each.name, each.phone) for each in queries.contacts_of(wang)] == [
        (li, None), ("赵大妈", "13700001111"),
    ]  # fmt: skip
    people.remove_contact(worker, contact=second, at=NOW)
    assert len(queries.contacts_of(wang)) == 1


def test_a_contact_names_somebody_who_can_be_called(street: Street) -> None:
    with pytest.raises(Invalid) as fault:
        people.add_contact(street.cast.grid_worker, person=street.lives(WANG), name="赵大妈", relation="", at=NOW)

    assert set(fault.value.fields) == {"phone", "relation"}


def test_the_history_tells_who_did_what_without_values(street: Street) -> None:
    person = street.lives(WANG)
    people.amend_person(street.cast.community_clerk, person=person, fields={"phone": "13900000001"}, at=NOW + DAY)

    latest, *_rest, first = queries.history(person)

    assert (latest.who, latest.what, latest.fields) == ("佘曲", "修改", ("电话",))
    assert first.what == "登记"
    assert "13900000001" not in repr(queries.history(person))


def test_residences_of_one_person_are_one_living_at_a_time(street: Street) -> None:
    person = street.lives(WANG)
    for number in ("102", "201", "202"):
        at = NOW + DAY * int(number)
        people.move_in(street.cast.grid_worker, person=person, dwelling=street.flat(number), at=at)

    assert Residence.objects.filter(person=person, kind="lives").count() == 4
    assert Residence.objects.filter(person=person, valid_to=None).count() == 1
