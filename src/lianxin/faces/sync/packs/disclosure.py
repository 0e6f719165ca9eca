"""Notices to read off line, with what I did about them, and one's own messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.notifications.models import Message
from lianxin.foundation.notifications.queries import inbox
from lianxin.kernel.files.models import FileKind, StoredFile
from lianxin.work.disclosure import queries, rules
from lianxin.work.disclosure.models import Question, Receipt

_MOST_NOTICES, _MOST_MESSAGES, _MOST_WORDS = 30, 40, 2_000


class NoticePieceOut(BaseModel):
    """Some words of a paragraph; with `url` they lead there."""

    words: str
    url: str = ""


class NoticeAnswerOut(BaseModel):
    """A question and what was answered; mine, or part of the notice."""

    question: str
    answer: str
    is_mine: bool
    asked_at: datetime


class NoticePhotoOut(BaseModel):
    """A picture of a notice, fetched when there is a signal."""

    url: str
    thumb: str


class NoticePackedOut(BaseModel):
    """One notice that was meant for me."""

    key: str
    version: int
    kind: str
    kind_label: str
    title: str
    signed: str
    published_at: datetime
    amended_at: datetime | None
    is_urgent: bool
    is_pinned: bool
    to_public: bool
    confirm_by: datetime | None
    paragraphs: list[list[NoticePieceOut]]
    points: list[str]
    photos: list[NoticePhotoOut]
    answers: list[NoticeAnswerOut]
    is_unread: bool
    is_confirmed: bool
    is_explained: bool


class InboxMessageOut(BaseModel):
    """One personal message; `link` leads to a page of the console or of the app."""

    id: int
    kind: str
    title: str
    body: str
    link: str
    is_urgent: bool
    is_read: bool
    at: datetime


class NoticesPackOut(BaseModel):
    """The inbox (消息)."""

    notices: list[NoticePackedOut]
    messages: list[InboxMessageOut]


@section("notices", out=NoticesPackOut, order=60)
def notices(actor: Actor, *, at: datetime, numbers: Mapping[str, int]) -> NoticesPackOut | None:  # noqa: ARG001
    """Carry the notices out now and the latest messages. Six statements."""
    if actor.account_id is None or actor.kind != "staff":
        return None
    held = list(queries.with_answers(queries.received(actor, at))[:_MOST_NOTICES])
    ids = [receipt.notice_id for receipt in held]
    own: dict[int, list[Question]] = {}
    for question in queries.own_questions(actor, ids)[:100] if ids else ():
        own.setdefault(question.notice_id, []).append(question)
    photos = queries.files_of([receipt.notice for receipt in held])
    return NoticesPackOut(
        notices=[_notice(each, own.get(each.notice_id, ()), photos.get(each.notice_id, ())) for each in held],
        messages=[_message(each) for each in inbox(actor, limit=_MOST_MESSAGES).messages if not _is_a_notice(each)],
    )


def _is_a_notice(message: Message) -> bool:
    """Tell whether the notice itself stands in the list already."""
    return message.kind in {"disclosure.notice", "disclosure.calm"}


def _notice(receipt: Receipt, own: Sequence[Question], files: Sequence[StoredFile]) -> NoticePackedOut:
    notice = receipt.notice
    told: list[Question] = getattr(notice, "told", [])
    mine = {question.pk for question in own}
    public = [_answer(each, each.public_words, is_mine=False) for each in told if each.pk not in mine]
    return NoticePackedOut(
        key=str(notice.key), version=notice.said_version, kind=notice.kind, kind_label=notice.get_kind_display(),
        title=notice.title, signed=notice.signed, published_at=notice.published_at or notice.created_at,
        amended_at=notice.amended_at, is_urgent=notice.is_urgent, is_pinned=notice.is_pinned,
        to_public=notice.to_public, confirm_by=notice.confirm_by,
        paragraphs=[[NoticePieceOut(words=one.words, url=one.url) for one in part]
                    for part in rules.paragraphs(notice.body[:_MOST_WORDS])],
        points=notice.points,
        photos=[NoticePhotoOut(url=f"/api/v1/files/{one.key}", thumb=f"/api/v1/files/{one.key}/thumb")
                for one in files if one.kind == FileKind.PHOTO],
        answers=[*public, *(_answer(each, each.words, is_mine=True) for each in own)],
        is_unread=rules.is_unread(receipt, notice), is_confirmed=rules.is_confirmed(receipt, notice),
        is_explained=receipt.explained_at is not None,
    )  # fmt: skip


def _answer(question: Question, words: str, *, is_mine: bool) -> NoticeAnswerOut:
    return NoticeAnswerOut(question=words, answer=question.answer, is_mine=is_mine, asked_at=question.asked_at)


def _message(message: Message) -> InboxMessageOut:
    return InboxMessageOut(
        id=message.pk, kind=message.kind, title=message.title, body=message.body[:300], link=message.link,
        is_urgent=message.urgent, is_read=message.read_at is not None, at=message.created_at,
    )  # fmt: skip
