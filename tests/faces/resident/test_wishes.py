"""The mailbox on a phone without script: a letter goes out, the desk answers, and nobody else learns of it."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from casework import Desk
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes.models import Enclosure, Letter, Side

from .conftest import PHONE, Phone, photo, text_of

pytestmark = pytest.mark.django_db
WORDS = "婆婆和我为带孩子的事生气，想找人说说"
COMMUNITY = "340881001001"


def sent(phone: Phone, /, **more: object) -> Side:
    """Write a letter by the form and return the writer's side."""
    told = {"client_id": str(uuid4()), "words": WORDS, "topic": "heart", "desk": "community", "area": COMMUNITY}
    answer = phone.send("/wishes/write", told | more)
    assert answer.status_code == 200, text_of(answer)
    return Side.objects.order_by("-pk").first() or pytest.fail("nothing was sent")


def test_a_letter_goes_out_is_answered_rated_and_reopened(desk: Desk, phone: Phone) -> None:
    side = sent(phone, phone=PHONE, photos=[photo()])
    letter, clerk, now = Letter.objects.get(), desk.cast.community_clerk, datetime.now(UTC)
    wishes.take(clerk, letter=letter, at=now)
    wishes.reply(clerk, letter=letter, key=uuid4(), words="明天下午我来坐坐", at=now)

    page = text_of(phone.open(f"/wishes/{side.number}"))
    assert WORDS in page
    assert "明天下午我来坐坐" in page
    picture = phone.open(f"/wishes/{side.number}/files/{Enclosure.objects.get().key}")
    assert b"".join(picture.streaming_content)[:2] == b"\xff\xd8"
    assert picture["Cache-Control"].startswith("no-store")

    phone.send(f"/wishes/{side.number}/say", {"client_id": str(uuid4()), "words": "四点以后在家"})
    wishes.settle(clerk, letter=letter, key=uuid4(), words="说开了", at=now)
    assert "谢谢您的评价" in text_of(phone.send(f"/wishes/{side.number}/rate", {"solved": "partly", "stars": "4"}))
    phone.send(f"/wishes/{side.number}/reopen", {"client_id": str(uuid4()), "words": "又吵了"})
    letter.refresh_from_db()
    assert (letter.state, letter.stars, side.notes.count()) == ("taken", 4, 5)


def test_who_stands_on_no_side_is_asked_for_proof_and_learns_nothing(phone: Phone) -> None:
    side = sent(phone, phone=PHONE)
    stranger = Phone()

    for number in (side.number, "X00000000"):
        page = text_of(stranger.open(f"/wishes/{number}"))
        assert WORDS not in page
        assert "凭编号看信" in page
    assert text_of(stranger.open(f"/wishes/{side.number}")).replace(side.number, "").count("<form") == 2
    wrong = stranger.send("/wishes", {"number": side.number, "proof": "13900000000"})
    assert (wrong.status_code, WORDS in text_of(wrong)) == (404, False)
    assert WORDS in text_of(stranger.send("/wishes", {"number": side.number.lower(), "proof": PHONE}))


def test_an_anonymous_letter_is_opened_by_number_and_code_only(phone: Phone) -> None:
    side = sent(phone, is_anonymous="on", phone=PHONE, name="王芳")
    page = text_of(phone.open(f"/wishes/{side.number}/sent"))
    code = re.findall(r'sent-number">(\d{8})<', page)[0]

    assert (side.phone, side.name) == ("", "")
    assert WORDS in text_of(Phone().send("/wishes", {"number": side.number, "proof": code}))
    assert WORDS not in text_of(Phone().send("/wishes", {"number": side.number, "proof": PHONE}))


def test_a_refused_form_loses_nothing_and_a_letter_sent_twice_is_one(phone: Phone) -> None:
    form = {"client_id": str(uuid4()), "topic": "nonsense", "area": COMMUNITY, "desk": "community", "words": WORDS}
    refused = phone.send("/wishes/write", form | {"photos": [photo()]})
    assert refused.status_code == 422
    kept = re.findall(r'name="files" value="([^"]+)"', text_of(refused))
    assert WORDS in text_of(refused)

    for _ in range(2):
        phone.send("/wishes/write", form | {"topic": "help", "files": kept})

    assert (Letter.objects.count(), Enclosure.objects.count()) == (1, 1)


def test_a_film_is_no_enclosure(phone: Phone) -> None:
    told = SimpleUploadedFile("说话.webm", b"\x1aE\xdf\xa3 no film", content_type="video/webm")

    answer = phone.send(
        "/wishes/write",
        {"client_id": str(uuid4()), "topic": "help", "area": COMMUNITY, "words": WORDS, "photos": [told]},
    )

    assert answer.status_code == 422
    assert not Letter.objects.exists()
