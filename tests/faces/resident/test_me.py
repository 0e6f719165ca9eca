"""Signing in by a code to the phone; what is then one's own."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models import F
from django.test import Client

from casework import Desk
from lianxin.foundation.accounts.models import Account, PhoneCode, Session
from lianxin.foundation.notifications import actions as notifications
from lianxin.work.cases.models import Case

from .conftest import PHONE, Phone, text_of
from .test_following import carried

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: LazySettings) -> None:
    """A demonstration: codes are shown."""
    settings.DEMO = True


def account() -> Account:
    """Return the account that a phone has made."""
    return Account.objects.get(kind="resident", phone_hash__isnull=False)


def signed_in(phone: Phone, number: str = PHONE) -> Any:
    page = text_of(phone.send("/me/code", {"phone": number}))
    found = re.search(r"验证码是 <b>(\d{6})</b>", page)
    assert found is not None
    return phone.send("/me/sign-in", {"phone": number, "code": found[1]})


def test_a_code_lets_in_and_what_was_reported_by_this_phone_is_there(demo: None, phone: Phone, stranger: Phone) -> None:
    number = phone.number()

    page = text_of(signed_in(stranger))

    assert "138****5678" in page
    assert PHONE not in page
    assert number in page
    assert "您反映了这件事" in text_of(stranger.open(f"/follow/{number}"))


def test_what_one_reports_when_signed_in_is_one_s_own_on_another_phone(demo: None, phone: Phone) -> None:
    signed_in(phone)
    assert PHONE in text_of(phone.open("/report"))  # need not be typed again
    number = phone.number(phone="")

    assert Case.objects.get(number=number).reporter_id == account().pk


def test_the_code_is_shown_only_in_a_demonstration(phone: Phone, settings: LazySettings) -> None:
    settings.DEMO = False

    assert "验证码是" not in text_of(phone.send("/me/code", {"phone": PHONE}))


def test_a_wrong_code_says_how_often_one_may_try(demo: None, phone: Phone) -> None:
    phone.send("/me/code", {"phone": PHONE})

    answer = phone.send("/me/sign-in", {"phone": PHONE, "code": "000000"})

    assert answer.status_code == 422
    assert "还可以再试" in text_of(answer)
    assert not Session.objects.exists()


@pytest.mark.parametrize(("number", "said"), [("", "请填写"), ("123", "11 位"), ("1381234567\0", "字符")])
def test_a_number_that_is_none_gets_no_code(phone: Phone, number: str, said: str) -> None:
    answer = phone.send("/me/code", {"phone": number})

    assert answer.status_code == 422
    assert said in text_of(answer)


def test_codes_are_not_sent_again_at_once(phone: Phone) -> None:
    phone.send("/me/code", {"phone": PHONE})

    answer = phone.send("/me/code", {"phone": PHONE})

    assert answer.status_code == 409
    assert "秒后再试" in text_of(answer)


def test_signing_out_forgets_everything_here(demo: None, phone: Phone) -> None:
    number = phone.number()
    signed_in(phone)

    phone.send("/me/sign-out")

    assert "用手机号登录" in text_of(phone.open("/me"))
    assert "您反映了这件事" not in text_of(phone.open(f"/follow/{number}"))


def test_another_device_is_listed_and_sent_away(demo: None, phone: Phone, stranger: Phone) -> None:
    signed_in(phone)
    PhoneCode.objects.update(created_at=F("created_at") - timedelta(minutes=2))
    signed_in(stranger)
    other = Session.objects.order_by("-pk").last()
    assert other is not None

    page = text_of(stranger.open("/me/devices"))
    assert "现在这台" in page
    stranger.send(f"/me/devices/{other.pk}/end")

    assert "用手机号登录" in text_of(phone.open("/me"))
    assert "用手机号登录" not in text_of(stranger.open("/me"))


def test_messages_are_there_until_read(demo: None, phone: Phone, desk: Desk) -> None:
    signed_in(phone)
    number = phone.number()
    carried(desk, number, "file", "dispatch")
    at = Case.objects.get(number=number).dispatched_at
    assert at is not None
    notifications.notify(
        [account().pk], kind="cases.public_dispatched", title="已派给市城管局", link=f"/follow/{number}", at=at
    )

    assert "1 条没看" in text_of(phone.open("/me"))
    page = text_of(phone.open("/me/messages"))
    assert f'href="/follow/{number}"' in page
    assert "都标为看过了" in text_of(phone.send("/me/messages/read"))
    assert "没看过" not in text_of(phone.open("/me/messages"))


def test_what_is_kept_of_me_is_told_masked(demo: None, phone: Phone) -> None:
    signed_in(phone)
    phone.number(name="王小芳")

    page = text_of(phone.open("/me"))

    assert "我们存着您的什么" in page
    assert "王**" in page
    assert "王小芳" not in page


def test_a_form_of_another_site_is_refused() -> None:
    guarded = Client(enforce_csrf_checks=True)

    assert guarded.post("/me/code", {"phone": PHONE}).status_code == 403
    assert guarded.post("/report", {"text": "井盖"}).status_code == 403


@pytest.mark.parametrize("path", ["/me/code", "/me/sign-in"])
def test_an_address_of_a_form_that_is_opened_leads_to_the_form(phone: Phone, path: str) -> None:
    page = phone.open(path)

    assert (page.status_code, page["Location"]) == (302, "/me")
