"""The audit on pages: found, proved, taken out with a reason."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.audit.actions import record
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.text import mask_name

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def entries(desk: Any) -> None:
    for reason in ("核实细节", "=cmd|' /C calc'!A0"):
        record(
            desk.cast.seat,
            "cases.reveal",
            at=datetime.now(UTC),
            subject_kind="case",
            subject_label="…000123",
            fields=["phone"],
            reason=reason,
        )
    record(desk.cast.admin, "config.put", at=datetime.now(UTC), subject_label="flow.auto_file", reason="试运行")


def test_entries_are_listed_and_filtered(sign_in: Any, entries: None) -> None:
    auditor = sign_in("auditor")

    everything = text(auditor.get("/console/audit/"))
    assert "查看上报人" in everything
    assert "改配置" in everything
    assert "链完整，至第 3 条" in everything

    only = text(auditor.get("/console/audit/?person=zuoxi&action=cases."))
    assert "核实细节" in only
    assert "试运行" not in only


def test_who_works_here_and_the_system_are_named_in_full_and_a_resident_is_not(sign_in: Any, desk: Any) -> None:
    for actor in (desk.cast.seat, desk.cast.resident, SYSTEM):
        record(actor, "cases.export", at=datetime.now(UTC))

    rows = sign_in("auditor").get("/console/audit/").context["rows"]

    resident = desk.cast.resident.name
    assert [row["who"] for row in rows] == ["系统", mask_name(resident), desk.cast.seat.name]
    assert mask_name(resident) != resident


def test_a_row_changed_behind_the_back_is_seen(sign_in: Any, entries: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass")
        for (part,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {part} DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_entry SET reason = '' WHERE id = 2")

    auditor = sign_in("auditor")

    assert "链在第 2 条断了" in text(auditor.get("/console/audit/"))


def test_taking_it_out_needs_a_reason_and_leaves_a_trace(sign_in: Any, entries: None) -> None:
    auditor = sign_in("auditor")
    assert auditor.post("/console/audit/export", {"reason": " "}).status_code == 422
    assert AuditEntry.objects.count() == 3

    answer = auditor.post("/console/audit/export?action=cases.", {"reason": "上级抽查"})
    content = answer.getvalue().decode()

    assert content.startswith("\ufeff编号")
    assert "核实细节" in content
    assert "试运行" not in content
    assert ",'=cmd" in content  # a spreadsheet takes it for words
    trace = AuditEntry.objects.latest("id")
    assert (trace.action, trace.reason, trace.detail["count"]) == ("audit.export", "上级抽查", 2)


def test_who_reads_may_not_take_it_out(sign_in: Any, entries: None, desk: Any) -> None:
    assert sign_in("admin").get("/console/audit/").status_code == 403
    assert sign_in("seat").post("/console/audit/export", {"reason": "看看"}).status_code == 403
