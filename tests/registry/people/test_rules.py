"""Numbers, phones, names and relations as people write them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import is_identity_number
from lianxin.registry.people import rules
from neighbours import identity

Fields = dict[str, Any]
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "kind", "number"),
    [
        ("11010519491231002x", "citizen", "11010519491231002X"),
        (" 110105 19491231 002X ", "citizen", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "citizen", "11010519491231002X"),
        ("110105491231002", "citizen", "11010519491231002X"),
        (identity(date(1990, 1, 1), 1, "810000"), "hmt", identity(date(1990, 1, 1), 1, "810000")),
        (identity(date(1990, 1, 1), 1, "830000"), "hmt", identity(date(1990, 1, 1), 1, "830000")),
        (identity(date(1990, 1, 1), 1, "911401"), "foreign", identity(date(1990, 1, 1), 1, "911401")),
        ("FRA310088090101", "foreign", "FRA310088090101"),
    ],
)
def test_an_identity_number_is_read_however_it_is_written(written: str, kind: str, number: str) -> None:
    found = rules.read_identity(written, today=TODAY)

    assert (found.kind, found.number) == (kind, number)


def test_an_old_number_says_that_it_was_written_anew() -> None:
    assert rules.read_identity("110105491231002", today=TODAY).is_upgraded
    assert not rules.read_identity("11010519491231002X", today=TODAY).is_upgraded


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        ("110105194912310021", "最后一位对不上"),
        ("1101051949123100", "现在是 16 位"),
        ("11010519491331002X", "第 7 至 14 位不是一个日期"),
        ("11010520991231002X", "出生年份不可能"),
        ("1101051949123100XX", "X 只能是最后一位"),
        ("11010519491231002张", "不该有的字符"),
    ],
)
def test_a_wrong_number_is_told_with_its_remedy_and_never_repeated(number: str, remedy: str) -> None:
    with pytest.raises(Invalid) as fault:
        rules.read_identity(number, today=TODAY)

    assert remedy in fault.value.fields["id_number"]
    assert number not in str(fault.value)


def test_a_number_of_another_kind_than_told_is_a_fault() -> None:
    with pytest.raises(Invalid, match="港澳台居民居住证"):
        rules.read_identity(identity(date(1990, 1, 1), 1, "820000"), today=TODAY, kind="citizen")

    assert rules.read_identity("e12345678", today=TODAY, kind="passport").number == "E12345678"


@given(born=st.dates(date(1900, 1, 1), date(1999, 12, 31)), order=st.integers(1, 999))
def test_every_old_number_upgrades_to_one_that_passes(born: date, order: int) -> None:
    number = rules.upgraded(f"340881{born:%y%m%d}{order:03d}")

    assert is_identity_number(number)
    assert number[8:14] == f"{born:%y%m%d}"


@given(
    born=st.dates(date(1900, 1, 1), date(2026, 1, 1)), order=st.integers(0, 999), where=st.integers(0, 16),
    other=st.integers(0, 9),
)  # fmt: skip
def test_one_wrong_digit_never_passes(born: date, order: int, where: int, other: int) -> None:
    number = identity(born, order)
    wrong = number[:where] + str(other) + number[where + 1 :]

    if wrong != number:
        with pytest.raises(Invalid):
            rules.read_identity(wrong, today=TODAY)


def test_birth_date_and_sex_follow_from_the_number() -> None:
    found = rules.checked({"name": "王秀英", "id_number": "11010519491231002X"}, today=TODAY)

    assert (found["birth_date"], found["sex"], found["id_kind"]) == (date(1949, 12, 31), "f", "citizen")


@pytest.mark.parametrize(
    ("given_fields", "held", "fault"),
    [
        ({"id_number": "11010519491231002X", "birth_date": "1949-12-30"}, {}, "birth_date"),
        ({"id_number": "11010519491231002X", "sex": "男"}, {}, "sex"),
        ({"sex": "男"}, {"id_number": "11010519491231002X", "id_kind": "citizen"}, "sex"),
        ({"birth_date": date(1950, 1, 1)}, {"id_number": "11010519491231002X", "id_kind": "citizen"}, "birth_date"),
    ],
)
def test_a_contradiction_with_the_number_is_found(given_fields: Fields, held: Fields, fault: str) -> None:
    with pytest.raises(Invalid) as told:
        rules.checked(given_fields, today=TODAY, held=held)

    assert set(told.value.fields) == {fault}


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as told:
        rules.checked({"name": "", "phone": "138000", "id_number": "123", "sex": "x"}, today=TODAY)

    assert set(told.value.fields) == {"name", "phone", "id_number", "sex"}


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("138 0000 1234", "13800001234"),
        ("+86-138-0000-1234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("(0556)6123456", "0556-6123456"),
        ("010 62345678", "010-62345678"),
        ("", ""),
    ],
)
def test_a_phone_is_read_however_it_is_written(written: str, number: str) -> None:
    assert rules.read_phone(written) == number


@pytest.mark.parametrize(
    ("written", "remedy"), [("6123456", "区号"), ("1380000123", "现在是 10 位"), ("没有", "读不懂")]
)
def test_a_phone_that_cannot_be_is_told_with_its_remedy(written: str, remedy: str) -> None:
    with pytest.raises(Invalid, match=remedy):
        rules.read_phone(written)


@pytest.mark.parametrize(
    ("written", "name"),
    [(" 王 秀英", "王秀英"), ("阿不都•热合曼", "阿不都·热合曼"), ("Anna  Li", "Anna Li"), ("𠮷田", "𠮷田")],
)
def test_a_name_has_one_form(written: str, name: str) -> None:
    assert rules.read_name(written) == name


@pytest.mark.parametrize("written", ["", "王1", "王<b>", "·", "王\ue000"])
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        rules.read_name(written)


@pytest.mark.parametrize(
    ("word", "relation"),
    [
        ("户主", "head"),
        ("妻", "spouse"),
        ("长女", "child"),
        ("孙子", "grandchild"),
        ("child", "child"),
        ("保姆", "other"),
    ],
)
def test_words_of_registers_name_relations(word: str, relation: str) -> None:
    assert rules.read_relation(word) == relation


@pytest.mark.parametrize(
    ("of_new_head", "of_other", "becomes"),
    [
        ("child", "head", "parent"),
        ("child", "spouse", "parent"),
        ("child", "child", "sibling"),
        ("spouse", "head", "spouse"),
        ("spouse", "child", "child"),
        ("child", "grandchild", "other"),
    ],
)
def test_relations_turn_with_the_head(of_new_head: str, of_other: str, becomes: str) -> None:
    assert rules.turned(of_new_head, of_other) == becomes
