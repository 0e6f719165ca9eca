"""The mailbox's desk: a queue without words, a letter with the one who answers for it, and all acts without script."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from casework import Desk
from lianxin.foundation.audit.models import AuditEntry
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes.models import Ask, Letter, Side

from .conftest import SignIn, text_of

pytestmark = pytest.mark.django_db
WORDS = "楼上半夜拖椅子，我不敢当面说"


@pytest.fixture
def letter(desk: Desk, ago: datetime) -> Letter:
    """A letter that waits."""
    area = desk.cast.county.community(11)
    return wishes.put(
        desk.cast.resident, key=uuid4(), area_id=area.id, topic="dispute", words=WORDS, phone="13855500001", at=ago
    )


def test_the_queue_and_the_envelope_show_no_word(letter: Letter, sign_in: SignIn) -> None:
    clerk = sign_in("community_clerk")

    queue, envelope = text_of(clerk.get("/console/wishes/")), text_of(clerk.get(f"/console/wishes/{letter.key}"))

    assert "邻里矛盾" in queue
    assert "打开并负责到底" in envelope
    assert not any(word in page for word in (WORDS, "13855500001", "5500") for page in (queue, envelope))
    assert not AuditEntry.objects.filter(action="wishes.open").exists()


def test_one_opens_answers_mediates_and_settles(desk: Desk, letter: Letter, sign_in: SignIn) -> None:
    clerk, street = sign_in("community_clerk"), sign_in("street_seat")
    at = f"/console/wishes/{letter.key}"

    page = text_of(clerk.post(f"{at}/take", follow=True))
    assert WORDS in page
    assert "138****0001" in page or "138****" in page
    assert street.get(at).status_code == 404
    assert WORDS not in text_of(street.get("/console/wishes/?show=others"))

    def act(name: str, /, **data: str) -> str:
        seen = re.findall(r'name="seen" value="(\d+)"', text_of(clerk.get(at)))[0]
        return text_of(clerk.post(f"{at}/{name}", {"seen": seen, "client_id": str(uuid4())} | data, follow=True))

    assert "已发短信" in act("invite", phone="13855500002", name="赵大")
    act("relay", role="other", words="邻居睡得轻，夜里请抬一抬椅子")
    act("reply", words="我已经转告了")
    assert "已问写信人" in act("case", words="三幢夜间噪声，请物业上门")
    ask = Ask.objects.get()
    wishes.answer_ask(desk.cast.resident, side=writer(letter), ask_id=ask.pk, is_agreed=True, at=datetime.now(UTC))
    letter.refresh_from_db()
    assert letter.case_number in text_of(clerk.get(at))
    assert "已办结" in act("settle", words="楼上垫了毛毡")
    assert AuditEntry.objects.filter(action="wishes.open", subject_id=letter.pk).count() > 3
    other = Side.objects.get(role="other")
    assert list(other.notes.values_list("words", flat=True)) == ["邻居睡得轻，夜里请抬一抬椅子"]


def test_what_is_refused_comes_back_as_typed(letter: Letter, sign_in: SignIn) -> None:
    clerk, at = sign_in("community_clerk"), f"/console/wishes/{letter.key}"
    clerk.post(f"{at}/take")

    answer = clerk.post(f"{at}/invite", {"phone": "12", "name": "赵大"})
    stale = clerk.post(f"{at}/settle", {"words": "写了很久的话", "seen": "1"})

    assert (answer.status_code, "赵大" in text_of(answer)) == (422, True)
    assert (stale.status_code, "写了很久的话" in text_of(stale)) == (422, True)
    assert Letter.objects.get().state == "taken"


def test_a_late_letter_says_so(desk: Desk, sign_in: SignIn) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=10)
    area = desk.cast.county.community(11)
    wishes.put(desk.cast.resident, key=uuid4(), area_id=area.id, topic="help", words=WORDS, at=long_ago)

    assert "1 封过了时限" in text_of(sign_in("street_seat").get("/console/wishes/"))


def writer(letter: Letter) -> Side:
    """Return the writer's side."""
    return letter.sides.get(role=Side.Role.WRITER)
