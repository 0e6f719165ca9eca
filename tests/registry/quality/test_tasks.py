"""Findings become tasks of a grid, and leave it when they are mended."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cast import Cast
from homes import make_building, make_care, make_dwelling, make_estate, make_person
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.registry.people.models import Person
from lianxin.registry.quality import actions, checking, queries
from lianxin.registry.quality.models import Finding, Task
from lianxin.registry.sources import actions as sources
from register import load_register

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    """Two people without a birth date in grid 111, one in 112."""
    load_register()
    made = []
    for number, names in ((111, ("王秀英", "李强")), (112, ("张三",))):
        home = make_dwelling(make_building(make_estate(cast.county.grid(number), code=f"E{number}"), code=f"B{number}"))
        made += [make_person(name, home=home, birth_date=None, confirmed_at=NOW) for name in names]
    checking.run(at=NOW)
    return made


def given(cast: Cast, **more: object) -> Task:
    told = {"check": "person_missing", "due_date": FRIDAY, "at": NOW} | more
    return actions.assign(cast.community_clerk, grid=cast.county.grid(111), **told)  # type: ignore[arg-type]


def test_a_task_is_done_when_its_findings_are_gone(cast: Cast, people: list[Person]) -> None:
    task = given(cast)
    message = Message.objects.get(recipient_id=cast.grid_worker.account_id)
    assert message.title == "第一网格：人员缺必填项，2 条要核实"
    assert [(one.task.pk, one.left) for one in queries.open_tasks(cast.grid_worker, "people.edit")] == [(task.pk, 2)]
    assert queries.open_tasks(cast.grid_worker_next_door, "people.edit") == []

    for number, person in enumerate(people[:2], start=1):
        Person.objects.filter(pk=person.pk).update(birth_date=date(1980, 1, 1))
        checking.run(at=NOW + timedelta(hours=number), communities=[cast.county.community(11).id])

    task.refresh_from_db()
    assert task.done_at == NOW + timedelta(hours=2)
    assert queries.open_tasks(cast.grid_worker, "people.edit") == []


def test_only_who_may_assigns_and_only_what_is_there(cast: Cast, people: list[Person]) -> None:
    with pytest.raises(NotAllowed):
        actions.assign(cast.grid_worker, grid=cast.county.grid(111), check="person_missing", due_date=FRIDAY, at=NOW)
    with pytest.raises(NotAllowed):
        actions.assign(
            cast.community_clerk, grid=cast.county.grid(211), check="person_missing", due_date=FRIDAY, at=NOW
        )
    with pytest.raises(Invalid):
        given(cast, due_date=date(2026, 11, 20))
    with pytest.raises(Invalid):
        given(cast, check="person_faith")
    with pytest.raises(Refused):
        given(cast, check="child_owner")
    given(cast)
    with pytest.raises(Refused):
        given(cast)


def test_a_task_taken_back_leaves_the_findings_open(cast: Cast, people: list[Person]) -> None:
    task = given(cast)

    actions.withdraw(cast.community_clerk, task=task, at=NOW)

    assert Finding.objects.open().filter(task=None).count() == 3
    assert queries.open_tasks(cast.grid_worker, "people.edit") == []
    with pytest.raises(Refused):
        actions.withdraw(cast.community_clerk, task=task, at=NOW)


def test_who_sees_what_on_the_board(cast: Cast, people: list[Person]) -> None:
    old = make_person(
        "陈老", home=Person.objects.get(pk=people[0].pk).home, birth_date=date(1990, 1, 1), confirmed_at=NOW
    )
    make_care(old, at=NOW - timedelta(days=60))
    checking.run(at=NOW)
    seen = {
        name: sum(queries.counts(getattr(cast, name), "grid").values())
        for name in ("grid_worker", "grid_worker_next_door", "community_clerk", "data_officer", "seat", "handler")
    }

    # The data officer sees people but no care; the seat sees places only.
    assert seen == {
        "grid_worker": 3, "grid_worker_next_door": 1, "community_clerk": 4, "data_officer": 3, "seat": 0, "handler": 0,
    }  # fmt: skip


def test_a_list_names_people_masked(cast: Cast, people: list[Person]) -> None:
    named = queries.named("person", [people[0].pk])

    assert named[people[0].pk].label == "王**"


def test_what_is_known_need_not_be_asked(cast: Cast, people: list[Person]) -> None:
    Person.objects.filter(pk=people[0].pk).update(is_party_member=True)
    sources.confirm(
        cast.grid_worker, subject="person", ids=[people[1].pk], fields=["home"], at=NOW - timedelta(days=400)
    )

    known = queries.known("person", ["person.home", "person.is_party_member", "person.name"], None, at=NOW)

    assert {code: (share.known, share.whole) for code, share in known.items()} == {
        "person.home": (2, 3), "person.is_party_member": (1, 3), "person.name": (3, 3),
    }  # fmt: skip
    assert queries.known("person", ["person.home"], cast.county.grid(112), at=NOW)["person.home"].whole == 1


def test_what_any_visit_confirmed_counts_as_collected(cast: Cast, people: list[Person]) -> None:
    fields = ["person.phone", "person.home"]
    sources.confirm(cast.grid_worker, subject="person", ids=[people[0].pk, people[2].pk], fields=fields, at=NOW)
    sources.confirm(cast.grid_worker, subject="person", ids=[people[1].pk], fields=["home"], at=NOW)

    assert queries.collected("person", fields, None, since=NOW) == 2
    assert queries.collected("person", fields, cast.county.grid(111), since=NOW) == 1
    assert queries.collected("person", fields, None, since=NOW + timedelta(minutes=1)) == 0
    assert queries.collected("care", ["care.need"], None, since=NOW) is None


def test_the_line_of_the_board_counts_days(cast: Cast, people: list[Person]) -> None:
    checking.run(at=NOW + timedelta(days=1))

    assert queries.trend(NOW + timedelta(days=1), days=7)["person_missing"] == [3, 3]
