"""Components: numbers given once, states with their history, who may do what where, nothing erased."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.ids import uuid7
from lianxin.kernel.journal.models import Entry
from lianxin.registry.components import actions as components
from lianxin.registry.components import codes, queries, telling
from lianxin.registry.components.inputs import ComponentIn
from lianxin.registry.components.models import Component, State
from lianxin.registry.sources.models import Revision
from racing import at_once

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
IN_111, IN_112, IN_211 = Point(117.01, 31.01), Point(117.03, 31.01), Point(117.05, 31.01)


@pytest.fixture
def lamps(cast):
    """The classes, published; returns the cast."""
    components.publish_classes(SYSTEM, [], at=AT)
    return cast


def _lamp(actor: Actor, *, at: datetime = AT, key: UUID | None = None, **more: Any) -> Component:
    told = ComponentIn(**{"category": "0137", "point": IN_111, "name": "文昌路 1 号灯", **more})
    return components.register(actor, key=key or uuid7(), told=told, at=at)


def test_a_number_is_county_class_and_the_next_of_its_class(lamps):
    first, second = _lamp(lamps.grid_worker), _lamp(lamps.grid_worker)
    cover = _lamp(lamps.grid_worker, category="0102", name="")

    assert (first.number, second.number) == ("3408810137000001", "3408810137000002")
    assert (cover.number, cover.name) == ("3408810102000001", "污水井盖")


def test_a_number_brought_is_kept_and_never_given_again(lamps):
    kept = _lamp(lamps.grid_worker, number="３４０８８１-0137-000005")

    assert kept.number == "3408810137000005"
    assert _lamp(lamps.grid_worker).number == "3408810137000006"
    with pytest.raises(Refused, match="已经登记过"):
        _lamp(lamps.grid_worker, number="3408810137000005")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("34088101370001", "14 位"),
        ("34088101370000A1", "只能是数字"),
        ("3301060137000001", "不是本地的区划代码"),
        ("3408810102000001", "不是已有的部件类别"),  # of another class than the one chosen
        ("3408810137000000", "从 000001 起"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_the_reason(lamps, number, sentence):
    with pytest.raises(Invalid, match=sentence):
        _lamp(lamps.grid_worker, number=number)


def test_when_a_brought_number_is_the_last_of_all_the_free_ones_below_are_given(lamps):
    _lamp(lamps.grid_worker, number="3408810137999999")
    _lamp(lamps.grid_worker, number="3408810137000001")

    assert _lamp(lamps.grid_worker).number == "3408810137000002"
    assert _lamp(lamps.grid_worker).number == "3408810137000003"


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_gets_a_number_of_its_own(lamps):
    made = at_once(*(lambda: _lamp(lamps.grid_worker) for _each in range(4)))

    assert sorted(one.number[-6:] for one in made) == ["000001", "000002", "000003", "000004"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_bring_the_same_number_one_is_told_no(lamps):
    made = at_once(*(lambda: _lamp(lamps.grid_worker, number="3408810137000042") for _each in range(2)))

    assert sorted(type(one).__name__ for one in made) == ["Component", "Refused"]


def test_the_same_registration_sent_again_is_the_same_component(lamps):
    key = uuid7()
    one, again = _lamp(lamps.grid_worker, key=key), _lamp(lamps.grid_worker, key=key)

    assert one.pk == again.pk
    assert Component.objects.count() == 1
    with pytest.raises(Refused, match="别的内容"):
        _lamp(lamps.grid_worker, key=key, name="另一盏")


def test_a_check_turns_the_state_once_and_moves_to_where_it_really_stands(lamps):
    lamp, key, later = _lamp(lamps.grid_worker), uuid7(), AT + timedelta(days=1)
    told: dict[str, Any] = {"key": key, "component": lamp, "state": State.DAMAGED, "note": "灯罩碎了", "at": later}
    near = Point(117.0105, 31.01)

    checked = components.check(lamps.grid_worker, point=near, **told)
    again = components.check(lamps.grid_worker, point=near, **told)

    assert (checked.state, checked.state_since, checked.checked_at) == ("damaged", later, later)
    assert (again.version, again.point) == (checked.version, near)
    line = telling.history(lamp.pk)[0]
    assert (line.act, line.was, line.state, line.note) == ("check", "intact", "damaged", "灯罩碎了")
    assert line.is_turn


def test_a_case_turns_the_state_and_is_named_in_the_history(lamps):
    lamp = _lamp(lamps.grid_worker)
    components.set_state(SYSTEM, component=lamp, state=State.DAMAGED, at=AT, case_number="340881-20261120-000001")
    components.set_state(SYSTEM, component=lamp, state=State.DAMAGED, at=AT, case_number="340881-20261120-000001")

    lines = telling.history(lamp.pk)
    assert [(line.act, line.case) for line in lines] == [("state", "340881-20261120-000001"), ("create", "")]


def test_an_amendment_keeps_what_stood_there_and_is_refused_to_who_saw_an_older_one(lamps):
    lamp = _lamp(lamps.grid_worker)
    told = replace(ComponentIn.of(lamp), name="文昌路 2 号灯")
    components.amend(lamps.grid_worker, component=lamp, seen=1, told=told, at=AT)

    with pytest.raises(Stale) as stale:
        components.amend(lamps.grid_worker, component=lamp, seen=1, told=told, at=AT)
    revision = Revision.objects.get(subject="component", act="amend")
    assert stale.value.changes == ["王格：修改 名称"]
    assert revision.before == '{"name": "文昌路 1 号灯"}'
    assert Entry.objects.filter(subject_kind="component", action="amend").get().after == {"fields": ["name"]}
    same = components.amend(lamps.grid_worker, component=lamp, seen=2, told=told, at=AT)
    assert same.version == 2


def test_the_class_stays_because_the_number_holds_it(lamps):
    lamp = _lamp(lamps.grid_worker)
    with pytest.raises(Invalid, match="类别写在标识码里"):
        components.amend(
            lamps.grid_worker, component=lamp, seen=1, told=replace(ComponentIn.of(lamp), category="0102"), at=AT
        )


def test_what_is_struck_off_stays_readable_and_acts_no_more(lamps):
    lamp = _lamp(lamps.grid_worker)
    with pytest.raises(Invalid, match="为什么注销"):
        components.end(lamps.grid_worker, component=lamp, seen=1, reason=" ", at=AT)
    components.end(lamps.grid_worker, component=lamp, seen=1, reason="道路改造拆除", at=AT)

    found = queries.by_number(lamps.grid_worker, lamp.number)
    assert found.valid_to == AT
    assert not Component.objects.now().exists()
    with pytest.raises(Refused, match="已经注销"):
        components.check(lamps.grid_worker, key=uuid7(), component=lamp, state="intact", at=AT)
    with pytest.raises(Refused, match="已经登记过"):
        _lamp(lamps.grid_worker, number=lamp.number)


def test_one_acts_in_ones_own_grid_only_and_elsewhere_it_is_not_there(lamps):
    lamp = _lamp(lamps.grid_worker)

    with pytest.raises(NotAllowed):
        _lamp(lamps.grid_worker, point=IN_112)
    with pytest.raises(NotFound):
        queries.component_or_404(lamps.grid_worker_next_door, lamp.key)
    with pytest.raises(NotFound):
        components.check(lamps.grid_worker_next_door, key=uuid7(), component=lamp, state="intact", at=AT)
    with pytest.raises(NotAllowed):
        components.check(lamps.seat, key=uuid7(), component=lamp, state="intact", at=AT)
    told = replace(ComponentIn.of(lamp), point=IN_112)
    with pytest.raises(NotAllowed):
        components.amend(lamps.grid_worker, component=lamp, seen=1, told=told, at=AT)
    assert components.amend(lamps.community_clerk, component=lamp, seen=1, told=told, at=AT).grid_id is not None


def test_who_maintains_it_sees_and_checks_it_wherever_it_stands(lamps):
    keeper = lamps.county.units["cgj"].id
    lamp = _lamp(lamps.community_clerk, maintaining_unit_id=keeper)
    other = _lamp(lamps.community_clerk)

    assert set(Component.objects.visible_to(lamps.handler)) == {lamp}
    assert components.check(lamps.handler, key=uuid7(), component=lamp, state="damaged", at=AT).state == "damaged"
    with pytest.raises(NotFound):
        components.check(lamps.handler, key=uuid7(), component=other, state="damaged", at=AT)


def test_all_faults_are_named_at_once(lamps):
    with pytest.raises(Invalid) as faults:
        _lamp(
            lamps.grid_worker, point=None, maintaining_unit_id=10**9, note="电话 13812345678",
            surveyed_on=(AT + timedelta(days=3)).date(), accuracy="Z",
        )  # fmt: skip

    assert set(faults.value.fields) == {"point", "maintaining_unit_id", "note", "surveyed_on", "accuracy"}
    with pytest.raises(Refused, match="不在本地范围内"):
        _lamp(SYSTEM, point=Point(100, 20))


def test_the_nearest_come_first_and_only_those_one_sees(lamps):
    near = _lamp(lamps.grid_worker, point=Point(117.01001, 31.01))
    far = _lamp(lamps.grid_worker, point=Point(117.0102, 31.01))
    _lamp(lamps.community_clerk, point=IN_112)

    found = queries.nearest(lamps.grid_worker, IN_111, 50)
    assert [one.component for one in found] == [near, far]
    assert [round(one.metres) for one in found] == [1, 19]


def test_the_table_takes_no_number_of_another_form_and_no_two_classes_of_one_code(lamps):
    lamp = _lamp(lamps.grid_worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Component.objects.filter(pk=lamp.pk).update(number="123")


def test_a_place_adds_classes_and_gives_categories_to_those_of_the_nation(lamps):
    own = components.ClassRow("0198", "公用设施", "消火栓")
    done = components.publish_classes(SYSTEM, [own, components.ClassRow("0137", "", "", "", "060201")], at=AT)
    assert (done.created, done.changed, done.ended) == (["0198"], ["0137"], [])
    hydrant = _lamp(lamps.grid_worker, category="0198")

    gone = components.publish_classes(SYSTEM, [], at=AT)
    assert (gone.changed, gone.ended) == (["0137"], ["0198"])
    with pytest.raises(Invalid, match="请选择部件类别"):
        _lamp(lamps.grid_worker, category="0198")
    assert queries.by_number(lamps.grid_worker, hydrant.number).category.name == "消火栓"
    again = components.publish_classes(SYSTEM, [], at=AT)
    assert (again.created, again.changed, again.ended) == ([], [], [])


def test_a_number_taken_apart():
    assert codes.parts("3408810137000012") == codes.Parts("340881", "0137", "000012")
    assert codes.parts("34088101370000１2") is None
