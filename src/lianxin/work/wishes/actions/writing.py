"""What the sides of a letter do: write it, write on, agree or not, rate, reopen, take it back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.queries import AreaNode, node
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.kernel.worktime.queries import calendar
from lianxin.kernel.worktime.rules import due
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions.intake import normal_phone
from lianxin.work.wishes import change, doors, erasing
from lianxin.work.wishes.models import Ask, Letter, Side
from lianxin.work.wishes.settings import Desk, desks, wish_settings

_SEQUENCE = "wish_letter_id_seq"
State = Letter.State


@transaction.atomic
def put(
    actor: Actor,
    *,
    key: UUID,
    area_id: int,
    topic: str,
    words: str,
    at: datetime,
    desk: str = "",
    files: Sequence[UUID] = (),
    name: str = "",
    phone: str = "",
    is_anonymous: bool = False,
    from_visit: UUID | None = None,
) -> Letter:
    """Put a letter into the mailbox of an area. The same `key` sent again is the same letter.

    A resident writes for oneself; staff write down what somebody told them (then the letter is that person's, by
    `phone`). Of an anonymous letter neither account nor name nor phone is kept. Raises Invalid with all faults.
    """
    sent = fingerprint(area_id, topic, words, phone, is_anonymous)
    claimed = claim(key, kind=change.SUBJECT, action="put", sent=sent, at=at, sequence=_SEQUENCE)
    if not claimed.fresh:
        return Letter.objects.get(pk=claimed.subject_id)
    numbers = versions.read()
    area, to = _checked(area_id, topic, desk, "" if is_anonymous else phone, numbers)
    words = change.checked_words(words, has_files=bool(files))
    letter = Letter(
        pk=claimed.subject_id, key=key, topic=topic, desk=to.code, level=to.level, is_anonymous=is_anonymous,
        from_visit=from_visit, sent_by_id=actor.account_id if actor.kind == "staff" else None, sent_at=at,
        due_at=_first_answer_due(at),
    )  # fmt: skip
    _place(letter, area)
    letter.save(force_insert=True)
    side = _writer(actor, letter, name, phone, at)
    change.say(side, key=key, words=words, is_ours=False, at=at, files=files, by_id=actor.account_id)
    change.tell(letter, actor, "put", at=at, topic=topic)
    return letter


def _checked(
    area_id: int, topic: str, desk: str, phone: str, numbers: Mapping[str, int]
) -> tuple[AreaNode, Desk]:  # fmt: skip
    faults: dict[str, str] = {}
    known = desks(numbers)
    to = next((each for each in known if each.code == desk), None) if desk else known[0]
    area = node(area_id, numbers)
    if topic not in Letter.Topic.values:
        faults["topic"] = _("请选一选是哪方面的事。")
    if to is None:
        faults["desk"] = _("请选一选写给谁。")
    if area is None or area.valid_to is not None or (area.community_id is None and to and to.level == "community"):
        faults["area"] = _("请选您的社区，信才知道送到哪里。")
    if phone:
        try:
            normal_phone(phone)
        except Invalid as error:
            faults |= error.fields
    if faults or area is None or to is None:
        raise Invalid(faults)
    return area, to


def _place(letter: Letter, area: AreaNode) -> None:
    letter.area_id = area.id
    letter.street_id, letter.community_id, letter.grid_id = area.street_id, area.community_id, area.grid_id


def _writer(actor: Actor, letter: Letter, name: str, phone: str, at: datetime) -> Side:
    side = Side(letter=letter, role=Side.Role.WRITER, number=doors.new_number(), joined_at=at)
    if not letter.is_anonymous:
        side.account_id = actor.account_id if actor.kind == "resident" else None
        side.name, side.phone = clean(name, 60), normal_phone(phone) if phone else ""
        side.phone_hash = doors.phone_hash(side.phone) if side.phone else None
    side.save(force_insert=True)
    return side


def _first_answer_due(at: datetime) -> datetime:
    return due(at, Limit(wish_settings().first_answer_hours, Unit.WORK_HOUR), calendar())


@transaction.atomic
def write(
    actor: Actor, *, side: Side, key: UUID, words: str, at: datetime, files: Sequence[UUID] = ()
) -> Letter:  # fmt: skip
    """Write on to the desk, from one's own side. Raises Refused once settled or taken back."""
    letter = change.begin_theirs(side, states={State.WAITING, State.TAKEN})
    _demand_there(side)
    words = change.checked_words(words, has_files=bool(files))
    if change.is_fresh(key, letter, "write", side.pk, words, at=at):
        change.say(side, key=key, words=words, is_ours=False, at=at, files=files, by_id=actor.account_id)
        change.tell(letter, actor, "write", at=at, role=side.role)
    return letter


def _demand_there(side: Side) -> None:
    if Side.objects.filter(pk=side.pk, left_at=None).first() is None:
        raise Refused("wish_left", _("您已经退出这次调解。"))


@transaction.atomic
def answer_ask(actor: Actor, *, side: Side, ask_id: int, is_agreed: bool, at: datetime) -> Letter:
    """Say yes or no to what the desk asked. A yes to a case opens it at once. Raises NotFound, Refused."""
    letter = change.begin_theirs(_as_writer(side), states={State.TAKEN})
    ask = letter.asks.select_for_update().filter(pk=ask_id).first()
    if ask is None or ask.state != Ask.State.ASKED:
        raise Refused("wish_asked", _("这一问已经答复过，或不再需要了。"))
    ask.answered_at = at
    ask.state = Ask.State.AGREED if is_agreed else Ask.State.REFUSED
    if is_agreed and ask.what == Ask.What.CASE:
        _open_case(actor, letter, side, ask, at)
        ask.state = Ask.State.DONE
    ask.save(update_fields=["state", "answered_at"])
    act = "agree" if is_agreed else "refuse"
    columns = ["case_id", "case_number"] if letter.case_id else []
    return change.save(letter, actor, act, at=at, columns=columns, what=ask.what, to=ask.to_id)


def _open_case(actor: Actor, letter: Letter, side: Side, ask: Ask, at: datetime) -> None:
    """Report what the writer agreed to, in the writer's name unless the letter has none."""
    report = cases.Report(
        text=ask.words, area_id=letter.area_id, name=side.name, phone=side.phone, is_anonymous=letter.is_anonymous,
        is_confidential=not letter.is_anonymous,
    )  # fmt: skip
    by = actor if side.account_id is not None and actor.account_id == side.account_id else Actor()
    case = cases.report(by, client_id=uuid5(letter.key, f"case {ask.pk}"), report=report, at=at)
    told = _("由心愿邮箱来信转来，写信人已同意。原信由 %(name)s 负责答复。") % {"name": letter.taken_by_label}
    cases.annotate(SYSTEM, case=case, seen=None, at=at, note=told)
    letter.case_id, letter.case_number = case.pk, case.number


def _as_writer(side: Side) -> Side:
    if side.role != Side.Role.WRITER:
        raise NotFound(_("这件事由写信的人来定。"))
    return side


@transaction.atomic
def rate(actor: Actor, *, side: Side, solved: str, stars: int, at: datetime) -> Letter:
    """Say how it was answered; within the days to reopen it may be said anew."""
    letter = change.begin_theirs(_as_writer(side), states={State.SETTLED})
    _demand_in_time(letter, at)
    faults = {} if solved in Letter.Solved.values else {"solved": _("请选一选问题解决了没有。")}
    if not 1 <= stars <= 5:
        faults["stars"] = _("请点一点星，1 分最差，5 分最好。")
    if faults:
        raise Invalid(faults)
    letter.solved, letter.stars, letter.rated_at = solved, stars, at
    return change.save(letter, actor, "rate", at=at, columns=["solved", "stars", "rated_at"], solved=solved)


@transaction.atomic
def reopen(actor: Actor, *, side: Side, key: UUID, words: str, at: datetime) -> Letter:
    """Ask who answered to go on, within the days for it; the clock of the first answer runs anew."""
    letter = change.begin_theirs(_as_writer(side), states={State.SETTLED, State.TAKEN})
    words = change.checked_words(words)
    if not change.is_fresh(key, letter, "reopen", words, at=at):
        return letter
    if letter.state != State.SETTLED:
        raise Refused("wish_state", _("这封信正在办，直接接着写就行。"))
    _demand_in_time(letter, at)
    change.say(side, key=key, words=words, is_ours=False, at=at)
    letter.state = State.TAKEN if letter.taken_by_id is not None else State.WAITING
    letter.ended_at = letter.answered_at = letter.late_told_at = None
    letter.due_at, letter.reopens = _first_answer_due(at), letter.reopens + 1
    columns = ["state", "ended_at", "answered_at", "late_told_at", "due_at", "reopens"]
    return change.save(letter, actor, "reopen", at=at, columns=columns)


def _demand_in_time(letter: Letter, at: datetime) -> None:
    days = wish_settings().reopen_days
    if letter.erased_at is not None or letter.ended_at is None or at > letter.ended_at + timedelta(days=days):
        raise Refused("wish_too_late", _("办结已过 %(days)d 天。有话要说，可以再写一封。") % {"days": days})


@transaction.atomic
def withdraw(actor: Actor, *, side: Side, at: datetime) -> Letter:
    """Take the letter back: its words and what was enclosed are gone at once, for the desk too."""
    letter = change.begin_theirs(_as_writer(side), states=set(State.values))
    if letter.state == State.WITHDRAWN:
        return letter
    if letter.state == State.SETTLED:
        raise Refused("wish_state", _("这封信已经办结，到期会自动删除。"))
    letter.asks.filter(state__in=[Ask.State.ASKED, Ask.State.AGREED]).update(state=Ask.State.DROPPED)
    letter.state, letter.ended_at = State.WITHDRAWN, at
    erasing.erase(letter, at=at, keeps_sides=True)
    return change.save(letter, actor, "withdraw", at=at, columns=["state", "ended_at", "erased_at"])


@transaction.atomic
def leave(actor: Actor, *, side: Side, at: datetime) -> Letter:
    """Leave a mediation, as the other side; nothing more is passed on to it."""
    letter = change.begin_theirs(side, states={State.TAKEN})
    if side.role != Side.Role.OTHER:
        raise NotFound(_("您是写信的人，可以收回这封信。"))
    if Side.objects.filter(pk=side.pk, left_at=None).update(left_at=at):
        change.tell(letter, actor, "leave", at=at)
    return letter
