"""New areas get the next codes and names, from west to east and from north to south."""

import pytest
from shapely.geometry import box

from lianxin.foundation.areas.naming import first_code, free_codes, next_names, reading_order


def test_rows_from_the_north_and_in_each_from_the_west() -> None:
    #  2 | 0      the middle of 1 lies a little higher than that of 3
    #  3 | 1
    outlines = [box(1, 1, 2, 2), box(1, 0, 2, 1.05), box(0, 1, 1, 2), box(0, 0, 1, 1)]

    assert reading_order(outlines) == [2, 0, 3, 1]


@pytest.mark.parametrize(
    ("like", "used", "parent", "free"),
    [
        (
            "340881001001001",
            ["340881001001001", "340881001001007"],
            "340881001001",
            ["340881001001008", "340881001001009"],
        ),
        ("34088100100101", ["34088100100101", "34088100100102"], "340881001001", ["34088100100103", "34088100100104"]),
        # Codes of another community do not count, nor does the community itself.
        ("34088100100101", ["34088100100209", "340881001001"], "340881001001", ["34088100100101", "34088100100102"]),
        # The numbers have run out: what was left out below comes next.
        ("A98", ["A98", "A99", "A01"], "A", ["A02", "A03"]),
        ("WG007", ["WG007"], "340881", ["WG008", "WG009"]),
        ("东苑", ["东苑"], "", []),
    ],
)
def test_the_next_free_codes(like: str, used: list[str], parent: str, free: list[str]) -> None:
    assert free_codes(like, used, 2, parent=parent) == free


@pytest.mark.parametrize(
    ("like", "used", "names"),
    [
        ("第一网格", ["第一网格", "第二网格"], ["第三网格", "第四网格"]),
        ("和平9网格", ["和平9网格"], ["和平10网格", "和平11网格"]),
        ("和平09网格", ["和平09网格"], ["和平10网格", "和平11网格"]),
        ("第十九网格", ["第十九网格"], ["第二十网格", "第二十一网格"]),
        ("东苑社区", ["东苑社区"], ["", ""]),
    ],
)
def test_names_count_on(like: str, used: list[str], names: list[str]) -> None:
    assert next_names(like, used, 2) == names


def test_the_first_below_a_parent() -> None:
    assert first_code("340881001001", 3) == "340881001001001"
