"""Guards of speed: a search reads no table of people or dwellings as a whole, whoever asks and whatever is typed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from lianxin.foundation.accounts.actor import SYSTEM, Actor, Holding
from lianxin.operations.demo import making, peopling
from lianxin.operations.demo.geography import make_geography
from lianxin.operations.demo.mapping import county_map
from lianxin.operations.demo.population import empty_blocks, populate
from lianxin.operations.profiles import loader
from lianxin.operations.profiles.reader import read
from lianxin.registry.people import finding
from lianxin.registry.people.models import Person

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LARGE = {"person", "dwelling"}


@pytest.fixture(scope="module")
def somebody(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Person]:
    """One of some ten thousand people of a made-up town, so that a plan that reads them all shows."""
    with django_db_blocker.unblock(), transaction.atomic():
        profile = read("zuoyun")
        county = make_geography(profile, 1)
        loader.apply(profile, SYSTEM, at=NOW - making.FOUNDED, county=county_map(county))
        peopling.build(county, seed=1, at=NOW - making.FOUNDED, now=NOW)
        raw = connection.connection
        assert isinstance(raw, psycopg.Connection)
        blocks = empty_blocks(raw)[::8]
        populate(raw, county.division, seed=1, at=NOW, blocks=blocks, told=lambda _line: None)
        yield Person.objects.filter(home__isnull=False).select_related("home__building__estate").order_by("pk")[500]
        transaction.set_rollback(True)


def serving(level: Any, person: Person) -> Actor:
    """Return somebody who views people in the person's grid, community or street, or everywhere."""
    area_id = None if level == "city" else getattr(person, f"{level}_id")
    post = Holding(1, "x", "", frozenset({"people.view", "places.view"}), area_level=level, area_id=area_id)
    return Actor(account_id=1, kind="staff", holdings=(post,))


@pytest.mark.parametrize("level", ["city", "street", "community", "grid"])
@pytest.mark.parametrize("kind", ["name", "letters", "spelling", "room", "building", "name at", "estate"])
def test_a_search_finds_its_rows_by_an_index(somebody: Person, level: str, kind: str) -> None:
    home = somebody.home
    assert home is not None
    estate = home.building.estate
    assert estate is not None
    words = {
        "name": somebody.name[:1], "letters": somebody.initials, "spelling": somebody.spelling[:6],
        "room": f"{estate.name}{home.building.name}{home.entrance}单元{home.number}",
        "building": f"{estate.name}{home.building.name}",
        "name at": f"{somebody.name[0]} {estate.name}{home.building.name}", "estate": estate.name,
    }[kind]  # fmt: skip
    actor = serving(level, somebody)

    with CaptureQueriesContext(connection) as asked:
        answer = finding.find(actor, words, at=NOW)

    assert answer.places if kind in {"room", "building", "estate"} else answer.people
    for query in asked.captured_queries:
        whole = [
            node["Relation Name"]
            for node in nodes(plan(query["sql"]))
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
        ]
        assert not whole, query["sql"]


def plan(query: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + query)
        told = cursor.fetchone()[0]
    found: dict[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return found


def nodes(top: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield top
    for below in top.get("Plans", []):
        yield from nodes(below)
