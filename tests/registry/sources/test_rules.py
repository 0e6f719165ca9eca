"""Whose value holds, and what a request weighs, case by case."""

from datetime import UTC, date, datetime

import pytest

from lianxin.registry.sources.rules import Effort, Held, Offered, Outcome, decide, owns, same, shared

MARCH, MAY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "offered", "outcome"),
    [
        # The owner overwrites what others said, whenever that was,
        (Held("甲", MAY), Offered("乙", MARCH, by_owner=True), Outcome.APPLIED),
        (Held("甲", MARCH, by_owner=True), Offered("乙", MAY, by_owner=True), Outcome.APPLIED),
        # also with nothing,
        (Held("甲", MARCH), Offered("", MAY, by_owner=True), Outcome.APPLIED),
        # but not with something older than its own last word.
        (Held("甲", MAY, by_owner=True), Offered("乙", MARCH, by_owner=True), Outcome.OLDER),
        # Who does not own the field fills what is empty and replaces what is older,
        (Held(None, MAY), Offered("乙", MARCH), Outcome.APPLIED),
        (Held(" ", MAY, by_owner=True), Offered("乙", MARCH), Outcome.APPLIED),
        (Held("甲", None), Offered("乙", MARCH), Outcome.APPLIED),
        (Held("甲", MARCH), Offered("乙", MAY), Outcome.APPLIED),
        # contradicts what the owner said or what is younger,
        (Held("甲", MARCH, by_owner=True), Offered("乙", MAY), Outcome.CONFLICT),
        (Held("甲", MAY), Offered("乙", MARCH), Outcome.CONFLICT),
        # and says nothing by leaving it empty.
        (Held("甲", MARCH), Offered(None, MAY), Outcome.SAME),
        # The same is the same, however it is written.
        (Held("13800001234", MARCH, by_owner=True), Offered("138 0000 1234", MAY), Outcome.SAME),
        (Held("11010519491231002x", MAY), Offered("11010519491231002X", MARCH), Outcome.SAME),
        (Held(None, None), Offered("", MAY), Outcome.SAME),
    ],
)
def test_one_rule_decides_what_becomes_of_a_value(held: Held, offered: Offered, outcome: Outcome) -> None:
    assert decide(held, offered) is outcome


def test_same_looks_past_blanks_and_letters_only() -> None:
    assert same("和平小区 3幢", "和平小区3幢")
    assert not same("和平小区3幢", "和平小区4幢")


@pytest.mark.parametrize(
    ("owners", "speaks", "is_owner"),
    [
        (frozenset({7, 8}), 8, True),
        (frozenset({7, 8}), 9, False),
        (frozenset({7, 8}), None, False),
        (frozenset(), None, True),
        (frozenset(), 9, False),
    ],
)
def test_a_field_of_the_community_is_owned_by_who_serves_there(
    owners: frozenset[int], speaks: int | None, *, is_owner: bool
) -> None:
    assert owns(owners, speaks) is is_owner


def test_a_single_round_is_spread_over_its_weeks_a_returning_one_counts_each_round() -> None:
    once = Effort(5, 84, None, date(2026, 11, 2), date(2026, 11, 22))
    monthly = Effort(5, 84, 28, date(2026, 11, 2), date(2027, 10, 31))

    assert (once.weeks, once.minutes_a_week) == (3, 140)
    assert monthly.minutes_a_week == 105
    assert once.runs_on(date(2026, 11, 22))
    assert not once.runs_on(date(2026, 11, 23))


def test_a_round_longer_than_the_request_is_done_once() -> None:
    yearly = Effort(10, 7, 365, date(2026, 11, 2), date(2026, 11, 8))

    assert yearly.minutes_a_week == 70


def test_a_load_falls_on_grids_by_their_households_where_all_are_known() -> None:
    assert shared(90, {1: 100, 2: 200}) == {1: 30, 2: 60}
    assert shared(90, {1: 100, 2: None}) == {1: 45, 2: 45}
    assert shared(90, {}) == {}
