"""Likely pairs, with what speaks for them."""

from datetime import date
from typing import Any

import pytest

from lianxin.kernel.errors import NotAllowed
from lianxin.registry.people import actions as people
from lianxin.registry.people import duplicates
from neighbours import DAY, LI, NOW, WANG, WANG_ID, Street, identity

BORN = {"name": "王秀英", "birth_date": "1949-12-31"}
SISTER_ID = identity(date(1949, 12, 31), 4)


def reasons(pairs: list[duplicates.Likely]) -> list[tuple[str, ...]]:
    return [pair.reasons for pair in pairs]


@pytest.mark.parametrize(
    ("fields", "number", "told"),
    [
        (BORN, "102", [("同姓名、同出生日期",)]),
        ({"name": "王秀英", "phone": "13800001234"}, "102", [("同姓名、同电话",)]),
        ({"name": "王秀莹", "phone": "13800001234", "birth_date": "1949-12-31"}, "102", [("同电话、同出生日期",)]),
        ({"name": "王秀英"}, "101", [("同姓名、同住处",)]),
        ({"name": "王秀英", "id_number": SISTER_ID}, "102", [("证件号码只差一两位", "同姓名、同出生日期")]),
        ({"name": "王秀英"}, "102", []),
        ({"name": "王秀英", "id_number": identity(date(1960, 1, 1), 2)}, "101", []),
        (LI, "101", []),
    ],
)
def test_what_speaks_for_one_person(street: Street, fields: dict[str, Any], number: str, told: list[Any]) -> None:
    wang = street.lives(WANG)
    street.lives(fields, number=number)

    assert reasons(duplicates.duplicates_of(street.cast.grid_worker, wang)) == told


def test_nobody_is_proposed_from_where_the_actor_does_not_serve(street: Street) -> None:
    wang = street.lives(WANG)
    street.lives(BORN, grid=112)

    assert duplicates.duplicates_of(street.cast.grid_worker, wang) == []
    assert len(duplicates.duplicates_of(street.cast.community_clerk, wang)) == 1


def test_the_board_shows_pairs_page_by_page(street: Street) -> None:
    clerk = street.cast.community_clerk
    for number in range(5):
        for flat in ("101", "102"):
            street.lives({"name": "张" + "一二三四五"[number], "birth_date": "1970-01-01"}, number=flat)
    street.lives(BORN, grid=222)
    street.lives(BORN, grid=222, number="102")

    first = duplicates.likely_pairs(clerk, size=3)
    rest = duplicates.likely_pairs(clerk, after=first.after or (0, 0), size=3)

    names = [pair.one.name for pair in [*first.items, *rest.items]]
    assert names == ["张一", "张二", "张三", "张四", "张五"]
    assert rest.after is None
    assert len(duplicates.likely_pairs(street.cast.data_officer).items) == 6
    assert duplicates.likely_pairs(street.cast.grid_worker).items == []


def test_two_people_told_apart_are_not_proposed_again(street: Street) -> None:
    clerk = street.cast.community_clerk
    one, other = street.lives(BORN), street.lives(BORN, number="102")
    with pytest.raises(NotAllowed):
        duplicates.tell_apart(street.cast.grid_worker, one=one, other=other, at=NOW)

    duplicates.tell_apart(clerk, one=other, other=one, at=NOW)

    assert duplicates.likely_pairs(clerk).items == []
    assert duplicates.duplicates_of(clerk, one) == []


def test_a_merged_pair_leaves_the_board(street: Street) -> None:
    clerk = street.cast.community_clerk
    kept, gone = street.lives(WANG), street.lives(BORN, number="102")
    assert len(duplicates.likely_pairs(clerk).items) == 1

    people.merge(clerk, kept=kept, gone=gone, reason="核对过身份证", at=NOW + DAY)

    assert duplicates.likely_pairs(clerk).items == []
    assert people.holder_of(WANG_ID) == kept
