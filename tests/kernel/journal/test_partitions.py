"""Partitions of the years to come."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from lianxin.kernel.journal.jobs import partitions
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.journal.partitions import make_ahead
from lianxin.kernel.journal.relay import relay_batch
from lianxin.kernel.journal.writing import Draft, append

pytestmark = pytest.mark.django_db
FAR = datetime(2039, 11, 21, 3, tzinfo=UTC)


def _exists(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])


def test_without_its_partition_a_year_cannot_be_written() -> None:
    with pytest.raises(DatabaseError, match="no partition"), transaction.atomic():
        append([Draft("case", 1, "report", FAR, 1)])


def test_years_to_come_are_made_for_every_table_cut_by_year() -> None:
    made = make_ahead(at=FAR, years=1)

    assert {"journal_entry_2039", "feed_2040", "audit_entry_2040"} <= set(made)
    append([Draft("case", 1, "report", FAR, 1)])
    assert relay_batch() == 1
    assert Entry.objects.filter(at__year=2039).count() == 1


def test_a_second_time_nothing_is_left_to_make() -> None:
    make_ahead(at=FAR)

    assert make_ahead(at=FAR) == []


def test_the_job_keeps_years_ahead() -> None:
    partitions(timestamp=int(FAR.timestamp()))

    assert _exists("journal_entry_2044")


def test_a_new_partition_is_guarded_and_indexed_as_the_ones_before() -> None:
    make_ahead(at=FAR, years=0)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry_2039")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE indrelid = 'journal_entry_2026'::regclass),"
            " count(*) FILTER (WHERE indrelid = 'journal_entry_2039'::regclass) FROM pg_index"
        )
        before, after = cursor.fetchone()
    assert before == after > 1
