"""Messages reach their readers once, by the ways they chose, and go on to the substitute when unread."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from cast import Cast
from factories import account_of, post_of
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts import rules as account_rules
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.notifications import actions, kinds, queries
from lianxin.foundation.notifications.kinds import Kind
from lianxin.foundation.notifications.models import Delivery, Message
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.errors import Invalid, Refused

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 15, tzinfo=UTC)  # 23:00 there
MORNING = datetime(2026, 11, 21, 23, tzinfo=UTC)  # 07:00 there


@pytest.fixture(autouse=True)
def known_kinds(monkeypatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register(
        Kind("cases.assigned", "新任务", "{number} 派给您", "{place}：{words}", channels=("sms",)),
        Kind("cases.added", "补充", "{number} 有补充"),
    )


@pytest.fixture
def outbox(settings, tmp_path: Path) -> Path:
    settings.SMS_URL = settings.EMAIL_HOST = ""
    settings.OUTBOX_ROOT = tmp_path
    return tmp_path


def with_phone(actor: Actor, phone: str = "13905561234") -> Actor:
    """Give an actor's account a phone."""
    Account.objects.filter(pk=account_of(actor).pk).update(phone=phone, phone_hash=account_rules.phone_hash(phone))
    return actor


def tell(*actors: Actor, entry_id: int | None = 1, at: datetime = NOON, **rest: Any) -> None:
    """Tell actors of a task."""
    said = {"kind": "cases.assigned", "title": "新任务", "body": "井盖破损", "link": "/cases/1"} | rest
    actions.notify([actor.account_id for actor in actors if actor.account_id], entry_id=entry_id, at=at, **said)


def sent(folder: Path, channel: str = "sms") -> list[dict[str, Any]]:
    """Return what went out."""
    path = folder / f"{channel}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_many_are_told_in_three_statements(cast: Cast, django_assert_max_num_queries) -> None:
    people = [with_phone(cast.handler, "13900000001"), with_phone(cast.seat, "13900000002"), cast.leader]

    with django_assert_max_num_queries(5):  # with the two of the savepoint
        tell(*people)

    assert [queries.unread_count(person, at_most=9) for person in people] == [1, 1, 1]
    assert Delivery.objects.count() == 2  # the leader has no phone


def test_the_same_entry_tells_once(cast: Cast) -> None:
    with_phone(cast.handler)
    tell(cast.handler)
    tell(cast.handler, cast.seat)

    assert queries.unread_count(cast.handler) == 1
    assert queries.unread_count(cast.seat) == 1
    assert Delivery.objects.count() == 1


def test_the_inbox_is_ones_own(cast: Cast) -> None:
    for number in range(1, 6):
        tell(cast.handler, entry_id=number, link=f"/cases/{number}")
    tell(cast.seat)

    first = queries.inbox(cast.handler, limit=3)
    rest = queries.inbox(cast.handler, limit=3, before=first.before)
    assert [message.link[-1] for message in [*first.messages, *rest.messages]] == list("54321")
    assert rest.before is None

    assert actions.mark_read(cast.handler, link="/cases/2", at=NOON) == 1
    theirs = queries.inbox(cast.seat).messages[0].pk
    assert actions.mark_read(cast.handler, ids=[theirs], at=NOON) == 0
    assert queries.unread_count(cast.handler) == 4
    assert actions.mark_read(cast.handler, at=NOON) == 4
    assert queries.unread_count(cast.seat) == 1


def test_disabled_accounts_are_told_nothing(cast: Cast) -> None:
    accounts.disable_account(cast.admin, account=account_of(cast.handler), reason="离职", at=NOON)
    tell(cast.handler)

    assert not Message.objects.exists()


def test_a_text_leaves_once_with_a_key(cast: Cast, outbox: Path) -> None:
    tell(with_phone(cast.handler))

    assert actions.deliver_due(at=NOON) == 1
    assert actions.deliver_due(at=NOON + timedelta(hours=1)) == 0
    assert [(text["address"], text["title"]) for text in sent(outbox)] == [("13905561234", "新任务")]
    assert sent(outbox)[0]["key"] == str(Delivery.objects.get().key)


@pytest.mark.parametrize(
    ("quiet", "urgent", "at", "leaves"),
    [
        (["22:00", "07:00"], False, NOON, NOON),
        (["22:00", "07:00"], False, NIGHT, MORNING),
        (["22:00", "07:00"], False, MORNING - timedelta(minutes=1), MORNING),
        (["22:00", "07:00"], True, NIGHT, NIGHT),
        (["12:00", "14:00"], False, NOON, NOON + timedelta(hours=2)),
        (None, False, NIGHT, NIGHT),
    ],
)
def test_quiet_hours_hold_all_but_the_urgent(cast: Cast, quiet, urgent: bool, at: datetime, leaves: datetime) -> None:
    actions.set_preferences(with_phone(cast.handler), given={"quiet": quiet}, at=NOON)
    tell(cast.handler, urgent=urgent, at=at)

    assert Delivery.objects.get().due_at == leaves
    assert queries.unread_count(cast.handler) == 1  # the inbox is never quiet


def test_people_choose_their_ways(cast: Cast, outbox: Path) -> None:
    chosen = {"cases.assigned": ["email"], "cases.added": ["sms", "email"]}
    actions.set_preferences(with_phone(cast.handler), given={"channels": chosen}, at=NOON)
    accounts.set_preferences(cast.handler, changes={"email": "cheng@example.org"}, at=NOON)

    tell(cast.handler, entry_id=1)
    tell(cast.handler, entry_id=2, kind="cases.added")
    tell(cast.handler, entry_id=3, urgent=True)
    actions.deliver_due(at=NOON)

    assert len(sent(outbox, "email")) == 3
    assert len(sent(outbox, "sms")) == 2  # by choice, and because it is urgent


@pytest.mark.parametrize(
    "given", [{"channels": {"cases.added": ["pigeon"]}}, {"quiet": ["25:00", "07:00"]}, {"quiet": ["07:00", "07:00"]}]
)
def test_choices_that_make_no_sense_are_refused(cast: Cast, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        actions.set_preferences(cast.handler, given=given, at=NOON)


def test_an_urgent_message_left_unread_goes_to_the_substitute_once(cast: Cast) -> None:
    post = post_of(cast.handler)
    substitute = account_of(cast.assist_handler)
    accounts.set_substitute(cast.handler, post=post, substitute=substitute, at=NOON)
    tell(cast.handler, cast.seat, urgent=True)
    actions.mark_read(cast.seat, at=NOON)

    assert actions.escalate_unread(at=NOON + timedelta(minutes=9)) == 0
    assert actions.escalate_unread(at=NOON + timedelta(minutes=10)) == 1
    assert actions.escalate_unread(at=NOON + timedelta(hours=9)) == 0

    [message] = queries.inbox(cast.assist_handler).messages
    assert message.title == "【代程管】新任务"
    assert message.urgent


def test_people_without_an_account_are_told_once(cast: Cast, outbox: Path) -> None:
    for _again in range(2):
        actions.tell_address("13900009999", channel="sms", kind="cases.closed", title="已办结", entry_id=7, at=NOON)
    actions.deliver_due(at=NOON)

    assert [text["address"] for text in sent(outbox)] == ["13900009999"]


def test_the_profiles_words_win_and_reach_nothing_but_their_places(cast: Cast) -> None:
    values = {"number": "340881-20261121-730418", "place": "东苑社区", "words": "井盖破损"}
    assert kinds.render("cases.assigned", values) == ("340881-20261121-730418 派给您", "东苑社区：井盖破损")

    told = {"cases.assigned": {"title": "【文都e家】{number}{number.__class__}{secret}"}}
    configuration.put("messages", told, at=NOON)

    assert kinds.render("cases.assigned", values)[0] == "【文都e家】340881-20261121-730418{number.__class__}"


class Gateway:
    """A gateway on a free port that answers as told and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[dict[str, Any]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.got.append(body | {"authorization": self.headers["Authorization"]})
                self.send_response(gateway.answers.pop(0) if gateway.answers else 200)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    found = Gateway()
    settings.SMS_URL, settings.SMS_KEY = found.url, "secret"
    yield found
    found.close()


def test_a_gateway_gets_the_text_with_key_and_authorisation(cast: Cast, gateway: Gateway) -> None:
    tell(with_phone(cast.handler))
    actions.deliver_due(at=NOON)

    assert gateway.got == [
        {
            "key": str(Delivery.objects.get().key),
            "phone": "13905561234",
            "text": "新任务 井盖破损",
            "authorization": "Bearer secret",
        }
    ]


def test_a_gateway_that_fails_is_tried_again_with_the_same_key(cast: Cast, gateway: Gateway) -> None:
    gateway.answers = [503, 429, 200]
    tell(with_phone(cast.handler))
    for minutes in (0, 1, 6, 60):
        actions.deliver_due(at=NOON + timedelta(minutes=minutes))

    assert len({text["key"] for text in gateway.got}) == 1
    assert len(gateway.got) == 3
    assert Delivery.objects.get().sent_at == NOON + timedelta(minutes=6)


def test_a_refusal_for_good_and_endless_failure_are_given_up(cast: Cast, gateway: Gateway) -> None:
    gateway.answers = [400]
    tell(with_phone(cast.handler))
    actions.deliver_due(at=NOON)
    assert Delivery.objects.get().failed_at == NOON

    gateway.answers = [500] * 20
    tell(cast.handler, entry_id=2)
    for hour in range(72):
        actions.deliver_due(at=NOON + timedelta(hours=hour))
    assert len(gateway.got) == 1 + 7
    assert Delivery.objects.get(entry_id=2).failed_at is not None


def test_a_worker_that_dies_leaves_its_claim_to_others(cast: Cast, outbox: Path, monkeypatch) -> None:
    tell(with_phone(cast.handler))

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(actions, "_deliver", die)
        with pytest.raises(KeyboardInterrupt):
            actions.deliver_due(at=NOON)

    assert actions.deliver_due(at=NOON + timedelta(minutes=1)) == 0
    assert actions.deliver_due(at=NOON + timedelta(minutes=2)) == 1
    assert len(sent(outbox)) == 1


def test_a_code_that_cannot_be_sent_says_so(settings) -> None:
    settings.SMS_URL, settings.SMS_KEY = "http://127.0.0.1:9/none", ""

    with pytest.raises(Refused) as told:
        actions.send_code("13905561234", "验证码 123456")

    assert told.value.rule == "sms_unreachable"


def test_old_messages_are_forgotten_but_not_what_still_waits(cast: Cast) -> None:
    tell(with_phone(cast.handler))

    assert actions.forget_old(at=NOON + timedelta(days=401)) == 1
    assert Delivery.objects.count() == 1
