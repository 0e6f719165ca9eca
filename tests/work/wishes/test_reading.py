"""Only who took a letter reads it; what is sealed cannot be read beside the door."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from lianxin.foundation.accounts.actor import ANONYMOUS
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.errors import NotFound, Refused
from lianxin.kernel.files import disk
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.throttle.counting import TooMany
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes import doors, enclosing
from lianxin.work.wishes.models import Enclosure, Letter, Side
from mailbox_desk import NOW, PHONE, SECRET_WORDS, Mailbox, photo, writer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "sees_envelope", "may_take"),
    [
        ("community_clerk", True, True),
        ("street_seat", True, True),
        ("grid_worker", False, False),
        ("seat", False, False),
        ("handler", False, False),
        ("admin", False, False),
        ("leader", False, False),
        ("resident", False, False),
    ],
)
def test_only_desks_see_the_envelope(mailbox: Mailbox, who: str, sees_envelope: bool, may_take: bool) -> None:
    letter, actor = mailbox.put(), getattr(mailbox.cast, who)

    assert Letter.objects.visible_to(actor).filter(pk=letter.pk).exists() is sees_envelope
    with pytest.raises(NotFound):
        wishes.open_letter(actor, letter=letter, at=NOW)  # nobody reads before having taken it
    if may_take:
        assert wishes.take(actor, letter=letter, at=NOW).taken_by_id == actor.account_id
    else:
        with pytest.raises(NotFound):
            wishes.take(actor, letter=letter, at=NOW)


def test_an_elevation_opens_no_letters(mailbox: Mailbox) -> None:
    from dataclasses import replace

    letter = mailbox.put()
    elevated = replace(mailbox.cast.admin, elevated=frozenset({"wishes.answer"}))

    assert not Letter.objects.visible_to(elevated).filter(pk=letter.pk).exists()


def test_who_took_it_reads_it_and_nobody_else_at_the_desk(mailbox: Mailbox) -> None:
    clerk, letter = mailbox.cast.community_clerk, mailbox.taken()

    opened = wishes.open_letter(clerk, letter=letter, at=NOW)

    assert [note.words for _side, notes in opened.threads for note in notes] == [SECRET_WORDS]
    for other in (mailbox.clerk_2, mailbox.cast.street_seat):
        assert not Letter.objects.visible_to(other).filter(pk=letter.pk).exists()
        assert Letter.objects.queued_for(other).filter(pk=letter.pk).exists()
        with pytest.raises(NotFound):
            wishes.open_letter(other, letter=letter, at=NOW)
        with pytest.raises(Refused):
            wishes.take(other, letter=letter, at=NOW)
    assert AuditEntry.objects.filter(action="wishes.open", subject_id=letter.pk).count() == 1


def test_a_letter_to_the_street_is_not_for_its_communities(mailbox: Mailbox) -> None:
    letter = mailbox.put(desk="street")

    assert not Letter.objects.visible_to(mailbox.cast.community_clerk).exists()
    assert Letter.objects.visible_to(mailbox.cast.street_seat).get() == letter


def test_words_and_enclosures_lie_sealed_and_uploads_are_gone(mailbox: Mailbox) -> None:
    key = photo(by=mailbox.cast.resident)
    plain = disk.stored(key, "jpg").read_bytes() if disk.stored(key, "jpg").exists() else None

    letter = mailbox.put(files=[key], name="王秀英", phone=PHONE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM wish_note")
        assert SECRET_WORDS.encode() not in bytes(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM wish_piece WHERE position(%s in data) > 0", [b"/9j/"])  # base64 of a JPEG
        assert cursor.fetchone()[0] == 0
    assert not StoredFile.objects.filter(key=key).exists()
    shown = b"".join(enclosing.opened(Enclosure.objects.get(note__side=writer(letter))))
    assert shown[:2] == b"\xff\xd8"
    assert plain is None or shown == plain
    told = str(list(Entry.objects.filter(subject_kind="wish").values()))
    assert not any(secret in told for secret in (SECRET_WORDS, "王秀英", PHONE))


def test_sent_again_it_is_the_same_letter(mailbox: Mailbox) -> None:
    key, file = uuid4(), photo(by=mailbox.cast.resident)

    first, again = (mailbox.put(key=key, files=[file]) for _ in range(2))

    assert first == again
    assert Enclosure.objects.count() == 1


def test_an_anonymous_letter_keeps_nobody_and_opens_by_its_code(mailbox: Mailbox) -> None:
    letter = mailbox.put(is_anonymous=True, name="王秀英", phone=PHONE)
    side = writer(letter)

    assert (side.account_id, side.name, side.phone, side.phone_hash) == (None, "", "", None)
    assert doors.prove(number=side.number.lower(), proof=doors.code_of(letter.key), address="1", at=NOW) == side
    with pytest.raises(NotFound):
        doors.prove(number=side.number, proof=PHONE, address="1", at=NOW)
    with pytest.raises(NotFound):
        doors.prove(number=side.number, proof="00000000", address="1", at=NOW)


def test_guessing_is_stopped(mailbox: Mailbox) -> None:
    side = writer(mailbox.put(by=ANONYMOUS, phone=PHONE))
    for _ in range(doors.PER_NUMBER):
        with pytest.raises(NotFound):
            doors.prove(number=side.number, proof="13800000000", address="1", at=NOW)

    with pytest.raises(TooMany):
        doors.prove(number=side.number, proof=PHONE, address="2", at=NOW)
    assert doors.prove(number=side.number, proof=PHONE, address="2", at=NOW + timedelta(hours=2)) == side


def test_a_side_is_opened_by_its_account_or_by_what_was_proved(mailbox: Mailbox) -> None:
    mine = writer(mailbox.put())
    not_mine = writer(mailbox.put(by=ANONYMOUS, phone=PHONE))

    assert set(Side.objects.opened_by(mailbox.cast.resident)) == {mine}
    assert set(Side.objects.opened_by(ANONYMOUS, [not_mine.pk])) == {not_mine}
    assert not Side.objects.opened_by(ANONYMOUS).exists()
