"""What everybody may read names nobody, and no page tells whether a number exists."""

import re
from datetime import UTC, datetime

import pytest

from casework import GRID_111, Desk
from factories import account_of
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session

from .conftest import PHONE, Phone, text_of

pytestmark = pytest.mark.django_db

NAMES = ("欧阳若兰", "司马长风")
PHONES = (PHONE, "13998765432", "0556-7788990")
SECRETS = (*NAMES, *PHONES, "340826198001011234", "7栋302室")


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A community full of reports that tell more of persons than they should."""
    now = datetime.now(UTC)
    for n, stage in enumerate(("reported", "filed", "dispatched", "handling", "handled", "closed", "filed")):
        words = f"{NAMES[n % 2]}家 7栋302室 漏水，电话 {PHONES[n % 3]}，身份证 340826198001011234，请快来"
        desk.at_stage(
            stage, at=now, text=words, title=words[:40], address=f"7栋302室 {NAMES[0]}", name=NAMES[1], phone=PHONE,
            point=GRID_111,
        )  # fmt: skip
    desk.reported(at=now, kind="dispute", text=f"和{NAMES[0]}吵架", phone=PHONE)
    desk.filed(at=now, is_confidential=True, text=f"{NAMES[0]}偷倒垃圾", phone=PHONE)
    return desk


PUBLIC = (
    "/", "/report", "/place", "/place?in=340881001", "/place?in=340881001001", "/follow", "/me", "/services",
    f"/report/nearby?lon={GRID_111.lon}&lat={GRID_111.lat}&text=漏水",
    "/api/v1/areas.geojson?below=340881001001",
)  # fmt: skip


@pytest.mark.parametrize("is_elder", [False, True])
def test_no_public_page_shows_a_person(full: Desk, is_elder: bool) -> None:
    visitor = Phone(full.cast.county.grid(111).code)
    visitor.client.cookies["lx_elder"] = "1" if is_elder else "0"
    staff = {"王格", "佘曲", "左夕", "程管"}
    seen, waiting = set(), list(PUBLIC)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        page = text_of(visitor.open(path))
        assert not [secret for secret in (*SECRETS, *staff) if secret in page], path
        # Whatever a visitor can get to from here, of our own pages.
        links = re.findall(r'href="(/(?!static|lx/|api)[^"#]*)', page)
        waiting += [link.replace("&amp;", "&") for link in links if len(seen) < 80]

    assert len(seen) >= len(PUBLIC)


def test_there_is_something_to_see_where_nobody_is_named(full: Desk) -> None:
    visitor = Phone(full.cast.county.grid(111).code)

    page = text_of(visitor.open("/"))
    assert "暴露垃圾" in page
    assert "东苑社区 第一网格" in page
    assert "我也是这件事" in text_of(visitor.open(PUBLIC[8]))


def test_few_reports_are_not_listed_at_all(desk: Desk) -> None:
    desk.filed(at=datetime.now(UTC))
    desk.filed(at=datetime.now(UTC))

    page = text_of(Phone(desk.cast.county.grid(111).code).open("/"))

    assert "暴露垃圾" not in page
    assert "不让人猜到是谁" in page


def without_what_differs(page: str, number: str) -> str:
    page = re.sub(r'data-now="[^"]+"|value="[A-Za-z0-9]{64}"|content="[A-Za-z0-9]{64}"', "", page)
    return page.replace(number, "NUMBER")


def test_known_and_unknown_numbers_look_the_same_to_a_stranger(phone: Phone, stranger: Phone) -> None:
    known, unknown = phone.number(), "340881-20261121-000000"

    for address in ("/follow/{}", "/report/{}/sent", "/follow/{}/rate"):
        answers = [stranger.client.get(address.format(number), follow=True) for number in (known, unknown)]
        assert answers[0].status_code == answers[1].status_code
        pages = [without_what_differs(text_of(a), n) for a, n in zip(answers, (known, unknown), strict=True)]
        assert pages[0] == pages[1]


def test_a_wrong_phone_and_a_wrong_number_are_answered_alike(phone: Phone, stranger: Phone) -> None:
    known, unknown = phone.number(), "340881-20261121-000000"
    tried = ((known, "13900000000"), (unknown, PHONE))

    answers = [stranger.send("/follow", {"number": number, "phone": given}) for number, given in tried]

    assert [answer.status_code for answer in answers] == [404, 404]
    pages = [
        without_what_differs(text_of(answer), number).replace(given, "PHONE")
        for answer, (number, given) in zip(answers, tried, strict=True)
    ]
    assert pages[0] == pages[1]


def test_acts_of_strangers_do_nothing_and_tell_nothing(phone: Phone, stranger: Phone) -> None:
    known, unknown = phone.number(), "340881-20261121-000000"

    for name in ("add", "urge", "thank", "withdraw", "reopen", "appeal", "rate"):
        answers = [
            stranger.client.post(f"/follow/{number}/{name}", {"note": "x", "stars": "1", "solved": "not"})
            for number in (known, unknown)
        ]
        assert [answer.status_code for answer in answers] == [302, 302]
    assert "您反映了这件事" in text_of(phone.open(f"/follow/{known}"))
    assert "您补充了情况" not in text_of(phone.open(f"/follow/{known}"))


def test_staff_who_see_a_case_are_not_its_reporter(phone: Phone, desk: Desk) -> None:
    number = phone.number()
    seat = Phone()
    account = account_of(desk.cast.seat)
    seat.client.cookies[SESSION] = begin_session(account, device="t", address=None, at=datetime.now(UTC)).key

    assert "您反映了这件事" not in text_of(seat.open(f"/follow/{number}"))


@pytest.mark.parametrize("number", ["<script>alert(1)</script>", "a" * 300, "%00", "..%2F..", "'; drop table cases;--"])
def test_hostile_numbers_are_words_like_any_other(stranger: Phone, number: str) -> None:
    answer = stranger.open(f"/follow/{number}")

    assert answer.status_code in {200, 404}
    assert "<script>alert" not in text_of(answer)
