"""Letters of the wish mailbox as their sides see them: what this browser may open, and the lines of a conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.kernel.text import mask_name
from lianxin.work.wishes.models import Ask, Enclosure, Letter, Note, Side
from lianxin.work.wishes.settings import desks, wish_settings

COOKIE = "lx_wishes"
_SALT = "lianxin.wishes"
_DAYS = 30
_KEPT = 10
State = Letter.State


def proved(request: HttpRequest) -> list[int]:
    """Return the sides this browser has shown to stand on, the latest last; a forged cookie proves none."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_DAYS * 86400)
        return [int(each) for each in told]
    except (signing.BadSignature, TypeError, ValueError):
        return []


def remember(request: HttpRequest, response: HttpResponse, side: Side) -> None:
    """Let this browser come back to a letter for a month; the last ten count."""
    known = [*(each for each in proved(request) if each != side.pk), side.pk][-_KEPT:]
    response.set_cookie(
        COOKIE, signing.dumps(known, salt=_SALT), max_age=_DAYS * 86400, httponly=True, samesite="Lax",
        secure=request.is_secure(),
    )  # fmt: skip


def forget(response: HttpResponse) -> None:
    """Let this browser open no letter any more."""
    response.delete_cookie(COOKIE, samesite="Lax")


def side_of(request: Request, number: str) -> Side | None:
    """Return the side of a number if this asker stands on it; else None, whether there is such a letter or not."""
    mine = Side.objects.opened_by(request.actor, proved(request)).select_related("letter")
    return mine.filter(number=number[:12]).first()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of my letters."""

    number: str
    title: str
    line: str
    mark: str


def mine(request: Request, *, most: int = 20) -> list[Row]:
    """Return my letters, the latest first. One statement; none for a stranger."""
    keys = proved(request)
    if request.actor.account_id is None and not keys:
        return []
    found = Side.objects.opened_by(request.actor, keys).select_related("letter").defer("name", "phone")
    return [_row(side) for side in found.order_by("-pk")[:most]]


def _row(side: Side) -> Row:
    letter = side.letter
    title = _("请您说说") if side.role == Side.Role.OTHER else letter.get_topic_display()
    mark = _("去评价") if letter.state == State.SETTLED and letter.rated_at is None else ""
    return Row(side.number, title, standing(letter), mark if side.role == Side.Role.WRITER else "")


def standing(letter: Letter) -> str:
    """Say how a letter stands, as its writer reads it."""
    if letter.state == State.WAITING:
        return _("已送到，等人打开")
    if letter.state == State.TAKEN:
        told = _("{name}在办").format(name=mask_name(letter.taken_by_label))
        return told if letter.answered_at else told + _("，还没有答复")
    return str(State(letter.state).label)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said; `who` is empty for oneself."""

    words: str
    who: str
    at: datetime
    is_ours: bool
    is_relayed: bool
    files: Sequence[Enclosure]


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that the page of a letter shows to one side: its own thread, and what it may do."""

    side: Side
    letter: Letter
    lines: Sequence[Line]
    ask: Ask | None
    may_write: bool
    may_rate: bool
    may_reopen: bool
    may_withdraw: bool
    may_leave: bool

    @property
    def is_writer(self) -> bool:
        """Whether this is the writer's page."""
        return self.side.role == Side.Role.WRITER


def conversation(side: Side, at: datetime, numbers: Mapping[str, int]) -> Conversation:
    """Gather the page of a letter for one side. Four statements."""
    letter, is_writer = side.letter, side.role == Side.Role.WRITER
    notes = Note.objects.filter(side=side).prefetch_related("enclosures").order_by("pk")
    ask = letter.asks.filter(state=Ask.State.ASKED).first() if is_writer else None
    settled = letter.state == State.SETTLED
    ends = letter.ended_at or at
    in_time = letter.erased_at is None and at <= ends + timedelta(days=wish_settings(numbers).reopen_days)
    may_write = letter.state in {State.WAITING, State.TAKEN} and side.left_at is None
    return Conversation(
        side=side, letter=letter, lines=[_line(note) for note in notes], ask=ask, may_write=may_write,
        may_rate=is_writer and settled and in_time, may_reopen=is_writer and settled and in_time,
        may_withdraw=is_writer and may_write, may_leave=not is_writer and may_write,
    )  # fmt: skip


def _line(note: Note) -> Line:
    who = mask_name(note.by_label) if note.is_ours else ""
    return Line(note.words, who, note.at, note.is_ours, note.is_relayed, list(note.enclosures.all()))


def enclosure_of(side: Side, key: UUID) -> Enclosure | None:
    """Return a photo or recording that this side may open: of its own thread only."""
    return Enclosure.objects.filter(key=key, note__side=side).first()


def desk_label(letter: Letter, numbers: Mapping[str, int]) -> str:
    """Return to whom a letter went, in the place's words."""
    return next((desk.label for desk in desks(numbers) if desk.code == letter.desk), _("心愿邮箱"))
