"""Who is offered which step: one table, and everyone else is not."""

from collections.abc import Callable

import pytest

from casework import MINUTE, NOW, Desk
from lianxin.kernel import versions
from lianxin.kernel.errors import NotAllowed
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import case_page, find

RESIDENT, WORKER, CLERK, STREET, SEAT = {"resident"}, {"grid_worker"}, {"community_clerk"}, {"street_seat"}, {"seat"}
SUPERVISOR, HANDLER, VERIFIER, LEADER = {"supervisor"}, {"handler"}, {"verifier"}, {"leader"}
DESKS = CLERK | STREET | SEAT


def _asked(desk: Desk) -> Case:
    return cases.ask_suspension(
        desk.cast.handler,
        case=desk.handling(),
        seen=None,
        at=NOW + 5 * MINUTE,
        note="等资金",
        review_at=NOW + 9000 * MINUTE,
    )


def _paused(desk: Desk) -> Case:
    return cases.approve(desk.cast.supervisor, case=_asked(desk), seen=None, at=NOW + 6 * MINUTE)


def _whistled(desk: Desk) -> Case:
    unit = desk.cast.county.units["jiaojing"].id
    return cases.whistle(
        desk.cast.street_seat, case=desk.filed(), seen=None, at=NOW + 5 * MINUTE, units=[unit], note="来"
    )


def _consulted(desk: Desk) -> Case:
    return cases.consult(desk.cast.street_seat, case=_whistled(desk), seen=None, at=NOW + 6 * MINUTE, note="议定")


def _returned_thrice(desk: Desk) -> Case:
    case = desk.dispatched()
    for count in range(3):
        at = NOW + (5 + count) * MINUTE
        cases.give_back(desk.cast.handler, case=case, seen=None, at=at, reason="not_ours", note="不归我们管")
        if count < 2:
            cases.dispatch(desk.cast.seat, case=case, seen=None, at=at, lead=desk.unit("cgj"))
    return case


def _checked(desk: Desk) -> Case:
    return cases.check(desk.cast.seat, case=desk.reported(), seen=None, at=NOW + MINUTE)


def _supervised(desk: Desk) -> Case:
    return cases.supervise(desk.cast.leader, case=desk.handling(), seen=None, at=NOW + 5 * MINUTE, note="抓紧")


def _stage(name: str, **more: str) -> Callable[[Desk], Case]:
    return lambda desk: desk.at_stage(name, **more)


# The case is the resident's, in grid 111, held by the city and, once dispatched, led by 市城管局.
TABLE: list[tuple[str, Callable[[Desk], Case], set[str]]] = [
    ("place", _stage("reported"), SEAT),
    ("check", _stage("reported"), SEAT | VERIFIER),
    ("report_check", _checked, WORKER | DESKS | VERIFIER),
    ("answer", _stage("reported", kind="enquiry"), SEAT),
    ("answer", _stage("reported", kind="hazard"), set()),
    ("resolve_on_spot", _stage("reported"), WORKER | DESKS),
    ("file", _stage("reported"), SEAT),
    ("decline", _stage("reported"), SEAT),
    ("refer", _stage("filed"), SEAT),
    ("dispatch", _stage("filed"), SEAT),
    ("dispatch", _returned_thrice, set()),
    ("rule", _stage("filed"), set()),
    ("rule", _returned_thrice, SUPERVISOR),
    ("accept", _stage("dispatched"), HANDLER),
    ("accept", _stage("handling"), set()),
    ("contact", _stage("dispatched"), HANDLER),
    ("assign", _stage("handling"), HANDLER),
    ("progress", _stage("handling"), HANDLER),
    ("handle", _stage("handling"), HANDLER),
    ("handle", _paused, set()),
    ("ask_extension", _stage("handling"), HANDLER),
    ("ask_postponement", _stage("handling"), HANDLER),
    ("ask_suspension", _asked, set()),
    ("approve", _asked, SUPERVISOR),
    ("approve", _stage("handling"), set()),
    ("refuse", _asked, SUPERVISOR),
    ("forward", _asked, SUPERVISOR),
    ("forward", _stage("handling"), set()),
    ("resume", _paused, SUPERVISOR),
    ("return", _stage("handling"), HANDLER),
    ("recall", _stage("dispatched"), SEAT),
    ("add_assist", _stage("handling"), SEAT),
    ("verify", _stage("handled"), VERIFIER),
    ("rework", _stage("handled"), VERIFIER),
    ("close", _stage("verified"), STREET | SEAT),
    ("merge", _stage("handling"), DESKS),
    ("unmerge", _stage("merged"), DESKS),
    ("split", _stage("dispatched"), SEAT),
    ("amend", _stage("verified"), SEAT),
    ("escalate", _stage("filed"), set()),
    ("delegate", _stage("filed"), SEAT),
    ("whistle", _stage("filed"), DESKS),
    ("report_in", _whistled, {"handler_next_door"}),
    ("consult", _whistled, STREET),
    ("nudge", _whistled, STREET),
    ("nudge", _consulted, set()),
    ("consult", _stage("filed"), set()),
    ("rate", _consulted, STREET),
    ("rate", _stage("closed"), set()),
    ("supervise", _stage("reported"), SUPERVISOR | LEADER),
    ("answer_supervision", _supervised, {*DESKS, "grid_worker", "supervisor", "handler", "verifier", "leader"}),
    ("hand_over", _stage("handled"), SUPERVISOR | LEADER),
    ("force_close", _stage("handling"), SUPERVISOR),
    ("void", _stage("filed"), SUPERVISOR),
    ("call_back", _stage("handled"), DESKS),
    ("reopen", _stage("closed"), RESIDENT | DESKS | SUPERVISOR),
    ("appeal", _stage("declined"), RESIDENT),
    ("add", _stage("handling"), RESIDENT),
    ("urge", _stage("reported"), RESIDENT),
    ("thank", _stage("closed"), RESIDENT),
    ("withdraw", _stage("filed"), RESIDENT),
    ("evaluate", _stage("closed"), RESIDENT),
    ("annotate", _stage("handling"), {*DESKS, "grid_worker", "supervisor", "handler", "verifier", "leader"}),
    ("reply", _stage("handling"), DESKS),
]
SEES = {
    "resident", "grid_worker", "community_clerk", "street_seat", "seat", "supervisor", "handler", "verifier", "leader",
}  # fmt: skip


@pytest.mark.parametrize(("name", "make", "allowed"), TABLE, ids=[f"{row[0]}-{i}" for i, row in enumerate(TABLE)])
def test_a_step_is_offered_to_those_it_belongs_to_and_to_nobody_else(
    desk: Desk, name: str, make: Callable[[Desk], Case], allowed: set[str]
) -> None:
    case = Case.objects.get(pk=make(desk).pk)
    numbers = dict(versions.read())

    offered = {
        who
        for who in desk.cast.__dataclass_fields__
        if who != "county"
        for step in case_page(getattr(desk.cast, who), case, at=NOW + 20 * MINUTE, numbers=numbers).steps
        if step.name == name
    }

    assert offered == allowed


def test_the_table_of_who_knows_every_step() -> None:
    from lianxin.work.cases.rules import FLOW

    assert {name for name, _make, _allowed in TABLE} == set(FLOW.names())


@pytest.mark.parametrize("who", ["grid_worker_next_door", "assist_handler", "handler_next_door", "admin", "auditor"])
def test_who_may_not_see_a_case_may_not_act_on_it(desk: Desk, who: str) -> None:
    case, actor = desk.handling(), getattr(desk.cast, who)

    with pytest.raises(NotAllowed) as told:
        cases.annotate(actor, case=case, seen=case.version, at=NOW + 9 * MINUTE, note="看看")

    assert told.value.rule == "not_yours"
    assert not Case.objects.visible_to(actor).filter(pk=case.pk).exists()


@pytest.mark.parametrize("who", sorted(SEES))
def test_those_concerned_see_a_case(desk: Desk, who: str) -> None:
    case = desk.handling()

    assert find(getattr(desk.cast, who), case.number).pk == case.pk
