"""Keep what a seat writes down while a call lasts, and say what the call led to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand_somewhere, draft
from lianxin.kernel.crypto.sealing import blind_indexes
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions.intake import PHONE_CONTEXT, normal_phone
from lianxin.work.cases.models import Case
from lianxin.work.cases.rules import MAX_NOTE

from . import rules
from .models import CallNote

SUBJECT = "call_note"
_CALL, _LABEL = "cases.report", "记通话"
_BATCH = 500
Outcome = CallNote.Outcome


@transaction.atomic
def save(actor: Actor, *, key: UUID, words: str, phone: str, step: int, at: datetime) -> CallNote:
    """Keep the words of a call as they stand; the first time begins the note.

    `key` and `step` are the page's own: what arrives late, or twice, never undoes a later save. A telephone is kept
    once it is whole. Raises NotAllowed, NotFound for another's note, Refused once the note has ended or while
    another call of the same seat lasts.
    """
    demand_somewhere(actor, _CALL, _LABEL)
    note = CallNote.objects.select_for_update().filter(key=key).first()
    if note is None:
        note = _begin(actor, key, at)
    _demand_open(actor, note)
    if step <= note.step:
        return note
    note.step, note.words, note.changed_at = step, clean(words, rules.MAX_NOTE), at
    _put_phone(note, phone)
    note.save(update_fields=["step", "words", "phone", "phone_hash", "changed_at"])
    return note


@transaction.atomic
def end(actor: Actor, *, key: UUID, outcome: str, at: datetime, case: Case | None = None) -> CallNote:
    """Say what a call led to; told again it changes nothing.

    `attached` puts the words at the case for colleagues; `new` needs the case that was made of it. Raises NotFound,
    Invalid, Refused where it was ended otherwise, and what `cases.annotate` raises.
    """
    note = CallNote.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if note is None:
        raise NotFound(_("没有这条通话记录。"))
    if outcome not in Outcome.values or (outcome != Outcome.NOTHING) is (case is None):
        raise Invalid({"outcome": _("请选这个电话的去处。")})
    if note.ended_at is not None:
        if (note.outcome, note.case_id) == (outcome, case.pk if case else None):
            return note
        raise Refused("call_ended", _("这条通话记录已经结束。"))
    if outcome == Outcome.ATTACHED and case is not None:
        words = note.words.strip()
        said = _("来电记录：%(words)s") % {"words": words} if words else _("来电询问，没有另记内容。")
        cases.annotate(actor, case=case, seen=None, at=at, note=said[:MAX_NOTE])
    note.outcome, note.ended_at, note.changed_at, note.case = outcome, at, at, case
    note.save(update_fields=["outcome", "ended_at", "changed_at", "case"])
    _journal(actor, note, "end", at, after={"outcome": outcome, "case": note.case_id})
    return note


def current(actor: Actor) -> CallNote | None:
    """Return the actor's call that lasts. One statement."""
    return CallNote.objects.visible_to(actor).open().first()


@transaction.atomic
def erase_old(*, at: datetime) -> int:
    """Erase words and telephones of notes last touched long ago, and drop bare rows later; returns how many of both."""
    old = list(
        CallNote.objects.select_for_update(skip_locked=True)
        .filter(erased_at=None, changed_at__lt=at - rules.KEEPS_WORDS)
        .order_by("changed_at")[:_BATCH]
    )
    for note in old:
        note.words, note.phone, note.phone_hash, note.erased_at = "", "", None, at
        if note.ended_at is None:
            note.ended_at, note.outcome = at, Outcome.NOTHING
    CallNote.objects.bulk_update(old, ["words", "phone", "phone_hash", "erased_at", "ended_at", "outcome"])
    gone = CallNote.objects.filter(started_at__lt=at - rules.KEEPS_ROW).exclude(erased_at=None).delete()[0]
    return len(old) + gone


def _begin(actor: Actor, key: UUID, at: datetime) -> CallNote:
    note = CallNote(key=key, account_id=actor.account_id or 0, started_at=at, changed_at=at)
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError as error:
        if "call_note_one_at_a_time" in str(error):
            raise Refused("call_open", _("您还有一个电话没有结束，先给它一个去处。")) from None
        # The same page sent its first save twice at once.
        return CallNote.objects.select_for_update().get(key=key)
    _journal(actor, note, "begin", at)
    return note


def _demand_open(actor: Actor, note: CallNote) -> None:
    if note.account_id != actor.account_id:
        raise NotFound(_("没有这条通话记录。"))
    if note.ended_at is not None:
        raise Refused("call_ended", _("这条通话记录已经结束。"))


def _put_phone(note: CallNote, phone: str) -> None:
    try:
        digits = normal_phone(phone)
    except Invalid:
        digits = ""
    note.phone = digits
    note.phone_hash = blind_indexes(digits, PHONE_CONTEXT)[0] if digits else None


def _journal(actor: Actor, note: CallNote, act: str, at: datetime, **rest: Any) -> None:
    append([draft(actor, SUBJECT, note.pk, act, at=at, **rest)])
