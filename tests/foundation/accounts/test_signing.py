"""Signing in by password and by phone code, lockout, and what ends a sign-in."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import TestCase

from cast import Cast
from factories import PASSWORD, make_account
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import queries, rules
from lianxin.foundation.accounts.actions import Entered
from lianxin.foundation.accounts.models import Account, PhoneCode, Session
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused
from lianxin.kernel.journal.models import Entry

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
PHONE = "13905561234"


def enter(username: str = "wangge", password: str = PASSWORD, at: datetime = AT) -> Entered:
    """Sign in as one of the cast."""
    return accounts.sign_in(username=username, password=password, device="Firefox", address="10.1.2.3", at=at)


def refusal(username: str, password: str, at: datetime = AT) -> Refused:
    """Fail to sign in and return why."""
    with pytest.raises(Refused) as told:
        enter(username, password, at)
    return told.value


def test_who_signs_in_acts_by_their_posts(cast: Cast) -> None:
    entered = enter(" WangGe ")

    found = queries.load_actor(session_key=entered.key, at=AT + timedelta(minutes=1))

    assert found is not None
    assert found.session is not None
    assert found.actor.name == "王格"
    assert found.actor.may("cases.handle", cast.county.grid(111))
    assert not found.actor.may("cases.handle", cast.county.grid(112))
    assert found.numbers["areas"] >= 1
    assert not found.session.must_change_password


def test_a_request_costs_one_statement(cast: Cast, django_assert_num_queries) -> None:
    entered = enter()
    queries.load_actor(session_key=entered.key, at=AT)  # fills the caches of this process

    with django_assert_num_queries(1):
        queries.load_actor(session_key=entered.key, at=AT)


def test_the_key_itself_is_kept_nowhere(cast: Cast) -> None:
    entered = enter()

    assert bytes(Session.objects.get().key_hash) == rules.key_hash(entered.key)
    assert queries.load_actor(session_key=entered.key + "x", at=AT) is None


@pytest.mark.parametrize("name", ["wangge", "nobody.at.all"])
def test_wrong_passwords_are_counted_and_lock_alike_for_names_that_exist_and_not(cast: Cast, name: str) -> None:
    sentences = [refusal(name, "wrong", AT).sentence for _try in range(6)]

    assert [sentence[-12:] for sentence in sentences[:4]] == [
        f"再错 {left} 次将锁定 15 分钟。"[-12:] for left in (4, 3, 2, 1)
    ]
    assert sentences[4] == sentences[5] == "输错太多次，已锁定。请 15 分钟后再试。"
    assert refusal(name, "wrong", AT + timedelta(minutes=16)).rule == "wrong_password"


def test_a_locked_account_opens_only_after_its_time(cast: Cast) -> None:
    for _try in range(5):
        refusal("wangge", "wrong")

    assert refusal("wangge", PASSWORD, AT + timedelta(minutes=14)).rule == "locked"
    assert enter(at=AT + timedelta(minutes=15)).account.failures == 0


def test_each_try_is_on_record_without_the_password(cast: Cast) -> None:
    refusal("wangge", "my secret")
    enter()

    entries = Entry.objects.filter(subject_kind="account").order_by("id")
    assert [entry.action for entry in entries][-2:] == ["sign_in_failed", "sign_in"]
    assert "my secret" not in str([(entry.after, entry.note) for entry in entries])


def test_idle_and_old_sessions_end(cast: Cast) -> None:
    entered = enter()
    assert queries.load_actor(session_key=entered.key, at=AT + timedelta(minutes=119)) is not None
    assert queries.load_actor(session_key=entered.key, at=AT + timedelta(minutes=120)) is None

    session = entered.session
    for hour in range(1, 13):
        accounts.note_sign_of_life(session_id=session.pk, at=AT + timedelta(hours=hour))
    assert queries.load_actor(session_key=entered.key, at=AT + timedelta(hours=12, seconds=-1)) is not None
    assert queries.load_actor(session_key=entered.key, at=AT + timedelta(hours=12)) is None


def test_a_sign_of_life_is_written_at_most_once_a_minute(cast: Cast) -> None:
    session = enter().session

    accounts.note_sign_of_life(session_id=session.pk, at=AT + timedelta(seconds=59))
    session.refresh_from_db()
    assert session.seen_at == AT

    accounts.note_sign_of_life(session_id=session.pk, at=AT + timedelta(seconds=61))
    session.refresh_from_db()
    assert session.seen_at == AT + timedelta(seconds=61)


def test_signing_out_and_revoking_end_access_at_once(cast: Cast) -> None:
    one, two = enter(), enter()
    found = queries.load_actor(session_key=one.key, at=AT)
    assert found is not None

    accounts.revoke_session(found.actor, session_id=two.session.pk, at=AT)
    accounts.sign_out(found.actor, at=AT)

    assert queries.load_actor(session_key=one.key, at=AT) is None
    assert queries.load_actor(session_key=two.key, at=AT) is None


def test_nobody_ends_a_strangers_session_but_who_manages_them(cast: Cast) -> None:
    session = enter().session

    with pytest.raises(NotAllowed):
        accounts.revoke_session(cast.grid_worker_next_door, session_id=session.pk, at=AT)
    accounts.revoke_session(cast.admin, session_id=session.pk, at=AT)
    with pytest.raises(NotFound):
        accounts.revoke_session(cast.admin, session_id=session.pk, at=AT)


def test_a_disabled_account_is_out_at_once_and_stays_out(cast: Cast) -> None:
    entered = enter()

    accounts.disable_account(cast.admin, account=entered.account, reason="离职", at=AT)

    assert queries.load_actor(session_key=entered.key, at=AT) is None
    assert refusal("wangge", PASSWORD).rule == "account_disabled"


def test_a_new_account_has_a_password_to_change(cast: Cast) -> None:
    made = accounts.create_staff_account(cast.admin, username="xinren", name="新人", phone=PHONE, at=AT)
    entered = enter("xinren", made.password)
    found = queries.load_actor(session_key=entered.key, at=AT)
    assert found is not None
    assert found.session is not None
    assert entered.must_change_password
    assert found.session.must_change_password

    accounts.change_password(found.actor, old=made.password, new="梅花香自苦寒来 2027", at=AT)

    assert not enter("xinren", "梅花香自苦寒来 2027").must_change_password
    assert refusal("xinren", made.password).rule == "wrong_password"


@pytest.mark.parametrize(
    "password", ["short", "1234567890", "aaaaaaaaaaaaaa", "password123", "wangge-2026-x", "x" * 129]
)
def test_weak_passwords_are_refused_with_the_remedy(cast: Cast, password: str) -> None:
    with pytest.raises(Invalid) as told:
        accounts.change_password(cast.grid_worker, old=PASSWORD, new=password, at=AT)

    assert list(told.value.fields) == ["password"]


def test_a_reset_ends_all_sign_ins(cast: Cast) -> None:
    entered = enter()

    password = accounts.reset_password(cast.admin, account=entered.account, at=AT)

    assert queries.load_actor(session_key=entered.key, at=AT) is None
    assert enter("wangge", password).must_change_password


@pytest.mark.parametrize(
    ("username", "name", "phone", "refused"),
    [
        ("wangge", "王格", "", "username_taken"),
        ("x", "新人", "", "invalid"),
        ("有汉字", "新人", "", "invalid"),
        ("fine", " ", "", "invalid"),
        ("fine", "新人", "12345", "invalid"),
    ],
)
def test_accounts_that_cannot_be_made(cast: Cast, username: str, name: str, phone: str, refused: str) -> None:
    with pytest.raises(LianxinError) as told:
        accounts.create_staff_account(cast.admin, username=username, name=name, phone=phone, at=AT)

    assert told.value.code == refused


def test_one_phone_belongs_to_one_member_of_staff_and_is_sealed(cast: Cast) -> None:
    accounts.create_staff_account(cast.admin, username="one", name="甲", phone="+86 139-0556-1234", at=AT)

    with pytest.raises(Refused) as told:
        accounts.create_staff_account(cast.admin, username="two", name="乙", phone=PHONE, at=AT)

    assert told.value.rule == "phone_taken"
    assert Account.objects.get(username="one").phone == PHONE
    assert not Account.objects.extra(where=["phone = convert_to(%s, 'UTF8')"], params=[PHONE]).exists()


@pytest.mark.usefixtures("db")
class TestCodes:
    """Codes sent to a phone."""

    sent: list[tuple[str, str]]

    @pytest.fixture(autouse=True)
    def phones(self, django_capture_on_commit_callbacks) -> None:
        self.sent = []
        self.capture = django_capture_on_commit_callbacks

    def ask(self, at: datetime = AT, phone: str = PHONE, address: str = "10.9.9.9") -> str:
        """Ask for a code and return what the phone got."""
        with self.capture(execute=True):
            accounts.request_code(
                phone=phone, purpose="sign_in", address=address, send=lambda *text: self.sent.append(text), at=at
            )
        return self.sent[-1][1][4:10]

    def enter(self, code: str, at: datetime = AT) -> Entered:
        return accounts.sign_in_by_code(phone=PHONE, code=code, device="微信", address=None, at=at)

    def test_a_resident_signs_in_and_is_the_same_the_next_time(self) -> None:
        first = self.enter(self.ask())
        later = AT + timedelta(days=2)
        second = self.enter(self.ask(later), later)

        assert first.account == second.account
        assert first.account.kind == "resident"
        assert first.account.name == "139****1234"
        found = queries.load_actor(session_key=second.key, at=later + timedelta(days=20))
        assert found is not None
        assert found.actor.holdings == ()

    def test_a_code_works_once_and_not_for_long(self) -> None:
        code = self.ask()
        self.enter(code)
        with pytest.raises(Invalid):
            self.enter(code)

        later = AT + timedelta(minutes=2)
        code = self.ask(later)
        with pytest.raises(Invalid):
            self.enter(code, later + timedelta(minutes=5))

    def test_guessing_spends_the_code(self) -> None:
        code = self.ask()
        wrong = "000000" if code != "000000" else "111111"
        sentences = []
        for _try in range(5):
            with pytest.raises(Invalid) as told:
                self.enter(wrong)
            sentences.append(told.value.sentence)
        assert sentences[0] == "验证码不对，还可以再试 4 次。"
        assert sentences[4] == "验证码已失效，请重新获取。"

        with pytest.raises(Invalid):
            self.enter(code)

    def test_codes_are_rationed_by_phone_and_by_address(self) -> None:
        self.ask()
        with pytest.raises(Refused, match="秒后再试"):
            self.ask(AT + timedelta(seconds=20))
        for minute in range(1, 5):
            self.ask(AT + timedelta(minutes=minute))
        with pytest.raises(Refused, match="这个手机号"):
            self.ask(AT + timedelta(minutes=10))

        for number in range(15):
            self.ask(AT + timedelta(minutes=11), phone=f"138000000{number:02}")
        with pytest.raises(Refused, match="这个网络"):
            self.ask(AT + timedelta(minutes=11), phone="13700000000")

    def test_the_text_is_in_the_profiles_words(self) -> None:
        configuration.put("texts", {"sms": {"code": "【文都e家】验证码 {code}，5 分钟内有效。"}}, at=AT)
        self.ask()

        assert re.fullmatch(r"【文都e家】验证码 \d{6}，5 分钟内有效。", self.sent[-1][1])

    def test_only_the_demonstration_shows_the_code(self, settings) -> None:
        def shown(at: datetime) -> str:
            return accounts.request_code(
                phone=PHONE, purpose="follow", address=None, send=lambda *_text: None, at=at
            ).shown

        settings.DEMO = False
        assert shown(AT) == ""
        settings.DEMO = True
        code = shown(AT + timedelta(minutes=1))
        assert accounts.use_code(phone=PHONE, purpose="follow", code=code, at=AT + timedelta(minutes=1)) == PHONE

    def test_neither_phone_nor_code_is_readable_in_the_table(self) -> None:
        code = self.ask()

        row = PhoneCode.objects.values_list("phone_hash", "code_hash").get()
        assert PHONE.encode() not in b"".join(map(bytes, row))
        assert code.encode() not in b"".join(map(bytes, row))


def test_staff_do_not_sign_in_as_residents_do(cast: Cast) -> None:
    account = make_account("phoned")
    account.phone, account.phone_hash = PHONE, rules.phone_hash(PHONE)
    account.save()

    entered = accounts.sign_in_by_code(
        phone=PHONE,
        code=accounts_code(AT),
        device="",
        address=None,
        at=AT,
    )

    assert entered.account != account


def accounts_code(at: datetime) -> str:
    """Ask for a code and read it from the text."""
    texts: list[str] = []
    with TestCase.captureOnCommitCallbacks(execute=True):
        accounts.request_code(
            phone=PHONE, purpose="sign_in", address=None, send=lambda _phone, text: texts.append(text), at=at
        )
    return texts[0][4:10]


def test_the_field_stays_signed_in_as_long_as_the_place_says(cast: Cast) -> None:
    configuration.put("security", {"field_hours": 240, "field_idle_minutes": 60 * 72}, at=AT)
    for username, hours, lasts in (("wangge", 70, True), ("wangge", 241, False), ("zuoxi", 3, False)):
        entered = enter(username)
        found = queries.load_actor(session_key=entered.key, at=AT + timedelta(hours=hours))
        assert (found is not None) is lasts, (username, hours)
    configuration.put("security", {}, at=AT, reason="back")
    assert enter().session.expires_at == AT + timedelta(hours=12)
