"""What a task asks of people: counted from the schemas and from statements, undone, and as the document says."""

import os
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import BaseModel

import patrolling
from casework import make_desk
from cast import Cast
from factories import account_of, act_as
from homes import make_building, make_dwelling, make_estate, make_person
from lianxin.faces.sync.kinds.visits import VisitIn
from lianxin.kernel.geometry.points import Point
from lianxin.operations.burden.counting import given, stored
from lianxin.operations.burden.page import page
from lianxin.operations.burden.tasks import CARRIED, TASKS, Ground, count
from lianxin.registry.people.models import Person
from lianxin.work.cases.models import Case
from lianxin.work.visits.models import Visit
from register import load_register

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/burden.md"
AT = patrolling.clock(9)


@pytest.fixture
def ground(cast: Cast) -> Ground:
    """A grid with somebody in it, a round under way, a case of the resident's that is closed."""
    load_register()
    desk = make_desk(cast)
    closed = desk.closed(actor=cast.resident)
    flat = make_dwelling(make_building(make_estate(cast.county.grid(111)), point=Point(117.01, 31.01)))
    person = make_person(home=flat, phone="13800001234")
    points = patrolling.make_points(cast.community_clerk, cast.county, 1)
    walk = patrolling.round_of(
        patrolling.make_plan(cast.community_clerk, patrolling.make_route(cast.community_clerk, points))
    )
    worker = act_as(account_of(cast.grid_worker))
    return Ground(
        AT, worker, cast.community_clerk, person, (117.01, 31.01), walk.key, points[0].key, None, cast.resident, closed
    )


def test_the_document_says_what_is_counted_and_nothing_stays(ground: Ground) -> None:
    before = (Case.objects.count(), Visit.objects.count(), Person.objects.count())

    told = page([count(task, ground) for task in TASKS])

    assert (Case.objects.count(), Visit.objects.count(), Person.objects.count()) == before
    if os.environ.get("LIANXIN_WRITE_DOCS"):
        DOCUMENT.write_text(told, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == told, (
        "run this test once with LIANXIN_WRITE_DOCS=1 and read the change"
    )


def test_no_task_asks_for_more_than_a_fifth_of_what_it_stores(ground: Ground) -> None:
    for task in TASKS:
        found = count(task, ground)
        assert found.given.count <= 4, task.name
        assert found.stored is None or found.given.count <= found.stored / 5, task.name


def test_what_the_app_knows_is_not_counted_as_given() -> None:
    told = given(
        VisitIn,
        {"visit": str(uuid4()), "person": str(uuid4()), "outcome": "met", "words": "x", "topics": ["house"],
         "case": {"text": "y", "category": "0101", "address": ""}, "visited_at": "2026-11-23T09:00:00Z"},
        CARRIED,
    )  # fmt: skip

    assert told.words == ("words", "case.text")
    assert told.presses == ("topics",)
    assert set(told.filled) == {"visit", "person", "visited_at", "case.category"}


def test_a_field_the_schema_does_not_have_is_an_error() -> None:
    class Shape(BaseModel):
        note: str = ""

    with pytest.raises(KeyError):
        given(Shape, {"words": "x"})


def test_columns_are_counted_once_each_and_the_act_is_undone(cast: Cast) -> None:
    def act() -> None:
        for name in ("甲", "乙"):
            make_person(name)
        Person.objects.update(sex="m")

    number = stored(act)

    assert number == len(Person._meta.concrete_fields) - 1  # all but the id, which the database makes
    assert not Person.objects.exists()
