"""The page of statistics: every number has a list of as many cases, and nobody sees beyond their post."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework import GRID_222, Desk
from lianxin.insight.statistics import closing, folding
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case

from .conftest import SignIn, text_of

PAGE = "/console/statistics/"
MOST_BYTES = 40_000
# A number that is a link to its cases: itself, or of a share what stands above the line.
_NUMBER = re.compile(r'<a href="(cases\?[^"]+)" data-count="([\d,]+)"')


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A county in which everything has happened in the last weeks."""
    now = datetime.now(UTC)
    for days in (0, 1, 2, 9, 20, 33, 40):
        at = now - timedelta(days=days, hours=2)
        for stage in ("reported", "filed", "dispatched", "handling", "handled", "verified", "closed"):
            desk.at_stage(stage, at=at)
        desk.at_stage("handling", at=at, point=GRID_222)
        back = desk.handling(at=at)
        cases.give_back(
            desk.cast.handler, case=back, seen=None, at=at + timedelta(hours=1), reason="not_ours", note="不归"
        )
        again = desk.handled(at=at)
        cases.rework(desk.cast.verifier, case=again, seen=None, at=at + timedelta(hours=1), note="没修好")
        rated = desk.closed(at=at)
        cases.evaluate(desk.cast.resident, case=rated, at=at + timedelta(hours=1), stars=5, solved="solved")
    folding.fold_all(at=now)
    return desk


def numbers(text: str) -> Iterator[tuple[str, int]]:
    """Yield every number of a page that is a link to its cases."""
    for address, said in _NUMBER.findall(text):
        yield PAGE + unescape(address), int(said.replace(",", ""))


def statements(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200, path
    return len(seen)


_LOOKS = (
    ("leader", ""),
    ("leader", "?period=twelve&by=unit"),
    ("leader", "?period=year&by=major"),
    ("leader", "?period=year&by=channel"),
    ("leader", "?period=year&channel=1"),
    ("leader", "?period=last_month&by=communities"),
    ("leader", "?period=twelve&unit=cgj"),
    ("seat", "?period=quarter&area=340881001&by=unit"),
    ("street_seat", "?period=twelve"),
    ("street_seat", "?period=twelve&by=major"),
    ("community_clerk", "?period=twelve&by=unit"),
    ("community_clerk", "?period=week&by=major"),
)


# Trends are looked at where they differ: a place, a channel, a unit.
_TRENDS = {"": "week", "?period=year&channel=1": "year", "?period=twelve&unit=cgj": "month"}


def test_every_number_has_that_many_cases_behind_it(busy: Desk, sign_in: SignIn) -> None:
    for who, query in _LOOKS:
        client = sign_in(who)
        found = dict(numbers(text_of(client.get(f"{PAGE}{query}"))))
        assert len(found) > 10, f"{who} {query}: a page of numbers"
        if "unit=" not in query:
            found |= dict(numbers(text_of(client.get(f"{PAGE}heat{query}"))))
        found |= dict(numbers(text_of(client.get(f"{PAGE}indicators{query}"))))
        where = f"&{query.removeprefix('?')}" if query else ""
        if query in _TRENDS:
            found |= dict(numbers(text_of(client.get(f"{PAGE}trends?what=late{where}&by={_TRENDS[query]}"))))
        for address, said in found.items():
            listed = text_of(client.get(address))
            total = re.search(r'id="statistics-total" data-total="(\d+)"', listed)
            assert total is not None, address
            assert int(total[1]) == said, address
            assert len(re.findall(r'class="case-link"', listed)) == min(said, 20), address


def test_a_page_is_light_and_costs_the_same_however_full_it_is(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in("leader")
    few = statements(client, PAGE)
    now = datetime.now(UTC)
    for _number in range(12):
        desk.closed(at=now - timedelta(hours=3))
    folding.fold_all(at=now)
    assert statements(client, PAGE) == few
    assert few <= 14
    for path in ("?period=twelve", "indicators?period=twelve", "heat?period=twelve", "trends"):
        assert len(client.get(f"{PAGE}{path}").content) < MOST_BYTES


def test_nobody_sees_beyond_their_post(busy: Desk, sign_in: SignIn) -> None:
    clerk, street = sign_in("community_clerk"), sign_in("street_seat")
    assert clerk.get(f"{PAGE}?area=340881001").status_code == 404  # its street
    assert clerk.get(f"{PAGE}?area=340881").status_code == 404
    assert clerk.get(f"{PAGE}?unit=cgj").status_code == 404
    assert clerk.get(f"{PAGE}?area=340881001002").status_code == 404  # next door
    assert clerk.get(f"{PAGE}cases?what=reported&area=340881").status_code == 404
    assert street.get(f"{PAGE}?area=340881001001").status_code == 200
    assert street.get(f"{PAGE}?area=340881002").status_code == 404
    assert street.get(f"{PAGE}file?table=indicators&area=340881").status_code == 404
    assert sign_in("leader").get(f"{PAGE}?area=34088100100101").status_code == 404, "a grid is too small"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?period=never", 422), ("?period=2199-01", 422), ("?from=2026-13-01&to=2026-13-02", 422),
        ("cases?what=nothing", 404), ("cases?what=stay-nowhere", 404), ("cases", 404), ("file?table=x", 404),
        ("cases?what=reported&major=x&hour=999999999999999999", 200), ("corrections", 404),
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_says_so(desk: Desk, sign_in: SignIn, query: str, status: int) -> None:
    assert sign_in("leader").get(f"{PAGE}{query}").status_code == status


def test_what_residents_said_is_not_told_of_a_few(desk: Desk, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    closed = desk.closed(at=now - timedelta(hours=2))
    cases.evaluate(desk.cast.resident, case=closed, at=now - timedelta(hours=1), stars=1, solved="not")
    folding.fold_all(at=now)

    client = sign_in("leader")
    shown = text_of(client.get(PAGE)) + text_of(client.get(f"{PAGE}indicators"))

    assert "少于 5 件，不列" in shown
    assert "what=satisfied" not in shown
    assert "what=asked_satisfied" not in shown


def test_a_closed_month_stays_as_it_was_told(desk: Desk, sign_in: SignIn) -> None:
    today = datetime.now(ZONE).date()
    month = date(today.year - (today.month <= 2), (today.month - 3) % 12 + 1, 1)
    at = datetime.combine(month + timedelta(days=9), datetime.min.time(), ZONE) + timedelta(hours=10)
    kept, changed = desk.closed(at=at), desk.filed(at=at)
    folding.fold_all(at=at)
    assert closing.close_what_is_over(at=datetime.now(UTC)) == [month]
    assert closing.close_what_is_over(at=datetime.now(UTC)) == [], "closed once"

    cases.void(desk.cast.supervisor, case=changed, seen=None, at=datetime.now(UTC), reason="test", note="演练")
    cases.evaluate(desk.cast.resident, case=kept, at=at + timedelta(days=1), stars=5, solved="solved")
    folding.fold_all(at=datetime.now(UTC))

    client = sign_in("leader")
    shown = text_of(client.get(f"{PAGE}?period={month:%Y-%m}"))
    assert "封存" in shown
    assert "其后 2 件案件有更正：立案后作废 +1" in shown
    shown = text_of(client.get(f"{PAGE}indicators?period={month:%Y-%m}"))
    row = re.search(r"准确立案率</th><td[^>]*><b>([^<]+)</b>", shown)
    assert row is not None
    assert row[1] == "100%", "as it was closed"
    listed = text_of(client.get(f"{PAGE}corrections?period={month:%Y-%m}"))
    assert {Case.objects.get(pk=one.pk).number[-6:] for one in (kept, changed)} <= set(re.findall(r"…(\d{6})", listed))


def test_tables_come_as_files(busy: Desk, sign_in: SignIn) -> None:
    client = sign_in("leader")
    for table in (
        "below",
        "communities",
        "unit",
        "major",
        "channel",
        "indicators",
        "weeks",
        "stages",
        "standing",
        "heat",
    ):
        answer: Any = client.get(f"{PAGE}file?table={table}&period=twelve")
        assert answer.status_code == 200
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) > 2, table
        assert "数据截至" in lines[0]
