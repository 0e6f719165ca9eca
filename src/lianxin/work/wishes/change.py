"""What every act on a letter begins and ends with: lock, look, journal. The journal learns no word of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean

from . import enclosing
from .models import Letter, Note, Side

SUBJECT = "wish"
MAX_WORDS = 4000
State = Letter.State


def begin_ours(actor: Actor, letter: Letter, *, seen: int | None = None, states: Collection[str] = ()) -> Letter:
    """Lock a letter for who took it. Raises NotFound for everybody else, Stale, Refused in another state."""
    found = Letter.objects.visible_to(actor).filter(taken_by_id=actor.account_id, pk=letter.pk)
    return _begin(found.select_for_update(of=("self",)).first(), seen, states or {State.TAKEN})


def begin_theirs(side: Side, *, states: Collection[str]) -> Letter:
    """Lock a letter for one of its sides; whoever calls has asked for the proof."""
    return _begin(Letter.objects.select_for_update().filter(pk=side.letter_id).first(), None, states)


def _begin(letter: Letter | None, seen: int | None, states: Collection[str]) -> Letter:
    if letter is None:
        raise NotFound(_("没有这封信，或不由您来办。"))
    if seen is not None and seen != letter.version:
        raise Stale(_("这封信刚有变化，请看过再办。"), version=letter.version, changes=[])
    if letter.state not in states:
        raise Refused("wish_state", _STATES[letter.state])
    return letter


_STATES: Mapping[str, str] = {
    State.WAITING: "这封信还没有人打开。",
    State.TAKEN: "这封信正在办，还没有办结。",
    State.SETTLED: "这封信已经办结。还有话要说，可以请他们接着办。",
    State.WITHDRAWN: "这封信已经收回。",
}


def is_fresh(key: UUID, letter: Letter, act: str, *parts: object, at: datetime) -> bool:
    """Tell whether an act's key is new; the same sent again changes nothing. Raises Refused for a reused key."""
    sent = fingerprint(letter.pk, act, *parts)
    return claim(key, kind=SUBJECT, action=act, sent=sent, at=at, subject_id=letter.pk).fresh


def save(letter: Letter, actor: Actor, act: str, *, at: datetime, columns: Collection[str], **facts: object) -> Letter:
    """Write columns and the journal entry."""
    letter.version += 1
    letter.save(update_fields=[*columns, "version"])
    tell(letter, actor, act, at=at, **facts)
    return letter


def tell(letter: Letter, actor: Actor, act: str, *, at: datetime, **facts: object) -> None:
    """Write the journal entry of an act. A side stays a side there: never its name."""
    entry = draft(actor, SUBJECT, letter.pk, act, at=at, version=letter.version, target=letter.state, after=facts)
    if actor.kind != "staff" and not actor.is_system:
        entry.actor_id, entry.actor_label = None, ""
    append([entry])


def checked_words(words: str, *, field: str = "words", has_files: bool = False) -> str:
    """Return words fit to keep; raise Invalid for none or too many."""
    kept = clean(words, MAX_WORDS)
    if not kept and not has_files:
        raise Invalid({field: _("请写几句，或录一段话。")})
    if len(words.strip()) > MAX_WORDS:
        raise Invalid({field: _("写得太长，请压到 %(most)d 字以内，其余可以接着再写一条。") % {"most": MAX_WORDS}})
    return kept


def say(
    side: Side, *, key: UUID, words: str, is_ours: bool, at: datetime, by: Actor | None = None,
    is_relayed: bool = False, files: Collection[UUID] = (), by_id: int | None = None,
) -> Note:  # fmt: skip
    """Add one note to the thread of one side, with what is enclosed."""
    rows = enclosing.check(list(files), by_id=by_id) if files else []
    note = Note.objects.create(
        key=key, side=side, is_ours=is_ours, is_relayed=is_relayed, words=words, at=at,
        by_label=by.name[:120] if by is not None else "",
    )  # fmt: skip
    enclosing.enclose(note, rows, at=at)
    return note
