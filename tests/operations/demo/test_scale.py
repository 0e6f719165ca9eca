"""The scale writer: what it copies is, but for ids and instants, what the actions wrote."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

import factories
from casework import MINUTE, NOW, Desk, make_desk
from cast import make_cast
from lianxin.foundation.accounts.actor import ANONYMOUS
from lianxin.kernel import versions
from lianxin.kernel.journal.listening import follow_all
from lianxin.operations.demo import scale
from lianxin.operations.demo.lives import TABLES
from lianxin.operations.demo.scale import NothingToCopyError, grow, tell_everything, weeks_back
from lianxin.work.cases import actions as cases
from lianxin.work.cases import ticking
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.replay import mismatches
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.timing import limit_for

pytestmark = pytest.mark.django_db
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
Row = dict[str, Any]


@pytest.fixture
def desk() -> Desk:
    """The cast at its desk, in this test's own transaction."""
    return make_desk(make_cast(factories.make_county()))


def _closed(desk: Desk) -> Case:
    """A plain life, told of by telephone: what residents report from their own account is not copied."""
    return desk.closed(actor=ANONYMOUS)


def _rich(desk: Desk) -> Case:
    """A life with assist, contact, whistle, more time, a leader's word, a late clock, a forced end, stars."""
    seat, handler, supervisor = desk.cast.seat, desk.cast.handler, desk.cast.supervisor
    case = desk.handling("zjj", actor=ANONYMOUS, phone="13812345678", name="王秀兰", kind="demand", has_consent=True)
    case = cases.contact(handler, case=case, seen=None, at=NOW + 5 * MINUTE, note="电话里说明白了")
    called = [desk.cast.county.units["jiaojing"].id]
    case = cases.whistle(seat, case=case, seen=None, at=NOW + 6 * MINUTE, units=called, note="请到现场")
    more = limit_for("handle", case, flow_settings(versions.read()))
    case = cases.ask_extension(handler, case=case, seen=None, at=NOW + 7 * MINUTE, more=more, note="等材料")
    case = cases.approve(supervisor, case=case, seen=None, at=NOW + 8 * MINUTE, note="同意")
    due = NOW + timedelta(days=2)
    case = cases.supervise(supervisor, case=case, seen=None, at=NOW + 9 * MINUTE, note="请抓紧", due_at=due)
    late = NOW + timedelta(days=30)
    while ticking.mark_overdue(at=late):
        pass
    case = cases.force_close(supervisor, case=case, seen=None, at=late + MINUTE, reason="impossible", note="已不存在")
    reporter = replace(ANONYMOUS, case_ids=frozenset({case.pk}))
    return cases.evaluate(reporter, case=case, at=late + 2 * MINUTE, stars=2, note="太慢")


def _grow(**wanted: Any) -> scale.Grown:
    """Grow inside this test's transaction."""
    tell_everything(at=datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    raw = connection.connection
    assert isinstance(raw, psycopg.Connection)
    return grow(raw, told=lambda _words: None, **wanted)


def _rows(table: str, where: str, values: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t WHERE {where}', values)
        return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]


HANGING = (
    "case_reporter", "assignment", "field_task", "approval", "whistle", "case_feedback", "supervision", "clock",
)  # fmt: skip
TOLD = ("client_key", "journal_entry", "feed")
# What a column that names another row points at; `subject_id` says it in the row.
POINTS = {
    "case_id": "cases",
    "whistle_id": "whistle",
    "entry_id": "journal_entry",
    "approval": "approval",
    "task": "field_task",
}
SUBJECTS = {"call": "whistle_call", "contact": "cases"}


def _life(case_id: int) -> dict[str, list[Row]]:
    """Return every row of every table that hangs on a case, found without the writer's own queries."""
    life = {"cases": _rows("cases", "id = %s", [case_id])}
    life |= {name: _rows(name, "case_id = %s", [case_id]) for name in HANGING}
    life["whistle_call"] = _rows("whistle_call", "whistle_id IN (SELECT id FROM whistle WHERE case_id = %s)", [case_id])
    life |= {name: _rows(name, "subject_kind = 'case' AND subject_id = %s", [case_id]) for name in TOLD}
    key = {"case_reporter": "case_id", "client_key": "subject_id", "feed": "entry_id"}
    return {name: sorted(rows, key=lambda row: row[key.get(name, "id")]) for name, rows in life.items()}


class Ranks:
    """Gives ids names that are the same in every copy: their table and the order in which they were met."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], str] = {}

    def named(self, row: Row, table: str) -> Row:
        """Return a row, or the facts of an entry, with its ids replaced."""
        subject = str(row.get("subject", "cases"))
        points = POINTS | {"id": table, "subject_id": SUBJECTS.get(subject, subject)}
        return {
            name: self._known.setdefault((points[name], value), f"{points[name]} {len(self._known)}")
            if name in points and isinstance(value, int) else value
            for name, value in row.items()
        }  # fmt: skip


def _plain(life: dict[str, list[Row]], shift: timedelta) -> str:
    """Return a life with ids replaced by their rank, the number and client key taken out, instants moved back."""
    ranks = Ranks()
    plain: dict[str, list[Row]] = {}
    for name, rows in life.items():
        plain[name] = [ranks.named(row, name) for row in rows]
        for row in plain[name]:
            row.pop("number", None)
            row.pop("key", None)
            if "after" in row:
                row["after"] = ranks.named(row["after"], "")
    told = json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=1)
    return _INSTANT.sub(lambda found: (datetime.fromisoformat(found[0]) - shift).astimezone(UTC).isoformat(), told)


def _copies_of(case: Case) -> Iterator[Case]:
    yield from Case.objects.filter(text=case.text).exclude(pk=case.pk).order_by("pk")


def test_a_copied_life_is_what_the_actions_wrote_some_weeks_earlier(desk: Desk) -> None:
    original = _rich(desk)

    grown = _grow(cases=4, open_cases=0)

    assert grown.cases == 3
    wrote = _plain(_life(original.pk), timedelta())
    for copy in _copies_of(original):
        shift = copy.reported_at - original.reported_at
        assert shift < timedelta(0)
        assert _plain(_life(copy.pk), shift) == wrote
    assert {name for name, rows in _life(original.pk).items() if not rows} <= {"field_task"}


def test_a_life_copied_without_a_shift_has_equal_instants(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    original = _rich(desk)
    monkeypatch.setattr(scale, "weeks_back", lambda copies, **_years: [timedelta()] * copies)

    _grow(cases=2, open_cases=0)

    (copy,) = _copies_of(original)
    assert copy.number != original.number
    assert _plain(_life(copy.pk), timedelta()) == _plain(_life(original.pk), timedelta())


def test_the_laws_hold_on_what_is_copied(desk: Desk) -> None:
    for _life_of_its_own in range(3):
        _closed(desk)
    _rich(desk)

    _grow(cases=60, open_cases=0)

    assert Case.objects.count() >= 60
    assert list(mismatches()) == []
    assert not Clock.objects.filter(case__ended_at__isnull=False, stopped_at=None).exists()
    assert len(set(Case.objects.values_list("number", flat=True))) == Case.objects.count()


def test_open_lives_are_copied_seconds_apart_and_can_go_on(desk: Desk) -> None:
    _closed(desk)
    case = desk.handling(actor=ANONYMOUS)

    _grow(cases=20, open_cases=5)

    under_way = list(Case.objects.open().order_by("pk"))
    assert len(under_way) == 5
    assert all(case.reported_at - copy.reported_at < timedelta(minutes=5) for copy in under_way)
    copy = under_way[-1]
    done = cases.handle(desk.cast.handler, case=copy, seen=copy.version, at=NOW + 9 * MINUTE, note="好了")
    assert done.stage == "handled"
    assert list(mismatches()) == []


def test_sequences_feed_and_consumers_move_along(desk: Desk) -> None:
    _closed(desk)

    _grow(cases=30, open_cases=0)

    with connection.cursor() as cursor:
        cursor.execute("SELECT number, (SELECT max(number) FROM feed), (SELECT count(*) FROM feed) FROM feed_head")
        head, last, rows = cursor.fetchone()
    assert head == last == rows  # gapless
    assert follow_all(at=NOW) == 0
    fresh = _closed(desk)
    assert fresh.pk > max(Case.objects.exclude(pk=fresh.pk).values_list("pk", flat=True))
    tell_everything(at=datetime.now(UTC))
    assert list(mismatches()) == []


def test_all_indexes_and_keys_are_back(desk: Desk) -> None:
    _closed(desk)
    before = _schema()

    _grow(cases=10, open_cases=0)

    assert _schema() == before


def _schema() -> list[tuple[str, ...]]:
    """Return keys and indexes of the tables and of each of their partitions; those have names of their own making."""
    tables = [table.name for table in TABLES]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint"
            " WHERE conrelid = ANY(%s::regclass[]) UNION"
            " SELECT relid::text, regexp_replace(pg_get_indexdef(indexrelid), 'INDEX [^ ]+', 'INDEX'), indisvalid::text"
            " FROM pg_index JOIN (SELECT relid FROM unnest(%s::regclass[]) root, pg_partition_tree(root)"
            " UNION SELECT unnest(%s::regclass[])) all_of ON indrelid = relid ORDER BY 1, 2",
            [tables, tables, tables],
        )
        found = cursor.fetchall()
    assert any(row[0] == "journal_entry_2026" for row in found)
    # PostgreSQL writes the casts of a condition another way once it has read its own words.
    return [
        (name, re.sub(r"::(character varying|text)|\[\]|[()]", "", words), is_valid) for name, words, is_valid in found
    ]


def test_every_table_that_points_at_a_case_is_copied_or_named_as_left() -> None:
    with connection.cursor() as cursor:
        pointing_at = "SELECT conrelid::regclass::text FROM pg_constraint WHERE confrelid = 'cases'::regclass"
        cursor.execute(pointing_at)
        pointing = {row[0] for row in cursor.fetchall()}

    # Who looks right now, whom one visited, what was said on a telephone, what a leader took up, who asked to hear.
    left = {"presence", "visit", "call_note", "dispatch_day_item", "liaison_task", "view_match"}
    # What a device called for, who asked to look through a camera, how a component stood before.
    left |= {"alarm", "camera_access", "component_before"}
    assert pointing - {table.name for table in TABLES} <= left


def test_what_a_resident_reported_from_an_account_is_not_copied(desk: Desk) -> None:
    own = desk.closed()
    _closed(desk)

    _grow(cases=10, open_cases=0)

    assert Case.objects.filter(reporter_id=own.reporter_id).count() == 1


def test_an_empty_county_cannot_grow(desk: Desk) -> None:
    desk.filed()

    with pytest.raises(NothingToCopyError):
        _grow(cases=10, open_cases=0)


def test_a_feed_that_is_not_followed_to_its_end_stops_the_writer(desk: Desk) -> None:
    _closed(desk)
    raw = connection.connection
    assert isinstance(raw, psycopg.Connection)

    with pytest.raises(NothingToCopyError, match="wait"):
        grow(raw, cases=10, told=lambda _words: None)


def test_copies_lie_whole_weeks_back_the_oldest_first() -> None:
    back = weeks_back(500, 4)

    assert back[0] <= -timedelta(weeks=207)
    assert back[-1] < -timedelta(days=6)
    assert all(abs(shift % timedelta(weeks=1)) < timedelta(minutes=5) for shift in back)
    assert len(set(back)) == 500
