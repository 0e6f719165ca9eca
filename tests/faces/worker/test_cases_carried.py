"""What a phone carries of cases: what to do with each, what must be so at its end, and what is open around."""

from datetime import timedelta

import pytest

from casework import NOW, Desk, make_desk
from cast import Cast
from lianxin.faces.sync.packs.cases import CasesPackOut
from lianxin.faces.sync.packs.cases import cases as carried
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import FilingStandard

AT = NOW + timedelta(hours=1)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The cast with categories and standards."""
    return make_desk(cast)


def _pack(actor: Actor) -> CasesPackOut:
    pack = carried(actor, at=AT, numbers=versions.read())
    assert isinstance(pack, CasesPackOut)
    return pack


def test_an_open_case_of_the_grid_is_known_to_its_worker_alone(cast, desk):
    case = desk.dispatched(text="小区门口堆了装修垃圾。")

    around = {each.number: each for each in _pack(cast.grid_worker).nearby}

    assert around[case.number].category == "010101"
    assert case.number not in {each.number for each in _pack(cast.grid_worker_next_door).nearby}
    assert _pack(cast.seat).nearby == []


def test_an_ended_case_is_no_longer_around(cast, desk):
    case = desk.closed()

    assert case.number not in {each.number for each in _pack(cast.grid_worker).nearby}


def test_who_verifies_reads_what_must_be_so_and_by_when(cast, desk):
    FilingStandard.objects.update(closing_condition="垃圾清净，地面没有残留污渍")
    case = desk.handled()

    [item] = [each for each in _pack(cast.verifier).items if each.number == case.number]

    assert (item.task, item.closing) == ("verify", "垃圾清净，地面没有残留污渍")
    assert {act.name for act in item.acts} >= {"verify", "rework"}
    assert item.due_at is not None
    assert item.limit == "4 工作时"


def test_who_put_it_right_is_not_asked_to_verify_it(cast, desk):
    case = desk.reported(actor=cast.grid_worker, channel="worker")
    cases.resolve_on_spot(
        cast.grid_worker, case=case, seen=None, at=AT, note="已清走。", category_id=desk.categories["010101"].pk
    )

    pack = _pack(cast.grid_worker)

    assert case.number not in {each.number for each in pack.items}
    assert case.number in {each.number for each in pack.mine}
