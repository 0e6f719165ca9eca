"""Guards of speed: every foreign key has an index, no index is there twice, and busy queries find their rows by one."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

import factories
from casework import NOW, Desk, make_desk
from cast import make_cast
from lianxin.foundation.accounts.actor import ANONYMOUS
from lianxin.operations.demo.scale import grow, tell_everything
from lianxin.work.cases import queries
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.queries import Filters
from lianxin.work.dispatchdays import queries as dispatchdays

# Tables of others: their indexes are theirs.
OURS = "relnamespace = 'public'::regnamespace AND relname !~ '^(procrastinate|django)_' AND NOT relispartition"
CASES = 4_000
OPEN = 4_000
# As many open cases again, without marks.
OPENED = f"""
    INSERT INTO cases SELECT (jsonb_populate_record(NULL::cases, one || jsonb_build_object('id', 1000000 + n,
        'number', 'X' || n, 'returns', 0, 'urges', 0, 'reopens', 0, 'due_at', '2026-12-24T12:00Z',
        'party_unit_ids', '{{}}'::bigint[]))).*
    FROM (SELECT to_jsonb(cases) AS one FROM cases WHERE ended_at IS NULL AND paused_at IS NULL LIMIT 1),
        generate_series(1, {OPEN}) n
"""


@pytest.mark.django_db
def test_every_foreign_key_has_an_index() -> None:
    bare = _asked(f"""
        SELECT conrelid::regclass::text || '.' || attname FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        JOIN pg_class ON pg_class.oid = conrelid AND {OURS}
        WHERE contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND (
                indpred IS NULL OR pg_get_expr(indpred, indrelid) IN (
                    format('(NOT (%I IS NULL))', attname), format('(%I IS NOT NULL)', attname)
                )
            )
        )""")

    assert bare == []


@pytest.mark.django_db
def test_no_index_of_a_busy_table_is_the_beginning_of_another() -> None:
    """Each costs every insert, and each change that touches an indexed column."""
    twice = _asked("""
        SELECT one.indexrelid::regclass::text || ' in ' || other.indexrelid::regclass::text
        FROM pg_index one JOIN pg_index other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
        WHERE one.indrelid = ANY('{cases,clock,assignment,field_task,approval,whistle,whistle_call,journal_entry,feed,
                                   case_feedback,supervision,case_reporter,client_key,message,delivery}'::regclass[])
            AND NOT one.indisunique AND one.indexprs IS NULL AND other.indexprs IS NULL
            AND (SELECT relam FROM pg_class WHERE oid = one.indexrelid)
                = (SELECT relam FROM pg_class WHERE oid = other.indexrelid)
            AND other.indkey::text || ' ' LIKE one.indkey::text || ' %'
            AND pg_get_expr(one.indpred, one.indrelid) IS NOT DISTINCT FROM pg_get_expr(other.indpred, other.indrelid)
    """)

    assert twice == []


def _asked(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(row[0] for row in cursor.fetchall())


@pytest.fixture(scope="module")
def full(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    """A county with some thousand cases, so that a plan that reads them all shows."""
    with django_db_blocker.unblock(), transaction.atomic():
        desk = make_desk(make_cast(factories.make_county()))
        for point in ("GRID_111", "GRID_112", "GRID_222"):
            _lives(desk, point)
        tell_everything(at=datetime.now(UTC))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        raw = connection.connection
        assert isinstance(raw, psycopg.Connection)
        grow(raw, cases=CASES, open_cases=CASES // 40, told=lambda _words: None)
        yield desk
        transaction.set_rollback(True)


def _lives(desk: Desk, point: str) -> None:
    import casework

    told: dict[str, Any] = {"actor": ANONYMOUS, "point": getattr(casework, point)}
    for _ in range(3):
        desk.closed(**told)
        desk.dispatched(lead="zjj", **told)
    desk.handled(**told)


Ask = Callable[[Desk], "QuerySet[Any]"]


def _listed(who: str, **filters: Any) -> Ask:
    def ask(desk: Desk) -> "QuerySet[Any]":
        wanted = Filters(**filters)
        found = queries.queue(getattr(desk.cast, who), wanted, at=NOW)
        return found.order_by(*wanted.ordering)[:51]

    return ask


WANTED: dict[str, dict[str, Any]] = {
    "open": {},
    "late": {"clock": "overdue"},
    "of a stage": {"stages": ("dispatched",)},
    "ended": {"ended": True},
    "by digits": {"words": "123456", "ended": None},
}
LISTS: dict[str, Ask] = {
    f"{who}: {name}": _listed(who, **filters)
    for who in ("seat", "street_seat", "grid_worker", "handler", "verifier")
    for name, filters in WANTED.items()
} | {
    "clocks that fall due": lambda _desk: Clock.objects.filter(
        due_at__lt=NOW, stopped_at=None, paused_at=None, overdue_at=None
    ).order_by("due_at")[:200],
    "clocks of a case": lambda _desk: Clock.objects.filter(case_id=17),
    "own reports": lambda desk: Case.objects.filter(reporter_id=desk.cast.resident.account_id).order_by("-reported_at")[
        :51
    ],
    "by number": lambda _desk: Case.objects.filter(number="340881-20261121-730418"),
}


@pytest.mark.parametrize("name", list(LISTS))
def test_a_busy_query_reads_no_table_as_a_whole(full: Desk, name: str) -> None:
    plan = _plan(LISTS[name](full))

    whole = [
        node for node in _nodes(plan) if node["Node Type"] == "Seq Scan" and node["Relation Name"] in {"cases", "clock"}
    ]
    assert not whole, json.dumps(plan, indent=1)


@pytest.mark.parametrize("who", ["leader", "street_leader"])
def test_what_waits_for_a_leader_is_found_without_reading_all_open_cases(full: Desk, who: str) -> None:
    """Marks are few: whoever reads every open case to find them reads more with every case."""
    actor = full.cast.leader if who == "leader" else full.cast.street_seat
    # So many open that a plan that reads them all shows; two of them with marks.
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(OPENED)
        cursor.execute("ANALYZE cases")
        marked = Case.objects.filter(number__in=["X1", "X2"])
        marked.update(returns=5, urges=9, party_unit_ids=[1, 2, 3, 4], due_at=NOW + timedelta(days=9))
        with CaptureQueriesContext(connection) as asked:
            found = dispatchdays.proposals(actor, at=NOW)
        assert {"X1", "X2"} <= {each.case.number for each in found[:2]}
        plans = [_explained(query["sql"], None, "ANALYZE, TIMING OFF, ") for query in asked.captured_queries]
        read = [
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            for plan in plans for node in _nodes(plan)
            if node.get("Relation Name") in {"cases", "clock", "supervision"}
        ]  # fmt: skip
        transaction.set_rollback(True)

    assert max(read) <= OPEN // 4


@pytest.mark.parametrize("who", ["seat", "street_seat", "grid_worker", "handler"])
def test_the_queue_reads_little_more_than_it_shows(full: Desk, who: str) -> None:
    plan = _plan(LISTS[f"{who}: open"](full), "ANALYZE, TIMING OFF, ")

    read = [
        node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        for node in _nodes(plan)
        if node.get("Relation Name") == "cases"
    ]
    assert max(read) <= CASES // 10, json.dumps(plan, indent=1)


def _plan(found: "QuerySet[Any]", options: str = "") -> dict[str, Any]:
    query, values = found.query.sql_with_params()
    return _explained(query, values, options)


def _explained(query: str, values: Any = None, options: str = "") -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({options}FORMAT JSON) {query}", values)
        told = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
