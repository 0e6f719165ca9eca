"""The jobs of the foundation are known to the worker and do what they say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from cast import Cast
from factories import account_of, square
from lianxin.foundation.accounts import jobs as account_jobs
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Session, UnknownName
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.foundation.audit import actions as audit
from lianxin.foundation.audit import jobs as audit_jobs
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications import jobs as notification_jobs
from lianxin.foundation.notifications.models import Message

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def stamp(at: datetime) -> int:
    """Return what the worker hands to a periodic job."""
    return int(at.timestamp())


def test_the_worker_knows_them() -> None:
    wanted = {"areas.redivide", "accounts.forget", "audit.verify", "notifications.deliver", "notifications.forget"}

    assert wanted <= set(app.tasks)


def test_new_borders_come_into_force(cast: Cast) -> None:
    grid = Area.objects.get(pk=cast.county.grid(111).id)
    west = Successor(grid.code, "一", square(117.0, 31.0, 117.01, 31.02), 400)
    east = Successor("34088100100109", "九", square(117.01, 31.0, 117.02, 31.02), 400)
    areas.plan_redivision(
        SYSTEM, kind="split", old=[grid], successors=[west, east], effective_at=AT, reason="批复", at=AT
    )

    account_jobs.redivide(timestamp=stamp(AT))

    assert Area.objects.filter(code="34088100100109", valid_from=AT).exists()


def test_what_means_nothing_any_more_is_forgotten(cast: Cast) -> None:
    old = AT - timedelta(days=500)
    Session.objects.create(
        key_hash=b"x" * 32, account=account_of(cast.seat), created_at=old, seen_at=old, expires_at=old
    )
    UnknownName.objects.create(name_hash=b"y" * 32, tried_at=old)
    notifications.notify([cast.seat.account_id or 0], kind="cases.old", title="旧", at=old)

    account_jobs.forget(timestamp=stamp(AT))
    notification_jobs.forget(timestamp=stamp(AT))

    assert not Session.objects.exists()
    assert not UnknownName.objects.exists()
    assert not Message.objects.exists()


def test_urgent_messages_escalate_and_leave(cast: Cast) -> None:
    notifications.notify([cast.seat.account_id or 0], kind="cases.new", title="新", urgent=True, at=AT)

    notification_jobs.deliver(timestamp=stamp(AT + timedelta(minutes=10)))

    assert Message.objects.get().escalated_at == AT + timedelta(minutes=10)


def test_a_broken_chain_is_an_error_in_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    audit.record(cast.seat, "cases.reveal", at=AT)
    audit_jobs.verify(timestamp=stamp(AT))
    assert not caplog.records

    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_head SET number = number + 1")
    audit_jobs.verify(timestamp=stamp(AT))
    assert "breaks at entry" in caplog.text
