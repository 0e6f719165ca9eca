"""The audit cannot be changed, and if it were, it would show."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cast import Cast
from factories import PASSWORD
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.audit import actions as audit
from lianxin.foundation.audit import queries
from lianxin.foundation.audit.models import AuditEntry
from lianxin.foundation.audit.queries import Filter
from lianxin.kernel.errors import NotAllowed
from lianxin.kernel.journal.listening import consumers, follow
from lianxin.kernel.journal.relay import relay_batch

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def reveal(cast: Cast, number: int = 1) -> int:
    """Record that the seat looked at a phone number."""
    return audit.record(
        cast.seat,
        "cases.reveal",
        at=AT + timedelta(minutes=number),
        subject_kind="case",
        subject_id=number,
        subject_label="340881-20261121-730418",
        fields=["reporter_phone"],
        reason="回访核实",
        case_id=number,
        address="10.1.2.3",
        detail={"share": 0.1, "huge": 1e30, "count": 3, "中文": None},
    )


def tamper(statement: str) -> None:
    """Change the table behind the triggers' back, as only the owner of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry_2026 DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_entry_2026 ENABLE TRIGGER USER")


def test_entries_are_numbered_and_linked(cast: Cast) -> None:
    numbers = [reveal(cast, number) for number in (1, 2, 3)]

    assert [number - numbers[0] for number in numbers] == [0, 1, 2]
    report = queries.verify_chain()
    assert report.whole
    assert report.checked == numbers[-1]


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET reason = ''", "DELETE FROM audit_entry",
                                       "TRUNCATE audit_entry", "TRUNCATE audit_entry_2026"])  # fmt: skip
def test_the_database_itself_refuses_changes(cast: Cast, statement: str) -> None:
    reveal(cast)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AuditEntry.objects.filter(reason="回访核实").exists()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE audit_entry SET reason = '别的' WHERE id = {}", "has been changed"),
        ("UPDATE audit_entry SET detail = '{{}}' WHERE id = {}", "has been changed"),
        ("UPDATE audit_entry SET actor_id = NULL WHERE id = {}", "has been changed"),
        ("DELETE FROM audit_entry WHERE id = {}", "is missing"),
    ],
)
def test_what_is_changed_behind_its_back_shows(cast: Cast, statement: str, why: str) -> None:
    _first, second, _third = (reveal(cast, number) for number in (1, 2, 3))
    tamper(statement.format(second))

    report = queries.verify_chain()

    assert report.broken_at == second
    assert why in report.why


def test_entries_cut_off_the_end_show(cast: Cast) -> None:
    reveal(cast, 1)
    last = reveal(cast, 2)
    tamper(f"DELETE FROM audit_entry WHERE id = {last}")

    assert queries.verify_chain().broken_at == last


def test_sm3_links_where_sm4_seals(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(audit, "_algorithm", lambda: "sm3")
    reveal(cast, 1)
    monkeypatch.undo()
    reveal(cast, 2)

    assert set(AuditEntry.objects.order_by("-id").values_list("algorithm", flat=True)[:2]) == {"sm3", "sha256"}
    assert queries.verify_chain().whole


def test_what_happens_to_accounts_is_heard_once(cast: Cast) -> None:
    accounts.sign_in(username="wangge", password=PASSWORD, device="Firefox", address="10.1.2.3", at=AT)
    relay_batch()
    follow(consumers["audit"], at=AT)
    follow(consumers["audit"], at=AT)

    page = queries.entries(cast.auditor, Filter(action="accounts.sign_in", actor_id=cast.grid_worker.account_id))
    assert [entry.address for entry in page.entries] == ["10.1.2.3"]
    assert queries.verify_chain().whole


def test_pages_follow_each_other_without_gaps(cast: Cast) -> None:
    numbers = [reveal(cast, number) for number in range(1, 8)]
    wanted = Filter(action="cases.", since=AT, actor_id=cast.seat.account_id)

    first = queries.entries(cast.auditor, wanted, limit=3)
    second = queries.entries(cast.auditor, wanted, limit=3, before=first.before)
    third = queries.entries(cast.auditor, wanted, limit=3, before=second.before)

    found = [entry.id for page in (first, second, third) for entry in page.entries]
    assert found == numbers[::-1]
    assert third.before is None
    assert queries.entries(cast.auditor, Filter(case_id=3)).entries[0].id == numbers[2]


@pytest.mark.parametrize("who", ["admin", "seat", "leader", "resident"])
def test_only_the_auditor_reads_it(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        queries.entries(getattr(cast, who), Filter())
