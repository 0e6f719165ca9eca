import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel import numbers

KEY = bytes(range(32))
DAY = date(2026, 11, 21)


def test_every_sequence_of_a_day_has_its_own_number() -> None:
    # With the inverse below this is a bijection; a tenth of the domain shows the set itself.
    drawn = {numbers.permute(value, KEY, "340881-20261121") for value in range(100_000)}

    assert len(drawn) == 100_000
    assert min(drawn) < 100
    assert max(drawn) > 999_900


@given(st.integers(0, 999_999), st.binary(min_size=16, max_size=64), st.text(max_size=20))
def test_a_permutation_can_be_undone(value: int, key: bytes, context: str) -> None:
    turned = numbers.permute(value, key, context)

    assert 0 <= turned < 1_000_000
    assert numbers.restore(turned, key, context) == value


def test_a_number_names_division_and_day() -> None:
    number = numbers.case_number("340881", DAY, 7, KEY)

    assert number[:16] == "340881-20261121-"
    assert len(number) == 22
    assert number[16:].isdigit()


def test_neighbours_tell_nothing_of_each_other() -> None:
    drawn = [int(numbers.case_number("340881", DAY, value, KEY)[16:]) for value in range(4000)]
    steps = {(after - before) % 1_000_000 for before, after in pairwise(drawn)}

    assert len(steps) > 3900
    assert 480_000 < sum(drawn) / len(drawn) < 520_000


def test_other_days_divisions_and_keys_draw_other_numbers() -> None:
    base = [numbers.case_number("340881", DAY, value, KEY)[16:] for value in range(50)]

    assert base != [numbers.case_number("340881", date(2026, 11, 22), value, KEY)[16:] for value in range(50)]
    assert base != [numbers.case_number("140623", DAY, value, KEY)[16:] for value in range(50)]
    assert base != [numbers.case_number("340881", DAY, value, KEY[::-1])[16:] for value in range(50)]


def test_a_running_sequence_wraps_after_a_million() -> None:
    assert numbers.case_number("340881", DAY, 1_000_005, KEY) == numbers.case_number("340881", DAY, 5, KEY)


def test_wrong_input_is_a_bug() -> None:
    with pytest.raises(ValueError, match="within"):
        numbers.permute(1_000_000, KEY, "x")
    with pytest.raises(ValueError, match="bytes"):
        numbers.permute(1, b"short", "x")
    with pytest.raises(ValueError, match="counts"):
        numbers.case_number("340881", DAY, -1, KEY)


def test_a_number_costs_little() -> None:
    begun = time.perf_counter()
    for value in range(10_000):
        numbers.case_number("340881", DAY, value, KEY)

    assert (time.perf_counter() - begun) / 10_000 < 100e-6  # about 8 µs on an idle core
