"""What the desk does: who opens a letter answers for it to the end (首问负责)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.audit import actions as audit
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.text import clean
from lianxin.work.cases.actions.intake import normal_phone
from lianxin.work.wishes import change, doors
from lianxin.work.wishes.models import Ask, Letter, Note, Side
from lianxin.work.wishes.scoping import PERMISSION, answering

State = Letter.State


@transaction.atomic
def take(actor: Actor, *, letter: Letter, at: datetime) -> Letter:
    """Open a letter and answer for it from now on; or take it over, where its writer has agreed.

    Of two at once one is told who was first. Raises NotFound, Refused.
    """
    found = Letter.objects.select_for_update().filter(pk=letter.pk).first()
    if found is None or not Letter.objects.queued_for(actor).filter(pk=letter.pk).exists():
        raise NotFound(_("没有这封信，或不由您来办。"))
    if found.taken_by_id == actor.account_id and found.state == State.TAKEN:
        return found
    offered = found.asks.filter(to_id=actor.account_id, state=Ask.State.AGREED).first()
    if found.state != State.WAITING and offered is None:
        raise Refused("wish_taken", _("%(name)s 先打开了这封信，由他负责到底。") % {"name": found.taken_by_label})
    if actor.account_id is None:
        raise NotAllowed(PERMISSION, _("请登录后再打开。"))
    if offered is not None:
        offered.state = Ask.State.DONE
        offered.save(update_fields=["state"])
    before = found.taken_by_id
    found.state, found.taken_by_id, found.taken_by_label = State.TAKEN, actor.account_id, actor.name[:120]
    found.taken_at = at
    columns = ["state", "taken_by_id", "taken_by_label", "taken_at"]
    return change.save(found, actor, "take", at=at, columns=columns, before=before)


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter as its taker reads it: each side with its own thread."""

    letter: Letter
    threads: Sequence[tuple[Side, Sequence[Note]]]
    asks: Sequence[Ask]


@transaction.atomic
def open_letter(actor: Actor, *, letter: Letter, at: datetime, address: str | None = None) -> Opened:
    """Return what a letter says, to who took it; every opening stands in the audit. Raises NotFound."""
    found = Letter.objects.visible_to(actor).filter(pk=letter.pk, taken_by_id=actor.account_id).first()
    if found is None or found.state == State.WITHDRAWN:
        raise NotFound(_("没有这封信，或不由您来办。"))
    sides = list(found.sides.order_by("pk"))
    notes = Note.objects.filter(side__in=sides).prefetch_related("enclosures").order_by("pk")
    by_side: dict[int, list[Note]] = {side.pk: [] for side in sides}
    for note in notes:
        by_side[note.side_id].append(note)
    audit.record(
        actor, "wishes.open", at=at, subject_kind=change.SUBJECT, subject_id=found.pk,
        subject_label=found.get_topic_display(), fields=["words"], address=address,
    )  # fmt: skip
    return Opened(found, [(side, by_side[side.pk]) for side in sides], list(found.asks.order_by("-pk")))


@transaction.atomic
def reply(
    actor: Actor, *, letter: Letter, key: UUID, words: str, at: datetime, role: str = Side.Role.WRITER,
    files: Sequence[UUID] = (), seen: int | None = None,
) -> Letter:  # fmt: skip
    """Answer one side; the first answer to the writer stops the clock."""
    return _say(actor, letter, role, key=key, words=words, at=at, files=files, seen=seen, is_relayed=False)


@transaction.atomic
def relay(
    actor: Actor, *, letter: Letter, key: UUID, role: str, words: str, at: datetime, seen: int | None = None
) -> Letter:  # fmt: skip
    """Pass on, in the taker's own hand, what one side wants the other (`role`) to know. Nothing else crosses over."""
    return _say(actor, letter, role, key=key, words=words, at=at, files=(), seen=seen, is_relayed=True)


def _say(
    actor: Actor, letter: Letter, role: str, *, key: UUID, words: str, at: datetime, files: Sequence[UUID],
    seen: int | None, is_relayed: bool,
) -> Letter:  # fmt: skip
    found = change.begin_ours(actor, letter, seen=None if _was_sent(key) else seen)
    side = found.sides.filter(role=role, left_at=None).first()
    if side is None:
        raise Refused("wish_no_side", _("这一方不在，或已经退出调解。"))
    words = change.checked_words(words, has_files=bool(files))
    act = "relay" if is_relayed else "reply"
    if not change.is_fresh(key, found, act, side.pk, words, at=at):
        return found
    change.say(
        side, key=key, words=words, is_ours=True, is_relayed=is_relayed, at=at, by=actor, files=files,
        by_id=actor.account_id,
    )  # fmt: skip
    columns = []
    if found.answered_at is None and role == Side.Role.WRITER:
        found.answered_at, columns = at, ["answered_at"]
    return change.save(found, actor, act, at=at, columns=columns, role=role)


def _was_sent(key: UUID) -> bool:
    return Note.objects.filter(key=key).exists()


@transaction.atomic
def invite(
    actor: Actor, *, letter: Letter, phone: str, at: datetime, name: str = "", seen: int | None = None
) -> Side:  # fmt: skip
    """Let the other side of a dispute talk with the desk, by its phone, without the two ever meeting.

    It learns that a mediator wants to hear it, and nothing of what was written.
    """
    found = change.begin_ours(actor, letter, seen=seen)
    if found.topic != Letter.Topic.DISPUTE:
        raise Refused("wish_no_dispute", _("只有邻里矛盾的来信可以请另一方来说。"))
    digits = normal_phone(phone)
    side, was_made = Side.objects.get_or_create(
        letter=found, role=Side.Role.OTHER,
        defaults={
            "number": doors.new_number(), "name": clean(name, 60), "phone": digits,
            "phone_hash": doors.phone_hash(digits), "joined_at": at,
        },
    )  # fmt: skip
    if not was_made:
        raise Refused("wish_invited", _("另一方已经请过了。"))
    change.save(found, actor, "invite", at=at, columns=[])
    return side


@transaction.atomic
def ask_for_case(actor: Actor, *, letter: Letter, words: str, at: datetime, seen: int | None = None) -> Ask:
    """Ask the writer whether a case may be opened that says `words`."""
    found = change.begin_ours(actor, letter, seen=seen)
    if found.case_id is not None:
        raise Refused("wish_has_case", _("已经转为事件 %(number)s。") % {"number": found.case_number})
    kept = change.checked_words(words)
    return _ask(actor, found, Ask(letter=found, what=Ask.What.CASE, words=kept, asked_at=at), at)


@transaction.atomic
def ask_to_hand_over(
    actor: Actor, *, letter: Letter, to_id: int, why: str, at: datetime, seen: int | None = None
) -> Ask:  # fmt: skip
    """Ask the writer whether a colleague may read and answer on. Until both agree the taker stays responsible."""
    found = change.begin_ours(actor, letter, seen=seen)
    other = actor_of(to_id, at=at)
    if other is None or to_id == actor.account_id or not answering(other):
        raise Invalid({"to": _("请选一位也受理心愿邮箱的同事。")})
    if not Letter.objects.queued_for(other).filter(pk=found.pk).exists():
        raise Invalid({"to": _("%(name)s 不受理这里的来信。") % {"name": other.name}})
    kept = change.checked_words(why, field="why")
    ask = Ask(letter=found, what=Ask.What.HAND_OVER, to_id=to_id, to_label=other.name[:120], words=kept, asked_at=at)
    return _ask(actor, found, ask, at)


def _ask(actor: Actor, letter: Letter, ask: Ask, at: datetime) -> Ask:
    if letter.asks.filter(state__in=[Ask.State.ASKED, Ask.State.AGREED]).exists():
        raise Refused("wish_asking", _("上一问还没有答复，先等一等，或撤掉它。"))
    ask.save()
    change.save(letter, actor, "ask", at=at, columns=[], what=ask.what)
    return ask


@transaction.atomic
def drop_ask(actor: Actor, *, letter: Letter, at: datetime) -> Letter:
    """Take back what was asked of the writer and is not done yet."""
    found = change.begin_ours(actor, letter)
    if not found.asks.filter(state__in=[Ask.State.ASKED, Ask.State.AGREED]).update(state=Ask.State.DROPPED):
        return found
    return change.save(found, actor, "drop", at=at, columns=[])


@transaction.atomic
def decline_hand_over(actor: Actor, *, letter: Letter, at: datetime) -> Letter:
    """Say that one does not take over; the taker goes on."""
    found = Letter.objects.select_for_update().filter(pk=letter.pk).first()
    offered = found.asks.filter(to_id=actor.account_id, state=Ask.State.AGREED).first() if found is not None else None
    if found is None or offered is None:
        raise NotFound(_("没有请您接手的信。"))
    offered.state = Ask.State.DECLINED
    offered.save(update_fields=["state"])
    return change.save(found, actor, "decline", at=at, columns=[], to=found.taken_by_id)


@transaction.atomic
def settle(actor: Actor, *, letter: Letter, key: UUID, words: str, at: datetime, seen: int | None = None) -> Letter:
    """Close the letter with a last word to its writer, who then rates it and may have it reopened."""
    found = change.begin_ours(actor, letter, seen=None if _was_sent(key) else seen, states={State.TAKEN, State.SETTLED})
    kept = change.checked_words(words)
    if not change.is_fresh(key, found, "settle", kept, at=at):
        return found
    if found.state == State.SETTLED:
        raise Refused("wish_state", _("这封信已经办结。"))
    side = found.sides.get(role=Side.Role.WRITER)
    change.say(side, key=key, words=kept, is_ours=True, at=at, by=actor)
    found.asks.filter(state__in=[Ask.State.ASKED, Ask.State.AGREED]).update(state=Ask.State.DROPPED)
    found.state, found.ended_at, found.answered_at = State.SETTLED, at, found.answered_at or at
    return change.save(found, actor, "settle", at=at, columns=["state", "ended_at", "answered_at"])
