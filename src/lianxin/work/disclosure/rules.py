"""Words of a notice as they are drawn, what is wrong with one, and how it stands: pure, no database, no clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.kernel.text import clean, looks_personal
from lianxin.kernel.worktime.limits import Limit, Unit

from .models import Notice, NoticeKind, Receipt, State

MOST_TITLE, MOST_BODY, MOST_POINTS, MOST_POINT = 60, 5_000, 8, 120
MOST_AREAS, MOST_ROLES = 60, 12
MOST_QUESTION, MOST_ANSWER = 500, 1_000
LONGEST = timedelta(days=400)  # a notice that says nothing is over after that
# A question is answered within so long; one about power and water sooner.
ANSWER_WITHIN = Limit(2, Unit.WORK_DAY)
KEPT = timedelta(days=730)  # questions and receipts, after the notice is over
_LINK = re.compile(r"https?://[^\s<>\"'（），。；、！？]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph; with `url` they lead there."""

    words: str
    url: str = ""


def paragraphs(body: str) -> list[list[Piece]]:
    """Return a body as paragraphs of pieces: lines are paragraphs, addresses are links, nothing else means anything."""
    return [_pieces(line.strip()) for line in body.splitlines() if line.strip()]


def _pieces(line: str) -> list[Piece]:
    found, seen = [], 0
    for match in _LINK.finditer(line):
        url = match[0].rstrip(".,;:!?)")
        found += [Piece(line[seen : match.start()])] if match.start() > seen else []
        found.append(Piece(url, url))
        seen = match.start() + len(url)
    return [*found, Piece(line[seen:])] if seen < len(line) else found


@dataclass(frozen=True, slots=True)
class Wanted:
    """A notice as its author wrote it; areas by id, roles by code, files by the key of their upload."""

    kind: str
    title: str
    body: str
    area_ids: Sequence[int]
    to_public: bool = False
    to_roles: Sequence[str] = ()
    points: Sequence[str] = ()
    unit_id: int | None = None
    is_urgent: bool = False
    is_pinned: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    confirm_by: datetime | None = None
    files: Sequence[UUID] = field(default_factory=tuple)


def cleaned_points(points: Sequence[str]) -> list[str]:
    """Return the points that say something."""
    return [told for point in points if (told := clean(point, MOST_POINT))]


def faults(wanted: Wanted, at: datetime) -> dict[str, str]:
    """Return what is wrong with a notice, a sentence a field."""
    return _faults_of_words(wanted) | _faults_of_audience(wanted) | _faults_of_time(wanted, at)


def _faults_of_words(wanted: Wanted) -> dict[str, str]:
    found: dict[str, str] = {}
    if wanted.kind not in NoticeKind.values:
        found["kind"] = _("请选择是哪一类通知。")
    if len(clean(wanted.title, MOST_TITLE + 1)) > MOST_TITLE:
        found["title"] = _("标题最多 {most} 字，请写短些。").format(most=MOST_TITLE)
    elif len(clean(wanted.title, MOST_TITLE)) < 4:
        found["title"] = _("标题请写 4 个字以上，让人一看就知道是什么事。")
    if len(clean(wanted.body, MOST_BODY + 1)) > MOST_BODY:
        found["body"] = _("正文最多 {most} 字。").format(most=MOST_BODY)
    elif len(clean(wanted.body, MOST_BODY)) < 10:
        found["body"] = _("正文太短了，请写清什么时候、在哪里、要做什么。")
    if len(wanted.points) > MOST_POINTS or any(len(point) > MOST_POINT for point in wanted.points):
        found["points"] = _("要点最多 {most} 条，每条不超过 {long} 字。").format(most=MOST_POINTS, long=MOST_POINT)
    return found | _faults_of_privacy(wanted)


def _faults_of_privacy(wanted: Wanted) -> dict[str, str]:
    """Refuse identity numbers: a notice is read by everybody. A telephone may be a desk's, so it stays."""
    parts = {"title": wanted.title, "body": wanted.body, "points": "\n".join(wanted.points)}
    sentence = _("里面像是有身份证号或银行卡号，通知大家都看得到，请去掉。")
    return {
        name: sentence
        for name, text in parts.items()
        if any(finding.kind in {"id_number", "bank_card"} for finding in looks_personal(text))
    }


def _faults_of_audience(wanted: Wanted) -> dict[str, str]:
    if not wanted.area_ids:
        return {"areas": _("请选择发到哪里。")}
    if len(set(wanted.area_ids)) > MOST_AREAS:
        return {"areas": _("最多选 {most} 个区域；再多请选它们的上一级。").format(most=MOST_AREAS)}
    if not wanted.to_public and not wanted.to_roles:
        return {"to_roles": _("请选择发给谁：居民，或哪些岗位。")}
    if wanted.to_public and wanted.kind == NoticeKind.ORDER:
        return {"to_public": _("工作安排只发给工作人员。要让居民知道，请另选一类。")}
    if wanted.confirm_by is not None and not wanted.to_roles:
        return {"confirm_by": _("只有发给工作人员的通知能要求确认。")}
    return {}


def _faults_of_time(wanted: Wanted, at: datetime) -> dict[str, str]:
    begins = max(at, wanted.valid_from or at)
    found = {}
    if wanted.valid_from is not None and wanted.valid_from > at + LONGEST:
        found["valid_from"] = _("定时发布最远一年。")
    if wanted.valid_until is not None and wanted.valid_until <= begins:
        found["valid_until"] = _("失效时间要晚于发布时间。")
    if wanted.confirm_by is not None and wanted.confirm_by <= begins:
        found["confirm_by"] = _("确认的期限要晚于发布时间。")
    return found


def is_over(notice: Notice, at: datetime) -> bool:
    """Tell whether a published notice has had its time."""
    last = notice.valid_until or (notice.published_at + LONGEST if notice.published_at else None)
    return last is not None and last <= at


def is_out(notice: Notice, at: datetime) -> bool:
    """Tell whether a notice is to be read now."""
    return notice.state == State.PUBLISHED and not is_over(notice, at)


def is_confirmed(receipt: Receipt, notice: Notice) -> bool:
    """Tell whether a receipt confirms what the notice says now."""
    return receipt.confirmed_at is not None and receipt.confirmed_version >= notice.confirm_version


def is_unread(receipt: Receipt, notice: Notice) -> bool:
    """Tell whether there is something new to read: never opened, or amended since."""
    return receipt.read_at is None or receipt.read_version < notice.said_version
