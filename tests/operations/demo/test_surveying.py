"""The made-up county's components: exactly so many, the same each time, each where its number and street say."""

from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise

import pytest

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.operations.demo import facilities, making, surveying
from lianxin.operations.demo.county import Geography
from lianxin.operations.demo.geography import make_geography
from lianxin.operations.profiles.reader import read
from lianxin.registry.components.classes import national
from lianxin.registry.components.models import Component
from lianxin.registry.imports.models import ImportRun

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@cache
def _county(place: str) -> Geography:
    return make_geography(read(place), 1)


def _rows(place: str, count: int) -> list[list[str]]:
    profile = read(place)
    known = frozenset(national()) | {one.code for one in profile.component_classes}
    units = tuple(unit.code for unit in profile.units)
    return list(facilities.rows(_county(place), units, count=count, seed=1, today=TODAY, known=known))


def test_exactly_so_many_and_the_same_each_time():
    first = _rows("tongcheng", 24_772)

    assert len(first) == 24_772
    few = _rows("tongcheng", 900)
    assert (len(few), few) == (900, _rows("tongcheng", 900))
    numbers = [row[0] for row in first]
    assert len(set(numbers)) == len(numbers)
    kinds = Counter(row[2] for row in first)
    assert kinds["0137"] > 3_000
    assert kinds["0402"] > 3_000
    assert {"0102", "0104", "0198", "0204", "0305"} <= set(kinds)
    assert 0.95 < Counter(row[6] for row in first)["完好"] / len(first) < 0.98


def test_lamps_stand_in_rows_along_their_road():
    lamps = [row for row in _rows("tongcheng", 12_000) if row[2] == "0137" and row[1].startswith("环城路")]

    far = [
        abs(float(one[10]) - float(other[10])) + abs(float(one[11]) - float(other[11]))
        for one, other in pairwise(lamps)
    ]
    assert len(lamps) > 50
    assert sorted(far)[len(far) // 2] < 0.003  # the next lamp is near, the town is not


@pytest.mark.django_db
def test_the_survey_comes_in_whole_and_some_of_it_was_checked(tmp_path, monkeypatch):
    monkeypatch.setattr(surveying, "FEWER", 1_500)
    founded = making.found("zuoyun", seed=1, now=NOW, told=lambda *_: None)

    assert surveying.make("zuoyun", founded.county, seed=1, now=NOW) == 1_500
    run = ImportRun.objects.get(target="components")
    assert (run.counts["new"], run.counts.get("wrong", 0)) == (1_500, 0)
    assert Component.objects.filter(grid_id=None).count() == 0
    assert Component.objects.exclude(checked_at=None).exists()
    assert Component.objects.visible_to(SYSTEM).now().filter(number__startswith="140226").count() == 1_500
