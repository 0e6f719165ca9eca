"""The law of tables: whatever is asked, each number is what counting one by one says, from cubes and from facts."""

from random import Random
from typing import Any

import pytest

from casework import make_categories
from cast import Cast
from insight.tables.world import NOW, make_facts, plainly
from lianxin.insight.statistics.figures import FEW
from lianxin.insight.statistics.models import CaseFact
from lianxin.insight.tables import asking, counting, telling
from lianxin.insight.tables.asking import Asked, measures_of
from lianxin.insight.tables.counting import ALL, Number
from lianxin.insight.tables.dimensions import DIMENSIONS
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound

FIGURES = ("reported", "worker_reported", "due", "on_time", "ended", "rate-on_time", "rate-filed_right", "rate-public",
           "satisfied", "rate-satisfied")  # fmt: skip
PERIODS = ("month", "last_month", "quarter", "twelve", "2026-10-03~2026-11-11")


def read(cast: Cast, who: str = "leader", **words: Any) -> Asked:
    told = {name: value if isinstance(value, list) else [value] for name, value in words.items()}
    return asking.read(told, getattr(cast, who), at=NOW, numbers=versions.read())


def at_random(cast: Cast, dice: Random) -> Asked | None:
    """Return a table that somebody might ask for; None where it cannot be asked."""
    who = dice.choice(["leader", "leader", "street_seat", "community_clerk"])
    words: dict[str, Any] = {
        "rows": dice.choice(list(DIMENSIONS)), "period": dice.choice(PERIODS),
        "f": dice.sample(FIGURES, dice.randint(1, 4)),
    }  # fmt: skip
    if dice.random() < 0.4:
        words |= {"across": dice.choice(list(DIMENSIONS)), "f": dice.sample(FIGURES, 1)}
    if dice.random() < 0.4:
        words |= dice.choice([{"channel": ["worker", "call"]}, {"severity": ["urgent"]}, {"major": ["01"]},
                              {"of_unit": ["cgj"]}, {"stage": ["closed", "void"]}])  # fmt: skip
    if who == "leader" and dice.random() < 0.4:
        words |= dice.choice([{"area": "340881001"}, {"area": "340881002002"}, {"unit": "zjj"}])
    try:
        return read(cast, who, **words)
    except Invalid:
        return None


@pytest.fixture
def facts(cast: Cast) -> list[CaseFact]:
    make_categories()
    return make_facts(cast, Random(5), 700)


def test_every_table_is_a_full_count(cast: Cast, facts: list[CaseFact]) -> None:
    dice, sources = Random(8), {"cube": 0, "facts": 0}
    while sum(sources.values()) < 150:
        asked = at_random(cast, dice)
        if asked is None:
            continue
        sources[counting.plan(asked).source] += 1
        found = {key: sums for key, sums in counting.count(asked).items() if any(sums.values())}

        assert found == plainly(facts, asked), asked.query
        telling.told(asked, at=NOW, numbers=versions.read())
        names = [name for figure in asked.figures for name in measures_of(figure)]
        if names[0] in {"reported", "ended"}:  # of what all have, no case is lost to a total
            whole = read_whole(facts, asked, names[0])
            assert sum(sums[names[0]] for sums in found.values()) == whole
    assert min(sources.values()) > 25


def read_whole(facts: list[CaseFact], asked: Asked, name: str) -> int:
    whole = Asked(asked.place, asked.period, "kind", (name,), filters=asked.filters)
    return sum(sums[name] for sums in plainly(facts, whole).values())


def test_as_many_cases_stand_behind_a_number_as_it_says(cast: Cast, facts: list[CaseFact]) -> None:
    dice, looked = Random(3), 0
    while looked < 120:
        asked = at_random(cast, dice)
        if asked is None:
            continue
        table = telling.told(asked, at=NOW, numbers=versions.read())
        line = dice.choice([*table.lines, table.total])
        cell = dice.choice(list(line.cells))
        if not cell.is_hidden:
            column = cell.column if asked.across else ALL
            assert counting.count_behind(Number(asked, cell.figure, line.key, column)) == cell.count, asked.query
            looked += 1


def test_what_few_have_said_cannot_be_found_by_subtraction(cast: Cast, facts: list[CaseFact]) -> None:
    hidden = 0
    for rows in ("community", "day", "kind", "unit", "category", "week"):
        for across in ("", "severity", "week"):
            if rows == across:
                continue
            asked = read(cast, rows=rows, across=across, f="satisfied", period="2026-11-01~2026-11-20")
            said = {
                key: sums["asked_satisfied"]
                for key, sums in counting.count(
                    read(cast, rows=rows, across=across, f="asked_satisfied", period="2026-11-01~2026-11-20")
                ).items()
            }
            table = telling.told(asked, at=NOW, numbers=versions.read())
            for place in range(len(table.heads)):
                cells = [line.cells[place] for line in table.lines]
                dark = [
                    (line.key, cell.column) for line, cell in zip(table.lines, cells, strict=True) if cell.is_hidden
                ]
                hidden += len(dark)
                total = table.total.cells[place]
                if dark and not total.is_hidden:
                    people = sum(
                        count for (row, column), count in said.items()
                        for row_key, column_key in dark
                        if row == row_key and (column_key is ALL or column == column_key)
                    )  # fmt: skip
                    assert len(dark) > 1
                    assert people >= FEW
    assert hidden > 30


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"rows": "unit", "f": "rate-filed"}, "f"),
        ({"rows": "street", "area": "340881001"}, "rows"),
        ({"rows": "day", "period": "2024-01-01~2026-11-01"}, "rows"),
        ({"rows": "street", "across": "street"}, "across"),
        ({"rows": "street", "across": "week", "f": ["reported", "ended"]}, "f"),
        ({"rows": "grid"}, "rows"),
        ({"f": "rate-nothing"}, "f"),
        ({"period": "2026-13-01~x"}, "period"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
def test_what_cannot_be_told_is_said_before(cast: Cast, words: dict[str, Any], fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(cast, **words)
    assert fault in refused.value.fields


def test_a_street_counts_its_own_and_asks_for_no_other(cast: Cast, facts: list[CaseFact]) -> None:
    asked = read(cast, "street_seat", rows="community", f="reported", period="twelve")
    assert asked.place.kind == "street"
    assert {line.name for line in telling.told(asked, at=NOW, numbers=versions.read()).lines} == {
        "东苑社区",
        "北门社区",
    }

    for elsewhere in ({"area": "340881002"}, {"area": "340881"}, {"unit": "zjj"}):
        with pytest.raises(NotFound):
            read(cast, "street_seat", **elsewhere)
    with pytest.raises(NotFound):
        read(cast, "handler")
