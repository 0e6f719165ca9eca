"""What may be told of small counts, and of which age somebody is."""

from datetime import date

import pytest

from lianxin.insight.portraits import measures, rules


@pytest.mark.parametrize(
    ("counts", "left_out"),
    [
        ({"a": 0, "b": 12, "c": 30}, set()),
        ({"a": 3, "b": 12, "c": 30}, {"a", "b"}),  # with the sum told, three would be what is missing
        ({"a": 3, "b": 4, "c": 30}, {"a", "b"}),
        ({"a": 3, "b": 0, "c": 0}, {"a"}),  # nothing else to leave out
        ({"a": 4}, {"a"}),
    ],
)
def test_one_small_count_takes_the_next_with_it(counts: dict[str, int], left_out: set[str]) -> None:
    assert rules.hidden(counts) == left_out


def test_without_the_sum_only_the_small_ones_are_left_out() -> None:
    assert rules.hidden({"a": 3, "b": 12}, total_is_told=False) == {"a"}


@pytest.mark.parametrize(
    ("count", "has_purpose", "told"),
    [(4, False, None), (4, True, 4), (5, False, 5), (0, False, 0), (1, False, None)],
)
def test_a_count_alone(count: int, *, has_purpose: bool, told: int | None) -> None:
    assert rules.tell(count, has_purpose=has_purpose) == told


def test_bands_begin_on_the_birthday() -> None:
    day = date(2026, 11, 22)

    assert measures.births(day)[0] == date(1946, 11, 22)  # eighty today
    assert measures.born_between("70", day) == (date(1946, 11, 23), date(1956, 11, 22))
    assert measures.born_between("0", day) == (date(2019, 11, 23), None)
    assert measures.born_between("80", day) == (None, date(1946, 11, 22))


def test_the_29th_of_february_has_a_day_in_every_year() -> None:
    assert date(2021, 2, 28) in measures.births(date(2028, 2, 29))
