"""Codes check what people type: the published vectors, and every single slip of the finger."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.registry.places.codes import (
    is_credit_code,
    is_organisation_code,
    is_place_code,
    organisation_check,
    place_code,
    tidy_credit_code,
)

GOOD = ("91350100M000100Y43", "9144030071526726XG", "91110000802100433B")


@pytest.mark.parametrize("code", GOOD)
def test_real_codes_pass_and_hold_an_organisation_code(code: str) -> None:
    assert is_credit_code(code)
    assert is_organisation_code(code[8:17])


def test_a_published_wrong_code_and_wrong_shapes_are_refused() -> None:
    assert not is_credit_code("911100001011005739")
    assert not is_credit_code("")
    assert not is_credit_code("9144030071526726X")
    assert not is_credit_code("9144030071526726Xg")
    assert not is_credit_code("I1440300715267260G")


@given(st.sampled_from(GOOD), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_any_other_character_anywhere_breaks_a_code(code: str, place: int, char: str) -> None:
    changed = code[:place] + char + code[place + 1 :]

    assert is_credit_code(changed) is (changed == code)


def test_blanks_widths_and_case_are_tidied() -> None:
    assert tidy_credit_code(" 9144 0300-71526726xｇ ") == "9144030071526726XG"


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8))
def test_an_organisation_code_ends_with_its_check(stem: str) -> None:
    check = organisation_check(stem)

    assert is_organisation_code(stem + check)
    assert is_organisation_code(f"{stem}-{check}")
    assert not is_organisation_code(stem + ("1" if check != "1" else "2"))


@given(st.sampled_from(["estate", "building", "dwelling", "establishment"]), st.integers(1, 99_999_999), st.data())
def test_a_slip_in_a_places_code_is_found(kind: str, number: int, data: st.DataObject) -> None:
    code = place_code(kind, "340881", number)  # type: ignore[arg-type]
    place = data.draw(st.integers(1, len(code) - 1))
    digit = data.draw(st.sampled_from([char for char in "0123456789" if char != code[place]]))

    assert is_place_code(code)
    assert not is_place_code(code[:place] + digit + code[place + 1 :])


def test_codes_of_places_differ_by_kind_and_number() -> None:
    kinds: tuple[Literal["estate", "building", "dwelling"], ...] = ("estate", "building", "dwelling")
    codes = {place_code(kind, "340881", number) for kind in kinds for number in range(50)}

    assert len(codes) == 150
