"""One answers to the end; nothing crosses between two sides but what is passed on; the writer has the last word."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

import factories
from lianxin.foundation.accounts.actor import ANONYMOUS
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.notifications.models import Delivery, Message
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.journal import listening, relay
from lianxin.work.cases.models import Case
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes.models import Ask, Letter, Note, Side
from mailbox_desk import NOW, OTHER_PHONE, PHONE, SECRET_WORDS, Mailbox, photo, said_to, writer

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def test_nothing_crosses_between_two_sides_but_what_is_passed_on(mailbox: Mailbox) -> None:
    clerk, letter = mailbox.cast.community_clerk, mailbox.taken()
    other = wishes.invite(clerk, letter=letter, phone=OTHER_PHONE, name="赵大", at=LATER)
    wishes.reply(clerk, letter=letter, key=uuid4(), words="我去问问楼上", at=LATER)
    wishes.write(ANONYMOUS, side=other, key=uuid4(), words="我上夜班，不知道吵到人", at=LATER)
    wishes.relay(clerk, letter=letter, key=uuid4(), role="other", words="邻居睡得轻，夜里请抬一抬椅子", at=LATER)

    assert said_to(other) == ["我上夜班，不知道吵到人", "邻居睡得轻，夜里请抬一抬椅子"]
    assert said_to(writer(letter)) == [SECRET_WORDS, "我去问问楼上"]

    wishes.relay(clerk, letter=letter, key=uuid4(), role="writer", words="他答应垫上毛毡", at=LATER)

    assert said_to(writer(letter))[-1] == "他答应垫上毛毡"
    assert "他答应垫上毛毡" not in said_to(other)
    assert Note.objects.filter(is_relayed=True).count() == 2


def test_only_a_dispute_has_another_side_and_only_its_writer_decides(mailbox: Mailbox) -> None:
    clerk = mailbox.cast.community_clerk
    with pytest.raises(Refused):
        wishes.invite(clerk, letter=mailbox.taken(topic="help"), phone=OTHER_PHONE, at=LATER)
    letter = mailbox.taken()
    other = wishes.invite(clerk, letter=letter, phone=OTHER_PHONE, at=LATER)
    ask = wishes.ask_for_case(clerk, letter=letter, words="三幢夜间噪声", at=LATER)

    others: tuple[Callable[[], object], ...] = (
        lambda: wishes.answer_ask(ANONYMOUS, side=other, ask_id=ask.pk, is_agreed=True, at=LATER),
        lambda: wishes.withdraw(ANONYMOUS, side=other, at=LATER),
    )
    for act in others:
        with pytest.raises(NotFound):
            act()
    wishes.leave(ANONYMOUS, side=other, at=LATER)
    with pytest.raises(Refused):
        wishes.relay(clerk, letter=letter, key=uuid4(), role="other", words="还在吗", at=LATER)


def test_a_case_is_opened_only_with_the_writers_yes(mailbox: Mailbox) -> None:
    clerk, resident, letter = mailbox.cast.community_clerk, mailbox.cast.resident, mailbox.taken()
    refused = wishes.ask_for_case(clerk, letter=letter, words="三幢夜间噪声，请上门调解", at=LATER)
    wishes.answer_ask(resident, side=writer(letter), ask_id=refused.pk, is_agreed=False, at=LATER)
    assert not Case.objects.exists()
    ask = wishes.ask_for_case(clerk, letter=letter, words="三幢夜间噪声，请上门调解", at=LATER)

    letter = wishes.answer_ask(resident, side=writer(letter), ask_id=ask.pk, is_agreed=True, at=LATER)

    case = Case.objects.get()
    assert (letter.case_number, case.reporter_id, case.text) == (case.number, resident.account_id, ask.words)
    assert SECRET_WORDS not in case.text
    with pytest.raises(Refused):  # asked once, opened once
        wishes.answer_ask(resident, side=writer(letter), ask_id=ask.pk, is_agreed=True, at=LATER)
    with pytest.raises(Refused):
        wishes.ask_for_case(clerk, letter=letter, words="再来一件", at=LATER)


def test_a_colleague_takes_over_only_when_writer_and_colleague_agree(mailbox: Mailbox) -> None:
    clerk, other, letter = mailbox.cast.community_clerk, mailbox.clerk_2, mailbox.taken()
    with pytest.raises(Invalid):
        wishes.ask_to_hand_over(clerk, letter=letter, to_id=mailbox.cast.handler.account_id or 0, why="请假", at=LATER)
    ask = wishes.ask_to_hand_over(clerk, letter=letter, to_id=other.account_id or 0, why="我要请假", at=LATER)
    with pytest.raises(Refused):
        wishes.take(other, letter=letter, at=LATER)

    wishes.answer_ask(mailbox.cast.resident, side=writer(letter), ask_id=ask.pk, is_agreed=True, at=LATER)
    with pytest.raises(NotFound):  # agreed, but not taken yet: no word of it
        wishes.open_letter(other, letter=letter, at=LATER)
    letter = wishes.take(other, letter=letter, at=LATER)

    assert letter.taken_by_id == other.account_id
    assert wishes.open_letter(other, letter=letter, at=LATER).letter == letter
    with pytest.raises(NotFound):
        wishes.reply(clerk, letter=letter, key=uuid4(), words="我还想说一句", at=LATER)


def test_replies_are_sent_once_and_see_what_came(mailbox: Mailbox) -> None:
    clerk, letter, key = mailbox.cast.community_clerk, mailbox.taken(), uuid4()
    seen = letter.version
    for _ in range(2):
        answered = wishes.reply(clerk, letter=letter, key=key, words="收到", at=LATER, seen=seen, files=[])
    assert answered.answered_at == LATER
    assert len(said_to(writer(letter))) == 2
    with pytest.raises(Stale):
        wishes.settle(clerk, letter=letter, key=uuid4(), words="办好了", at=LATER, seen=seen)
    with pytest.raises(Invalid):
        wishes.reply(clerk, letter=letter, key=uuid4(), words="  ", at=LATER)
    with pytest.raises(Invalid):  # a photo of somebody else
        wishes.reply(clerk, letter=letter, key=uuid4(), words="", files=[photo(by=mailbox.clerk_2)], at=LATER)


def test_settled_it_is_rated_reopened_and_rated_anew_in_time(mailbox: Mailbox) -> None:
    clerk, resident, letter = mailbox.cast.community_clerk, mailbox.cast.resident, mailbox.taken()
    letter = wishes.settle(clerk, letter=letter, key=uuid4(), words="楼上垫了毛毡", at=LATER)
    side = writer(letter)
    with pytest.raises(Invalid):
        wishes.rate(resident, side=side, solved="very", stars=6, at=LATER)
    wishes.rate(resident, side=side, solved="not", stars=2, at=LATER)

    letter = wishes.reopen(resident, side=side, key=uuid4(), words="昨晚又拖了", at=LATER + timedelta(days=3))

    assert (letter.state, letter.taken_by_id, letter.answered_at) == ("taken", clerk.account_id, None)
    assert letter.due_at > LATER + timedelta(days=3)
    wishes.settle(clerk, letter=letter, key=uuid4(), words="再垫一层", at=LATER + timedelta(days=4))
    assert wishes.rate(resident, side=side, solved="solved", stars=5, at=LATER + timedelta(days=5)).stars == 5
    with pytest.raises(Refused):
        wishes.reopen(resident, side=side, key=uuid4(), words="过了很久", at=LATER + timedelta(days=60))


def test_taken_back_its_words_are_gone_for_everybody(mailbox: Mailbox) -> None:
    letter = mailbox.taken(files=[photo(by=mailbox.cast.resident)])
    wishes.withdraw(mailbox.cast.resident, side=writer(letter), at=LATER)

    assert said_to(writer(letter)) == [""]
    assert Letter.objects.get().erased_at == LATER
    with pytest.raises(NotFound):
        wishes.open_letter(mailbox.cast.community_clerk, letter=letter, at=LATER)
    with pytest.raises(Refused):
        wishes.write(mailbox.cast.resident, side=writer(letter), key=uuid4(), words="又想起来", at=LATER)


def test_after_the_time_kept_nothing_says_who_wrote_or_what(mailbox: Mailbox) -> None:
    letter = mailbox.taken(phone=PHONE)
    wishes.ask_for_case(mailbox.cast.community_clerk, letter=letter, words="公开办", at=LATER)
    wishes.settle(mailbox.cast.community_clerk, letter=letter, key=uuid4(), words="好了", at=LATER)
    assert wishes.erase_old(at=LATER + timedelta(days=365)) == 0

    assert wishes.erase_old(at=LATER + timedelta(days=366)) == 1

    side = Side.objects.get()
    assert (side.name, side.phone, side.phone_hash, side.account_id) == ("", "", None, None)
    assert {*said_to(side), Ask.objects.get().words} == {""}
    assert wishes.erase_old(at=LATER + timedelta(days=366)) == 0


def test_late_it_is_told_once_to_desk_and_street(mailbox: Mailbox) -> None:
    letter = mailbox.put()
    assert wishes.tell_late(at=letter.due_at - timedelta(minutes=1)) == 0
    assert wishes.tell_late(at=letter.due_at) == 1
    assert wishes.tell_late(at=letter.due_at) == 0
    _tell()

    told = set(Message.objects.filter(kind="wishes.late").values_list("recipient_id", flat=True))
    cast = mailbox.cast
    assert told == {cast.community_clerk.account_id, mailbox.clerk_2.account_id, cast.street_seat.account_id}
    assert not Message.objects.filter(body__contains="椅子").exists()


def test_the_writer_is_told_by_phone_where_there_is_no_account(mailbox: Mailbox) -> None:
    letter = mailbox.taken(by=ANONYMOUS, phone=PHONE)
    wishes.reply(mailbox.cast.community_clerk, letter=letter, key=uuid4(), words="收到", at=LATER)
    _tell()

    sent = Delivery.objects.get(kind="wishes.answered")
    assert sent.link == f"/wishes/{writer(letter).number}"
    assert "收到" not in sent.body


def test_who_leaves_the_post_leaves_the_letter_to_the_desk(mailbox: Mailbox) -> None:
    letter = mailbox.taken()
    assert wishes.release_orphans(at=LATER) == 0
    elsewhere = factories.make_staff("x", "某", "community_clerk", area=mailbox.cast.county.community(21))
    moved = replace(mailbox.cast.community_clerk, holdings=elsewhere.holdings)
    assert not Letter.objects.visible_to(moved).exists()  # at once, before anybody takes over
    Post.objects.filter(pk=factories.post_of(mailbox.cast.community_clerk).pk).update(valid_to=LATER)

    assert wishes.release_orphans(at=LATER + timedelta(minutes=1)) == 1

    assert Letter.objects.visible_to(mailbox.clerk_2).get() == letter


def _tell() -> None:
    while relay.relay_batch():
        pass
    while listening.follow_all(at=LATER, only=["wishes.messages"]):
        pass
