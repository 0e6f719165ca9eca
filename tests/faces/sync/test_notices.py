"""Receipts, questions, opened messages and appeals as a device brings them; what it carries of notices and months."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import NOW
from cast import Cast
from fieldwork import Device, record
from lianxin.faces.sync.packs.disclosure import notices as notices_section
from lianxin.faces.sync.packs.months import month as month_section
from lianxin.faces.sync.records import State
from lianxin.foundation.notifications.actions import notify
from lianxin.foundation.notifications.models import Message
from lianxin.insight.months.models import Appeal
from lianxin.kernel import versions
from lianxin.work.disclosure import actions as notices
from lianxin.work.disclosure.models import Notice, Question, Receipt
from telling import published

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=5)


def read(notice: Notice, **more: object) -> dict[str, object]:
    return record(
        "notice.read", {"notice": str(notice.key), "version": notice.said_version, **more},
        made_at=NOW + timedelta(hours=1),
    )  # fmt: skip


def test_read_off_line_twice_and_late_is_one_receipt_of_that_hour(cast: Cast) -> None:
    notice = published(cast, confirm_by=NOW + timedelta(days=1))
    device = Device(cast.grid_worker)
    said = read(notice, confirmed=True, explained=True)

    states = [outcome.state for _ in range(2) for outcome in device.send(said, read(notice), at=LATER)]

    assert states == [State.DONE] * 4
    receipt = Receipt.objects.get(notice=notice, account_id=cast.grid_worker.account_id or 0)
    assert receipt.read_at == receipt.confirmed_at == receipt.explained_at == NOW + timedelta(hours=1)


def test_what_was_withdrawn_meanwhile_ends_visibly(cast: Cast) -> None:
    notice = published(cast)
    notices.withdraw(cast.community_clerk, notice=notice, reason="写错了", at=NOW + timedelta(minutes=30))

    outcome = Device(cast.grid_worker).send(read(notice), at=LATER)[0]

    assert (outcome.state, outcome.code) == (State.REFUSED, "notice_withdrawn")
    assert "撤回" in outcome.detail
    section = notices_section(cast.grid_worker, at=LATER, numbers=versions.read())
    assert section is not None
    assert section.model_dump()["notices"] == []  # type: ignore[union-attr]


def test_a_question_and_an_appeal_sent_again_are_one(cast: Cast) -> None:
    notice, device = published(cast), Device(cast.grid_worker)
    ask = record("notice.ask", {"notice": str(notice.key), "words": "三栋也停水吗？"})
    appeal = record("month.appeal", {"month": "2026-11", "figure": "handled", "words": "少算了一件"})

    for _ in range(2):
        assert [outcome.state for outcome in device.send(ask, appeal, at=LATER)] == [State.DONE] * 2

    assert (Question.objects.count(), Appeal.objects.count()) == (1, 1)


def test_nobody_opens_another_s_messages(cast: Cast) -> None:
    for who in (cast.grid_worker, cast.grid_worker_next_door):
        notify([who.account_id or 0], kind="other", title="一条", at=NOW)
    ids = list(Message.objects.values_list("pk", flat=True))

    Device(cast.grid_worker).send(record("message.read", {"ids": ids}), at=LATER)

    left = Message.objects.get(read_at=None)
    assert left.recipient_id == cast.grid_worker_next_door.account_id


def test_the_pack_holds_mine_and_costs_the_same_for_many(cast: Cast) -> None:
    costs = []
    for number in range(3):
        notice = published(cast, points=("一句话",))
        Device(cast.grid_worker).send(
            record("notice.ask", {"notice": str(notice.key), "words": f"第{number}个问题怎么办？"}), at=LATER
        )
        with CaptureQueriesContext(connection) as found:
            section = notices_section(cast.grid_worker, at=LATER, numbers=versions.read())
        costs.append(len(found))
    assert section is not None
    told = section.model_dump()  # type: ignore[union-attr]
    assert len(told["notices"]) == 3
    assert told["notices"][0]["answers"][0]["is_mine"]
    assert costs[1] == costs[2] <= 7
    handler = notices_section(cast.handler, at=LATER, numbers=versions.read())
    assert handler.model_dump()["notices"] == []  # type: ignore[union-attr]
    assert notices_section(cast.resident, at=LATER, numbers=versions.read()) is None


def test_the_month_in_the_pack_is_the_month_on_the_page(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as found:
        section = month_section(cast.grid_worker, at=LATER, numbers=versions.read())
    assert section is not None
    told = section.model_dump()  # type: ignore[union-attr]
    assert [month["month"] for month in told["months"]] == ["2026-11", "2026-10"]
    assert [one["code"] for one in told["definitions"]][:2] == ["handled", "on_time"]
    assert len(found) <= 16
