"""Notices read, confirmed and explained in the field, and questions back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from lianxin.faces.acts.kinds import BIGGEST_ID, BIGGEST_VERSION, Input, Line, kind
from lianxin.faces.sync.records import Outcome, Record, done, takes
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.notifications import actions as notifications
from lianxin.work.disclosure import questions, receipts, rules


class NoticeReadIn(Input):
    """A notice was read as its words were in this version; perhaps confirmed, perhaps told to residents."""

    notice: Annotated[UUID, Field(title="通知")]
    version: Annotated[int, Field(ge=1, le=BIGGEST_VERSION, title="看的是第几版")]
    confirmed: Annotated[bool, Field(title="已确认")] = False
    explained: Annotated[bool, Field(title="已向居民说明")] = False


class NoticeAskIn(Input):
    """A question about a notice."""

    notice: Annotated[UUID, Field(title="通知")]
    words: Annotated[
        Line, Field(min_length=1, max_length=rules.MOST_QUESTION, title="想问什么", json_schema_extra=kind("prose"))
    ]


@takes("notice.read", NoticeReadIn, label="看通知")
def read(
    actor: Actor,
    record: Record,
    data: NoticeReadIn,
    *,
    at: datetime,
    numbers: Mapping[str, int],  # noqa: ARG001
) -> Outcome:
    """Note a receipt. The earliest instants count, so it may come twice, late and out of order."""
    receipts.mark(
        actor, key=data.notice, version=data.version, read_at=record.made_at, confirmed=data.confirmed,
        explained=data.explained, at=at,
    )  # fmt: skip
    return done(str(data.notice))


@takes("notice.ask", NoticeAskIn, label="提问")
def ask(
    actor: Actor,
    record: Record,
    data: NoticeAskIn,
    *,
    at: datetime,
    numbers: Mapping[str, int],  # noqa: ARG001
) -> Outcome:
    """Ask about a notice."""
    found = questions.ask(
        actor, key=record.id, notice_key=data.notice, words=data.words, made_at=record.made_at, at=at
    )  # fmt: skip
    return done(str(found.key))


class MessageReadIn(Input):
    """Personal messages were opened."""

    ids: Annotated[list[Annotated[int, Field(ge=1, le=BIGGEST_ID)]], Field(min_length=1, max_length=100, title="消息")]


@takes("message.read", MessageReadIn, label="看消息")
def opened(
    actor: Actor,
    record: Record,
    data: MessageReadIn,
    *,
    at: datetime,  # noqa: ARG001
    numbers: Mapping[str, int],  # noqa: ARG001
) -> Outcome:
    """Mark one's own messages as read; those of others, or read before, are left as they are."""
    notifications.mark_read(actor, ids=data.ids, at=record.made_at)
    return done()
