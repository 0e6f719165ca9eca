"""My data: shown to who proved it is theirs, with who looked; corrected, withdrawn, copied; all without script."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from casework import Desk
from factories import account_of
from homes import ID_NUMBER, make_building, make_care, make_dwelling, make_estate, make_person
from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.resident.frame import ELDER
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.rules import phone_hash
from lianxin.foundation.audit.models import AuditEntry
from lianxin.registry.people import looks
from lianxin.registry.people.models import Ask, Consent, Person
from register import load_register

from .conftest import PHONE, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(desk: Desk) -> Person:
    """王秀英, 76, alone, at home in grid 111; the register knows what each field is for."""
    load_register()
    home = make_dwelling(make_building(make_estate(desk.cast.county.grid(111))))
    made = make_person(home=home, id_number=ID_NUMBER, phone=PHONE)
    make_care(made)
    return made


@pytest.fixture
def phone(desk: Desk) -> Client:
    """A browser signed in by the phone that stands in the file."""
    account = account_of(desk.cast.resident)
    Account.objects.filter(pk=account.pk).update(phone_hash=phone_hash(PHONE))
    account = Account.objects.get(pk=account.pk)
    account.phone = PHONE
    account.save(update_fields=["phone"])
    client = Client()
    client.cookies[SESSION] = begin_session(account, device="手机", address=None, at=datetime.now(UTC)).key
    return client


def claim(phone: Client, name: str = "王秀英", last_four: str = "002X") -> object:
    return phone.post("/me/data/claim", {"name": name, "last_four": last_four}, follow=True)


def test_a_stranger_is_asked_to_sign_in_and_a_phone_alone_shows_nothing(person: Person, phone: Client) -> None:
    assert Client().get("/me/data").status_code == 302
    page = text_of(phone.get("/me/data"))

    assert "打开我的信息" in page
    assert "王秀英" not in page
    assert "和平小区" not in page
    wrong = claim(phone, last_four="1234")
    assert wrong.status_code == 409  # type: ignore[attr-defined]
    assert "没有对上" in text_of(wrong)


def test_my_page_says_what_is_kept_what_for_and_who_looked(desk: Desk, person: Person, phone: Client) -> None:
    at = datetime.now(UTC)
    looks.look(desk.cast.grid_worker, person=person, fields=["phone"], reason="visit", at=at)

    page = text_of(claim(phone))

    assert "有事能联系上本人" in page
    assert PHONE in page
    assert ID_NUMBER not in page  # a phone may lie about; the copy has it
    assert "110*************2X" in page
    assert "第一网格 网格员 王格" in page  # the post before the name
    assert "上门走访" in page
    assert "独居老人需照应" in page
    assert len(page.encode()) < 60_000
    assert "<script>" not in page


def test_i_ask_for_a_correction_and_see_until_when_it_is_answered(person: Person, phone: Client) -> None:
    claim(phone)
    form = text_of(phone.get("/me/data/ask?kind=correct&field=phone"))
    assert "手机号码不对" in form
    client_id = form.split('name="client_id" value="')[1].split('"')[0]
    sent = {"kind": "correct", "field": "phone", "client_id": client_id}

    assert phone.post("/me/data/ask", sent | {"wish": "12"}).status_code == 422
    phone.post("/me/data/ask", sent | {"wish": "13900001111"})
    phone.post("/me/data/ask", sent | {"wish": "13900001111"})

    ask = Ask.objects.get()
    assert (ask.kind, ask.field, ask.wish) == ("correct", "phone", "13900001111")
    assert "前答复您" in text_of(phone.get("/me/data"))


def test_i_ask_to_be_deleted_and_take_back_what_i_agreed_to(person: Person, phone: Client) -> None:
    claim(phone)
    phone.post("/me/data/consent", {"purpose": "care", "agree": "1"})
    assert "收回同意" in text_of(phone.get("/me/data"))
    phone.post("/me/data/consent", {"purpose": "care"})
    assert Consent.objects.get().withdrawn_at is not None

    form = text_of(phone.get("/me/data/ask?kind=delete"))
    assert "法律要求保留的" in form
    client_id = form.split('name="client_id" value="')[1].split('"')[0]
    phone.post("/me/data/ask", {"kind": "delete", "field": "", "client_id": client_id, "words": "搬走了"})
    assert Ask.objects.get().kind == "delete"


def test_the_copy_is_whole_and_audited(person: Person, phone: Client) -> None:
    claim(phone)

    copy = phone.post("/me/data/copy")

    content = copy.content.decode("utf-8-sig")
    assert ID_NUMBER in content
    assert "独居老人需照应" in content
    assert "attachment" in copy["Content-Disposition"]
    assert AuditEntry.objects.filter(action="people.copy_own", subject_id=person.pk).exists()


def test_in_large_print_it_is_shorter_and_unlinking_closes_it(person: Person, phone: Client) -> None:
    claim(phone)
    phone.cookies[ELDER] = "1"
    assert "改过什么" not in text_of(phone.get("/me/data"))

    phone.post("/me/data/unlink")

    assert "打开我的信息" in text_of(phone.get("/me/data"))


def test_another_residents_page_is_not_mine(desk: Desk, person: Person, phone: Client) -> None:
    claim(phone)
    other = Account.objects.create(kind="resident", name="李叔", created_at=datetime.now(UTC))
    browser = Client()
    browser.cookies[SESSION] = begin_session(other, device="", address=None, at=datetime.now(UTC)).key

    assert "王秀英" not in text_of(browser.get("/me/data"))
    assert browser.post("/me/data/copy").status_code == 404
