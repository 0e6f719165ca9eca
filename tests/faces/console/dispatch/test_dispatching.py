"""How far the platform acts by itself: figures first, then power, with a reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases.actions.automation import LEAST_DECIDED
from lianxin.work.dispatch.models import ShadowRuling

pytestmark = pytest.mark.django_db
CODE = "010101"


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def tried(desk: Any) -> None:
    """Enough decisions to judge by: 18 of 20 right."""
    at = datetime.now(UTC) - timedelta(days=1)
    ShadowRuling.objects.bulk_create(
        ShadowRuling(
            subject=f"s{number}",
            proposed_category=CODE,
            confidence=0.9,
            would_dispatch=True,
            proposed_at=at,
            decided_category=CODE,
            right=number >= 2,
            decided_at=at,
        )
        for number in range(LEAST_DECIDED)
    )


def switch_on(admin: Any, **more: Any) -> Any:
    sent = {"mode": "on", "confidence": "0.9", "categories": [CODE], "reason": "影子九成一致"} | more
    return admin.post("/console/dispatch/auto_dispatch", sent)


def test_what_was_never_tried_is_not_switched_on(sign_in: Any, desk: Any) -> None:
    before = current("flow")

    answer = switch_on(sign_in("admin"))

    assert answer.status_code == 422
    assert "还没有足够的影子记录" in text(answer)
    assert current("flow") == before


def test_what_was_tried_is_switched_on_with_a_reason(sign_in: Any, desk: Any, tried: None) -> None:
    admin = sign_in("admin")
    assert "90%" in text(admin.get("/console/dispatch/auto_dispatch"))
    assert switch_on(admin, reason="").status_code == 422

    assert switch_on(admin).status_code == 302

    assert current("flow")["auto_dispatch"] == {"mode": "on", "confidence": 0.9, "categories": [CODE]}
    trace = AuditEntry.objects.latest("id")
    assert (trace.action, trace.subject_label, trace.reason) == ("config.put", "flow.auto_dispatch", "影子九成一致")
    # Nothing else of the flow was touched, and once on it needs no new proof.
    assert switch_on(admin, confidence="0.95").status_code == 302


def test_the_report_says_how_often_it_was_right(sign_in: Any, desk: Any, tried: None) -> None:
    said = text(sign_in("admin").get("/console/dispatch/"))

    assert "90%" in said
    assert f"已有人定的 {LEAST_DECIDED} 件" in said


def test_training_is_asked_for_once_and_the_worker_does_it(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")
    assert 'href="/console/dispatch/train"' in text(admin.get("/console/dispatch/"))

    first = admin.post("/console/dispatch/train", {"sent": "1"}, follow=True)
    again = admin.post("/console/dispatch/train", {"sent": "1"})

    assert "已开始训练" in text(first)
    assert "已有一次训练在排队" in text(again)
    assert ProcrastinateJob.objects.filter(task_name="dispatch.retrain", status="todo").count() == 1
    assert Entry.objects.filter(subject_kind="dispatch_model", action="train").count() == 1
