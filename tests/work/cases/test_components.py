"""A case stands on a component: its keeper leads, its state follows the case, and a second report finds the first."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import GRID_111, GRID_112, MINUTE, NOW, Desk, configure
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.journal.models import Entry
from lianxin.registry.components import actions as components
from lianxin.registry.components.classes import ClassRow
from lianxin.registry.components.models import AMISS, Component, State
from lianxin.work.cases import actions as cases
from lianxin.work.cases import queries
from lianxin.work.cases.actions import Report
from lianxin.work.cases.keeping import claim_of
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries.trace import entries_of
from lianxin.work.cases.replay import differences
from lianxin.work.cases.settings import flow_settings
from standing_on import COVER, make_classes, make_component

LATER = NOW + timedelta(hours=1)


def state_of(component: Component) -> str:
    """Return how it stands now."""
    return Component.objects.get(pk=component.pk).state


def on(desk: Desk, component: Component, text: str = "窨井盖没了，很危险", **more: object) -> Case:
    """Report about a component."""
    told = Report(text=text, component=component.key, **more)  # type: ignore[arg-type]
    return cases.report(desk.cast.resident, client_id=uuid4(), report=told, at=NOW)


def verified(desk: Desk, case: Case, **more: str) -> Case:
    """Carry a reported case to its verification."""
    who = desk.cast
    case = cases.file(who.seat, case=case, seen=None, at=LATER, filing=desk.filing("020301"))
    case = cases.dispatch(who.seat, case=case, seen=None, at=LATER, lead=desk.unit("cgj"))
    case = cases.accept(who.handler, case=case, seen=None, at=LATER)
    case = cases.handle(who.handler, case=case, seen=None, at=LATER, note="换了新盖")
    return cases.verify(who.verifier, case=case, seen=None, at=LATER, **more)  # type: ignore[arg-type]


def test_a_report_by_number_knows_place_address_and_keeper(desk: Desk) -> None:
    make_classes([ClassRow(COVER, "公用设施", "污水井盖", category="020301")])
    units = desk.cast.county.units
    cover = make_component(
        GRID_111, address="东苑路 8 号门前", managing_unit_id=units["zjj"].id, maintaining_unit_id=units["paishui"].id
    )  # fmt: skip
    case = on(desk, cover, "这个坏了", component_state="missing")
    assert (case.point, case.address, case.grid_id) == (cover.point, cover.address, cover.grid_id)
    best = (case.proposal or {})["choices"][0]
    assert best["code"] == "020301"
    assert best["unit"]["lead"] == units["paishui"].name
    assert best["unit"]["why"].startswith("部件养护单位：")
    assert state_of(cover) == State.MISSING
    turned = Entry.objects.get(subject_kind="component", subject_id=cover.pk, action="state")
    assert (turned.after["case"], turned.source, turned.target) == (case.number, "intact", "missing")


@pytest.mark.parametrize(
    ("kept_by", "leads", "why"),
    [
        (
            {"managing_unit_id": "zjj", "owning_unit_id": "jiaojing", "maintaining_unit_id": "paishui"},
            "paishui",
            "养护",
        ),
        ({"managing_unit_id": "zjj", "owning_unit_id": "jiaojing"}, "jiaojing", "权属"),
        ({"managing_unit_id": "zjj"}, "zjj", "主管"),
        ({}, "cgj", "权责清单"),
    ],
)
def test_who_maintains_leads_else_who_owns_else_who_manages(
    desk: Desk, kept_by: dict[str, str], leads: str, why: str
) -> None:
    units = desk.cast.county.units
    keepers: Any = {name: units[code].id for name, code in kept_by.items()}
    cover = make_component(GRID_111, **keepers)
    unit = (on(desk, cover, "门口垃圾没人扫").proposal or {})["choices"][0]["unit"]
    assert unit["lead"] == units[leads].name
    assert why in unit["why"]


def test_when_sure_the_platform_sends_it_to_the_keeper(desk: Desk) -> None:
    make_classes([ClassRow(COVER, "公用设施", "污水井盖", category="020301")])
    units = desk.cast.county.units
    configure(auto_file={"mode": "on", "confidence": 0.0}, auto_dispatch={"mode": "on", "confidence": 0.0})
    cover = make_component(GRID_111, maintaining_unit_id=units["paishui"].id)
    case = on(desk, cover, "盖子松动，车一过就响")
    assert case.lead_unit_id == units["paishui"].id


def test_verified_it_is_intact_and_the_journal_names_the_case(desk: Desk) -> None:
    cover = make_component(GRID_111)
    case = verified(desk, on(desk, cover))
    assert state_of(cover) == State.INTACT
    told = Entry.objects.filter(subject_kind="component", subject_id=cover.pk, action="state").order_by("id")
    assert [(each.target, each.after["case"]) for each in told] == [
        ("damaged", case.number), ("intact", case.number)
    ]  # fmt: skip
    assert not list(differences(case, entries_of(case)))


def test_the_verifier_may_have_found_it_otherwise_and_the_seat_too(desk: Desk) -> None:
    cover = make_component(GRID_111)
    case = verified(desk, on(desk, cover), component_state="disused")
    assert state_of(cover) == State.DISUSED
    cases.close(desk.cast.seat, case=case, seen=None, at=LATER, component_state="removed")
    assert state_of(cover) == State.REMOVED


def test_a_case_without_a_component_has_no_state_to_choose(desk: Desk) -> None:
    case = desk.handled()
    with pytest.raises(Invalid) as told:
        cases.verify(desk.cast.verifier, case=case, seen=None, at=LATER, component_state="intact")
    assert "component_state" in told.value.fields


def test_ended_by_force_somebody_must_say_how_it_is(desk: Desk) -> None:
    cover = make_component(GRID_111)
    case = on(desk, cover)
    end = {"case": case, "seen": None, "at": LATER, "reason": "impossible", "note": "地块将拆迁"}
    with pytest.raises(Invalid):
        cases.force_close(desk.cast.supervisor, **end)  # type: ignore[arg-type]
    cases.force_close(desk.cast.supervisor, **end, component_state="damaged")  # type: ignore[arg-type]
    assert state_of(cover) == State.DAMAGED


@pytest.mark.parametrize("was", ["intact", "occupied"])
@pytest.mark.parametrize("how", ["void", "decline", "withdraw", "detach"])
def test_what_comes_to_nothing_takes_the_state_back(desk: Desk, how: str, was: str) -> None:
    cover = make_component(GRID_111, state=was)
    case = on(desk, cover, component_state="missing")
    assert state_of(cover) == State.MISSING
    ends: dict[str, Callable[[], Case]] = {
        "void": lambda: cases.void(
            desk.cast.supervisor, case=case, seen=None, at=LATER, reason="test", note="演练"
        ),
        "decline": lambda: cases.decline(desk.cast.seat, case=case, seen=None, at=LATER, reason="out_of_scope"),
        "withdraw": lambda: cases.withdraw(desk.cast.resident, case=case, at=LATER),
        "detach": lambda: cases.amend(desk.cast.seat, case=case, seen=None, at=LATER, detach=True),
    }  # fmt: skip
    ends[how]()
    assert state_of(cover) == was


def test_what_somebody_saw_meanwhile_is_not_taken_back(desk: Desk) -> None:
    cover = make_component(GRID_111)
    case = on(desk, cover, component_state="missing")
    components.check(SYSTEM, key=uuid4(), component=cover, state="damaged", at=NOW + MINUTE)
    cases.void(desk.cast.supervisor, case=case, seen=None, at=LATER, reason="test", note="演练")
    assert state_of(cover) == State.DAMAGED


def test_a_merged_report_hands_its_component_on(desk: Desk) -> None:
    cover, plain = make_component(GRID_111), desk.reported(text="路上少了个盖子")
    case = on(desk, cover, component_state="missing")
    cases.merge(desk.cast.seat, case=case, seen=None, at=LATER, into=plain)
    plain.refresh_from_db()
    assert (plain.component_id, state_of(cover)) == (cover.pk, State.MISSING)
    verified(desk, plain)
    assert state_of(cover) == State.INTACT


def test_the_second_report_on_a_component_finds_the_first_before_all_else(desk: Desk) -> None:
    cover = make_component(GRID_111)
    first = cases.report(
        desk.cast.resident, client_id=uuid4(), at=NOW - timedelta(days=40),
        report=Report(text="井盖松了", component=cover.key),
    )  # fmt: skip
    desk.reported(text="窨井盖没了，很危险")
    second = on(desk, cover)
    found = queries.similar_to(second, flow_settings(versions.read()))
    assert found[0].case.pk == first.pk
    assert found[0].same_component
    assert not found[1].same_component


def test_unknown_and_ended_components_are_refused_in_clear_words(desk: Desk) -> None:
    cover = make_component(GRID_111)
    components.end(SYSTEM, component=cover, seen=cover.version, reason="道路改造拆除", at=NOW)
    for key, words in ((uuid4(), "没有这个部件"), (cover.key, "已注销")):
        with pytest.raises(Invalid, match=words):
            cases.report(desk.cast.resident, client_id=uuid4(), report=Report(text="坏了", component=key), at=NOW)
    with pytest.raises(Invalid):
        on(desk, make_component(GRID_112), component_state="intact")


def test_the_case_goes_on_when_its_component_is_struck_off(desk: Desk) -> None:
    cover = make_component(GRID_111)
    case = on(desk, cover)
    components.end(SYSTEM, component=Component.objects.get(pk=cover.pk), seen=2, reason="拆除", at=NOW + MINUTE)
    assert verified(desk, case).stage == "verified"
    assert state_of(cover) == State.DAMAGED


def test_who_sees_a_component_sees_only_own_cases_of_it(desk: Desk) -> None:
    cover = make_component(GRID_111)
    case = on(desk, cover)
    assert [each.pk for each in queries.component_cases(desk.cast.seat, cover)] == [case.pk]
    assert not queries.component_cases(desk.cast.grid_worker_next_door, cover)
    assert queries.open_counts([cover.pk]) == {cover.pk: 1}


class Course:
    """Random people do random things to a few cases on two components."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.dice = desk, Random(seed)
        self.things = [make_component(GRID_111, state="occupied"), make_component(GRID_112)]
        # What a person said last of each, and what cases have said since.
        self.said = {each.pk: each.state for each in self.things}
        self.ids: list[int] = []
        self.now = NOW

    def live(self) -> None:
        """Do one thing; what is refused changes nothing."""
        self.now += MINUTE
        act = self.dice.choice([self.report, self.report, *[self.step] * 12, self.look])
        with transaction.atomic():
            before = {each.pk: state_of(each) for each in self.things}
            try:
                with transaction.atomic():
                    act()
            except LianxinError:
                assert {each.pk: state_of(each) for each in self.things} == before
        self.hold()

    def report(self) -> None:
        """Somebody reports, mostly about one of the two."""
        thing = self.dice.choice([*self.things, None])
        told = Report(
            text="盖子坏了", component=thing.key if thing else None, point=None if thing else GRID_111,
            component_state=self.dice.choice(["", "damaged", "missing", "occupied"]),
        )  # fmt: skip
        self.ids.append(cases.report(self.desk.cast.resident, client_id=uuid4(), report=told, at=self.now).pk)

    def look(self) -> None:
        """A worker checks a component on the spot."""
        thing, state = self.dice.choice(self.things), self.dice.choice(State.values)
        components.check(SYSTEM, key=uuid4(), component=thing, state=state, at=self.now)
        self.said[thing.pk] = state

    def step(self) -> None:
        """Somebody takes some step on some case."""
        if not self.ids:
            return
        case = Case.objects.get(pk=self.dice.choice(self.ids))
        who = self.desk.cast
        told: Any = {"case": case, "seen": None, "at": self.now}
        seen = self.dice.choice(["", "", "intact", "damaged", "removed"])
        other = Case.objects.get(pk=self.dice.choice(self.ids))
        usual: dict[str, Callable[[], object]] = {
            "reported": lambda: cases.file(who.seat, **told, filing=self.desk.filing("020301")),
            "filed": lambda: cases.dispatch(who.seat, **told, lead=self.desk.unit("cgj")),
            "dispatched": lambda: cases.accept(who.handler, **told),
            "handling": lambda: cases.handle(who.handler, **told, note="好了"),
            "handled": lambda: cases.verify(who.verifier, **told, component_state=seen),
            "verified": lambda: cases.close(who.seat, **told, component_state=seen),
            "closed": lambda: cases.reopen(who.seat, **told, note="又坏了"),
            "merged": lambda: cases.unmerge(who.seat, **told),
        }  # fmt: skip
        thing = self.dice.choice(self.things)
        seldom: list[Callable[[], object]] = [
            lambda: cases.void(who.supervisor, **told, reason="test", note="演练"),
            lambda: cases.decline(who.seat, **told, reason="out_of_scope"),
            lambda: cases.withdraw(who.resident, case=case, at=self.now),
            lambda: cases.merge(who.seat, **told, into=other),
            lambda: cases.amend(who.seat, **told, detach=True),
            lambda: cases.amend(who.seat, **told, component=thing.key, component_state=self.dice.choice(AMISS)),
            lambda: cases.rework(who.verifier, **told, note="没好"),
            lambda: cases.force_close(
                who.supervisor, **told, reason="impossible", note="无法", component_state=seen
            ),
            lambda: cases.split(
                who.seat, **told, parts=[("一", self.desk.filing("020301")), ("二", self.desk.filing("020301"))]
            ),
        ]  # fmt: skip
        claimed = self._claims()
        act = usual[case.stage] if self.dice.random() < 0.7 and case.stage in usual else self.dice.choice(seldom)
        was = case.stage
        act()
        for pk, thing_id in claimed.items() - self._claims().items():
            ended = Case.objects.get(pk=pk)
            if ended.stage in {"verified", "closed"} and ended.component_id == thing_id:
                self.said[thing_id] = (seen if pk == case.pk else "") or "intact"
        case.refresh_from_db()
        if seen and was == "verified" and case.stage == "closed" and case.component_id is not None:
            self.said[case.component_id] = seen

    def _claims(self) -> dict[int, int]:
        standing = Case.objects.filter(pk__in=self.ids)
        return {each.pk: claim.component_id for each in standing if (claim := claim_of(each)) is not None}

    def hold(self) -> None:
        """The law at rest."""
        for thing in self.things:
            state = state_of(thing)
            standing = Case.objects.filter(component=thing)
            claims = {claim.state for each in standing if (claim := claim_of(each)) is not None}
            assert state in {self.said[thing.pk], *claims}, (thing.number, state, claims, self.said)
            turns = Entry.objects.filter(subject_kind="component", subject_id=thing.pk, action="state")
            assert all(each.after.get("case") for each in turns)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_no_component_stays_damaged_by_a_case_that_is_over(desk: Desk, seed: int) -> None:
    with transaction.atomic():
        course = Course(desk, seed)
        for _turn in range(40):
            course.live()
        for pk in course.ids:
            case = Case.objects.get(pk=pk)
            assert not list(differences(case, entries_of(case)))
        transaction.set_rollback(True)
