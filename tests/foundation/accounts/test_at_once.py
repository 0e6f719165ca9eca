"""What happens at the same moment on real connections of their own."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from factories import account_of, act_as, give_post, make_account, make_county, post_of
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actions import guarding
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.audit import actions as audit
from lianxin.foundation.audit import queries as audit_queries
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.models import Delivery
from lianxin.kernel.errors import Refused
from racing import at_once

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_admins() -> tuple[Actor, Actor]:
    county = make_county()
    for name in ("one", "two"):
        give_post(make_account(name), "admin", area=county.city)
    return act_as(Account.objects.get(username="one")), act_as(Account.objects.get(username="two"))


def test_two_administrators_cannot_end_each_other(two_admins: tuple[Actor, Actor], monkeypatch) -> None:
    one, two = two_admins
    both, check = Barrier(2), guarding.keep_an_administrator

    def check_together(before: set[int], at: datetime) -> None:
        # Were both let in, they would meet here with the other's act still uncommitted.
        with suppress(BrokenBarrierError):
            both.wait(timeout=2)
        check(before, at)

    monkeypatch.setattr(guarding, "keep_an_administrator", check_together)

    outcomes = at_once(
        lambda: accounts.end_post(one, post=post_of(two), reason="", at=AT),
        lambda: accounts.disable_account(two, account=account_of(one), reason="", at=AT),
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.rule for refusal in refused] == ["last_administrator"]
    assert len(guarding.administrators(AT)) == 1


def test_wrong_passwords_at_once_are_all_counted(two_admins: tuple[Actor, Actor]) -> None:
    def guess() -> object:
        return accounts.sign_in(username="one", password="guess", device="", address=None, at=AT)

    at_once(*[guess] * 4)

    assert Account.objects.get(username="one").failures == 4


def test_unknown_names_at_once_are_counted_too(two_admins: tuple[Actor, Actor]) -> None:
    def guess() -> object:
        return accounts.sign_in(username="nobody", password="guess", device="", address=None, at=AT)

    outcomes = at_once(*[guess] * 4)

    left = [re.search(r"再错 (\d) 次", str(outcome)) for outcome in outcomes]
    assert sorted(found[1] for found in left if found) == ["1", "2", "3", "4"]


def test_the_chain_stays_whole_under_many_hands(two_admins: tuple[Actor, Actor]) -> None:
    one, _two = two_admins

    def look() -> object:
        return [audit.record(one, "cases.reveal", at=AT, subject_id=number) for number in range(20)]

    outcomes = at_once(look, look, look, look)

    numbers = sorted(number for outcome in outcomes for number in outcome)
    assert len(set(numbers)) == 80
    assert audit_queries.verify_chain().whole


def test_workers_side_by_side_send_each_text_once(
    two_admins: tuple[Actor, Actor], settings: object, tmp_path: Path
) -> None:
    settings.SMS_URL, settings.OUTBOX_ROOT = "", tmp_path  # type: ignore[attr-defined]
    for number in range(60):
        notifications.tell_address(
            f"139{number:08}", channel="sms", kind="cases.closed", title="已办结", entry_id=number, at=AT
        )

    def work() -> object:
        return sum(iter(lambda: notifications.deliver_due(at=AT + timedelta(seconds=1), limit=7), 0))

    outcomes = at_once(work, work, work)

    assert sum(outcomes) == 60
    lines = (tmp_path / "sms.jsonl").read_text().splitlines()
    assert len({line.split('"key": "')[1][:36] for line in lines}) == len(lines) == 60
    assert not Delivery.objects.filter(sent_at=None).exists()
