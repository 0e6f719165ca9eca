"""Receipts in any order and any number of times; questions back, answered to one or to all, and what time does."""

from datetime import datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import transaction

import factories
from casework import NOW
from cast import Cast
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused
from lianxin.kernel.journal import listening, relay
from lianxin.work.disclosure import actions as notices
from lianxin.work.disclosure import keeping, queries, questions, receipts
from lianxin.work.disclosure.models import Notice, Question, Receipt
from telling import published

pytestmark = pytest.mark.django_db
EARLY, LATE = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
THEN = NOW + timedelta(days=1)


def receipt(cast: Cast, notice: Notice) -> Receipt:
    return Receipt.objects.get(notice=notice, account_id=cast.grid_worker.account_id or 0)


def test_whatever_order_a_device_says_it_in_comes_to_the_same(cast: Cast) -> None:
    said = [
        (EARLY, False, False),
        (LATE, True, False),
        (LATE + timedelta(minutes=1), True, True),
        (EARLY, False, False),
    ]
    ends: set[tuple[datetime | None, ...]] = set()
    for order in permutations(said):
        notice = published(cast, confirm_by=NOW + timedelta(days=3))
        for when, confirmed, explained in order:
            receipts.mark(
                cast.grid_worker, key=notice.key, read_at=when, at=THEN, confirmed=confirmed, explained=explained
            )
        found = receipt(cast, notice)
        ends.add((found.read_at, found.confirmed_at, found.explained_at))

    assert ends == {(EARLY, LATE, LATE + timedelta(minutes=1))}


def test_a_clock_ahead_of_ours_is_put_right(cast: Cast) -> None:
    notice = published(cast)
    receipts.mark(cast.grid_worker, key=notice.key, read_at=THEN + timedelta(days=9), at=THEN)
    assert receipt(cast, notice).read_at == THEN


@pytest.mark.parametrize("who", ["community_clerk", "handler", "resident", "leader"])
def test_whom_it_was_not_meant_for_has_no_receipt(cast: Cast, who: str) -> None:
    notice = published(cast)
    with pytest.raises(NotFound):
        receipts.mark(getattr(cast, who), key=notice.key, read_at=EARLY, at=THEN)


def test_what_was_read_before_it_was_withdrawn_still_counts(cast: Cast) -> None:
    notice = published(cast)
    notices.withdraw(cast.community_clerk, notice=notice, reason="时间写错", at=LATE)

    receipts.mark(cast.grid_worker, key=notice.key, read_at=EARLY, at=THEN)
    with pytest.raises(Refused):
        receipts.mark(cast.grid_worker_next_door, key=notice.key, read_at=LATE, at=THEN)

    assert receipt(cast, notice).read_at == EARLY


def test_counts_say_how_many_of_how_many(cast: Cast) -> None:
    notice = published(cast, confirm_by=NOW + timedelta(days=3))
    receipts.mark(cast.grid_worker, key=notice.key, read_at=EARLY, at=THEN, confirmed=True)
    receipts.count_public(notice)
    receipts.count_public(notice)

    told = queries.counts([notice])[notice.pk]
    notice.refresh_from_db()

    assert (told.read, told.confirmed, told.meant, notice.public_reads) == (1, 1, 2, 2)


def asked(cast: Cast, notice: Notice, who: str = "resident", words: str = "三栋也停水吗？") -> Question:
    return questions.ask(getattr(cast, who), key=uuid4(), notice_key=notice.key, words=words, at=EARLY)


def test_the_same_question_sent_again_is_the_same(cast: Cast) -> None:
    notice, key = published(cast), uuid4()
    first = questions.ask(cast.resident, key=key, notice_key=notice.key, words="三栋也停水吗？", at=EARLY)
    again = questions.ask(cast.resident, key=key, notice_key=notice.key, words="三栋也停水吗？", at=LATE)
    assert (first.pk, Question.objects.count()) == (again.pk, 1)
    with pytest.raises(Refused, match="编号"):
        questions.ask(cast.resident, key=key, notice_key=notice.key, words="四栋也停水吗？", at=LATE)


def test_a_question_has_a_clock_and_its_keepers_hear_of_it_once_late(cast: Cast) -> None:
    question = asked(cast, published(cast))
    assert question.due_at > EARLY
    relay.relay_batch()
    listening.follow_all(at=EARLY)
    assert set(Message.objects.filter(kind="disclosure.question").values_list("recipient_id", flat=True)) == {
        cast.community_clerk.account_id
    }

    assert keeping.tell_late(at=question.due_at - timedelta(minutes=1)) == 0
    assert keeping.tell_late(at=question.due_at) == 1
    assert keeping.tell_late(at=question.due_at) == 0


def test_an_answer_to_all_names_nobody(cast: Cast) -> None:
    notice = published(cast)
    question = asked(cast, notice, words="我家三栋 402，老人卧床，也停水吗？")

    with pytest.raises(Invalid):
        questions.answer(
            cast.community_clerk, question=question, words="停，打 13812345678", at=LATE, to_all=True, public_words="问"
        )
    questions.answer(
        cast.community_clerk, question=question, words="三栋也停，先存水。", at=LATE, to_all=True,
        public_words="三栋也停水吗？",
    )  # fmt: skip

    public = queries.answers_of(notice).get()
    assert (public.public_words, public.answer) == ("三栋也停水吗？", "三栋也停，先存水。")
    relay.relay_batch()
    listening.follow_all(at=LATE)
    assert Message.objects.get(kind="disclosure.answer").recipient_id == cast.resident.account_id
    with pytest.raises(Refused):
        questions.answer(cast.community_clerk, question=question, words="再答一次", at=LATE)


@pytest.mark.parametrize(
    ("who", "error"),
    [("street_seat", None), ("grid_worker", NotFound), ("handler", NotFound), ("leader", NotFound)],
)
def test_only_who_keeps_receipts_answers(cast: Cast, who: str, error: type[LianxinError] | None) -> None:
    question = asked(cast, published(cast))
    if error is None:
        questions.answer(getattr(cast, who), question=question, words="也停。", at=LATE)
        return
    with pytest.raises(error):
        questions.answer(getattr(cast, who), question=question, words="也停。", at=LATE)


def test_nobody_asks_about_what_they_cannot_read(cast: Cast) -> None:
    inner = published(cast, to_public=False)
    for who, error in (("resident", NotFound), ("handler", NotFound)):
        with pytest.raises(error), transaction.atomic():
            asked(cast, inner, who)
    with pytest.raises(NotAllowed), transaction.atomic():
        questions.ask(
            type(cast.resident)(), key=uuid4(), notice_key=published(cast).key, words="能不能改时间？", at=EARLY
        )
    assert asked(cast, inner, "grid_worker").post == "第一网格 网格员"


def test_after_two_years_nobody_is_named(cast: Cast) -> None:
    notice = published(cast, valid_until=NOW + timedelta(days=2))
    private, public = asked(cast, notice), asked(cast, notice, words="东门几点来水？")
    questions.answer(cast.community_clerk, question=public, words="十二点。", at=LATE, to_all=True)

    assert keeping.forget(at=NOW + timedelta(days=700)) == 0
    while keeping.forget(at=NOW + timedelta(days=740)):
        pass

    assert not Receipt.objects.exists()
    assert not Question.objects.filter(pk=private.pk).exists()
    kept = Question.objects.get(pk=public.pk)
    assert (kept.asked_by, kept.words, kept.answer) == (None, "", "十二点。")


def test_a_list_of_receipts_is_in_the_order_of_areas(cast: Cast) -> None:
    factories.make_staff("zengge", "曾格", "grid_worker", area=cast.county.grid(111))
    rows = [one.area_id for one in queries.receipts(published(cast))]
    assert rows == sorted(rows, key=lambda area_id: area_id or 0)
