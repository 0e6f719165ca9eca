"""A contractor's link: good for one part, for a time, until revoked; what it tells, may send and leaves."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import DjangoDbBlocker

import factories
from casework import Desk, make_desk
from cast import make_cast
from lianxin.faces.acts.seeing import may_see_file
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.files import actions as files
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import actions as cases
from lianxin.work.cases import replay
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.contractors import actions as contractors
from lianxin.work.contractors import queries
from lianxin.work.contractors.actions import Issued
from lianxin.work.contractors.models import Link, Word

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TASK = "换掉井盖边的两块砖"


@pytest.fixture(scope="module")
def made_desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    """Everyone, with categories and standards, gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_desk(make_cast(factories.make_county()))
        transaction.set_rollback(True)


@pytest.fixture
def desk(made_desk: Desk) -> Iterator[Desk]:
    """Everyone; what a test does is undone."""
    with transaction.atomic():
        yield made_desk
        transaction.set_rollback(True)


@pytest.fixture
def now() -> datetime:
    """Return this instant: the contractor's page goes by the real clock."""
    return datetime.now(UTC)


@pytest.fixture
def sign_in() -> Callable[[Actor], Client]:
    """Sign somebody in and return their browser."""

    def enter(actor: Actor) -> Client:
        entered = begin_session(factories.account_of(actor), device="test", address=None, at=datetime.now(UTC))
        client = Client()
        client.cookies[SESSION] = entered.key
        return client

    return enter


def picture(shade: int = 90) -> bytes:
    """Return a small photo."""
    content = BytesIO()
    Image.new("RGB", (48, 32), (shade, 120, 60)).save(content, "JPEG")
    return content.getvalue()


def part_of(case: Case) -> Assignment:
    """Return the lead's part."""
    return Assignment.objects.get(case=case, part="lead")


def issue(desk: Desk, now: datetime, case: Case | None = None, **more: Any) -> Issued:
    """Let 市城管局 hand its part of a case to a crew for a week."""
    held = case or desk.handling(at=now - 2 * HOUR)
    told: dict[str, Any] = {
        "crew": "安达市政",
        "person": "孙师傅",
        "phone": "13800138000",
        "task": TASK,
        "days": 7,
    } | more
    return contractors.issue(desk.cast.handler, assignment_id=part_of(held).pk, at=now, **told)


def photo(at: datetime) -> UUID:
    """Return the key of a photo that a browser sent and that belongs to nothing yet."""
    return files.store(picture(), kind="photo", at=at).key


def say(
    link: Link, kind: str, at: datetime, *, client_id: UUID | None = None, note: str = "", **photos: list[UUID]
) -> Link:
    """Tell something through a link."""
    return contractors.say(link, kind=kind, note=note, photos=photos, client_id=client_id or uuid4(), at=at)


def done(link: Link, at: datetime) -> Link:
    """Take it on and say that it is done, with the photos."""
    say(link, "accept", at)
    return say(link, "done", at, note="换好了", before_near=[photo(at)], after_near=[photo(at)])


def test_from_link_to_handled_with_the_contractors_photos_as_evidence(desk: Desk, now: datetime) -> None:
    link = issue(desk, now).link
    case = link.assignment.case
    with pytest.raises(Refused):
        say(link, "done", now)  # not taken on
    say(link, "accept", now)
    with pytest.raises(Invalid, match="还缺"):
        say(link, "done", now, after_near=[photo(now)])
    done_link = say(link, "done", now, note="换好了", before_near=[photo(now)], after_near=[photo(now)])

    contractors.confirm(desk.cast.handler, link=done_link, seen=None, note="已换好", at=now)

    case.refresh_from_db()
    assert case.stage == "handled"
    labels = StoredFile.objects.filter(subject_kind="case", subject_id=case.pk).values_list("label", flat=True)
    assert {"before_near", "after_near"} <= set(labels)
    told = Entry.objects.filter(subject_kind="case", subject_id=case.pk, action="crew").order_by("id")
    assert [entry.actor_label for entry in told] == ["施工方（链接）"] * 2
    own = Entry.objects.filter(subject_kind="contractor", subject_id=link.pk).order_by("id")
    assert [entry.action for entry in own] == ["issue", "accept", "done", "confirm"]
    assert "13800138000" not in str(list(own.values()))
    assert "孙师傅" not in str(list(own.values()))
    assert not list(replay.mismatches())


def _expire(issued: Issued, _desk: Desk, now: datetime) -> None:
    Link.objects.filter(pk=issued.link.pk).update(made_at=now - 9 * DAY, expires_at=now - HOUR)


def _revoke(issued: Issued, desk: Desk, now: datetime) -> None:
    contractors.revoke(desk.cast.handler, link=issued.link, at=now)


def _give_back(issued: Issued, desk: Desk, now: datetime) -> None:
    case = issued.link.assignment.case
    cases.give_back(desk.cast.handler, case=case, seen=None, at=now, reason="not_ours", note="不归我们")


@pytest.mark.parametrize("ends", [_expire, _revoke, _give_back])
def test_a_link_that_is_over_opens_nothing_and_takes_nothing(desk: Desk, now: datetime, ends: Any) -> None:
    issued = issue(desk, now)
    client, address = Client(), f"/w/{issued.token}"
    assert TASK in client.get(address).content.decode()

    ends(issued, desk, now)

    page = client.get(address)
    assert page.status_code == 410
    said = page.content.decode()
    assert TASK not in said
    assert issued.link.assignment.case.number not in said
    assert "小区" not in said
    assert client.post(address, {"kind": "accept", "client_id": str(uuid4())}).status_code == 410
    with pytest.raises(Refused):
        say(Link.objects.get(pk=issued.link.pk), "accept", now)
    assert not Word.objects.filter(link=issued.link).exists()


def test_a_wrong_token_is_not_found_at_the_same_cost_and_says_nothing(
    desk: Desk, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    issued = issue(desk, now)
    client = Client()
    wrong = issued.token[:-1] + ("A" if issued.token[-1] != "A" else "B")
    assert queries.by_token(wrong) is None
    assert bytes(issued.link.token_hash) != issued.token.encode()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(f"/w/{wrong}")
    looked = [one["sql"] for one in asked.captured_queries if "contractor_link" in one["sql"]]

    assert page.status_code == 404
    assert len(looked) == 1
    assert "/w/…" in caplog.text
    assert wrong not in caplog.text

    def plain(answer: Any) -> str:
        return re.sub(r'"[^"]*"', "", answer.content.decode())

    assert plain(page) == plain(client.get("/w/nothing"))


def test_the_page_names_neither_reporter_nor_report(desk: Desk, now: datetime) -> None:
    case = desk.handling(
        at=now - 2 * HOUR, text="楼下张三 13912345678 家门口井盖翻了", name="李四", phone="13700001111"
    )
    page = Client().get(f"/w/{issue(desk, now, case).token}")

    said = page.content.decode()
    assert TASK in said
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    for secret in (
        "张三",
        "13912345678",
        "李四",
        "13700001111",
        case.number,
        case.number[-6:],
        "孙师傅",
        "13800138000",
    ):
        assert secret not in said


def test_the_same_sent_twice_counts_once(desk: Desk, now: datetime) -> None:
    link = issue(desk, now).link
    say(link, "accept", now)
    once, key = uuid4(), photo(now)

    for _ in range(2):
        say(link, "progress", now, client_id=once, note="挖开了", before_near=[key])
    with pytest.raises(Refused):
        say(link, "progress", now, client_id=once, note="别的话")

    assert Word.objects.filter(link=link, kind="progress").count() == 1
    assert StoredFile.objects.filter(subject_kind=queries.FILES, subject_id=link.pk).count() == 1


def test_a_link_works_on_its_own_part_only(desk: Desk, now: datetime) -> None:
    mine, other = issue(desk, now), issue(desk, now, desk.handling(at=now - 3 * HOUR))
    key = photo(now)
    say(mine.link, "accept", now, before_near=[key])
    say(other.link, "accept", now)

    with pytest.raises(Invalid):  # a photo sent through another link
        say(other.link, "progress", now, before_near=[key])
    assert Client().get(f"/w/{mine.token}/photos/{key}").status_code == 200
    assert Client().get(f"/w/{other.token}/photos/{key}").status_code == 404
    assert may_see_file(desk.cast.handler, StoredFile.objects.get(key=key))
    assert not may_see_file(desk.cast.handler_next_door, StoredFile.objects.get(key=key))


def test_only_who_handles_the_part_issues_revokes_and_confirms(desk: Desk, now: datetime) -> None:
    case = desk.handling(at=now - 2 * HOUR)
    told: dict[str, Any] = {"crew": "甲", "person": "", "phone": "13800138000", "task": "修", "days": 1}
    for other in (desk.cast.handler_next_door, desk.cast.seat, desk.cast.leader, desk.cast.grid_worker):
        with pytest.raises(NotAllowed):
            contractors.issue(other, assignment_id=part_of(case).pk, at=now, **told)
    link = done(issue(desk, now, case).link, now)
    acts: tuple[Callable[[], object], ...] = (
        lambda: contractors.revoke(desk.cast.handler_next_door, link=link, at=now),
        lambda: contractors.confirm(desk.cast.seat, link=link, seen=None, note="好", at=now),
        lambda: contractors.send_back(desk.cast.leader, link=link, note="重做", at=now),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(Refused, match="在用"):
        issue(desk, now, case)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"days": 31}, "days"), ({"days": 0}, "days"), ({"phone": "12"}, "phone"), ({"task": " "}, "task")],
)
def test_a_link_needs_a_phone_a_task_and_an_end(desk: Desk, now: datetime, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        issue(desk, now, **wrong)
    assert set(refused.value.fields) == {field}


def test_uploads_have_bounds_and_what_was_typed_stays(desk: Desk, now: datetime) -> None:
    issued = issue(desk, now)
    say(issued.link, "accept", now)
    client, address = Client(), f"/w/{issued.token}"

    def send(**more: Any) -> Any:
        return client.post(address, {"kind": "progress", "client_id": str(uuid4()), "note": "挖开了", **more})

    paper = SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 400, content_type="application/x-msdownload")
    refused = send(**{"photos.before_near": paper})
    assert refused.status_code == 422
    assert "挖开了" in refused.content.decode()
    many = [SimpleUploadedFile(f"{n}.jpg", picture(shade=20 * n), content_type="image/jpeg") for n in range(12)]
    send(**{"photos.before_near": many})
    stored = StoredFile.objects.filter(subject_kind=queries.FILES, subject_id=issued.link.pk)
    assert stored.count() == 9
    send(**{"photos.record": SimpleUploadedFile("b.jpg", picture(), content_type="image/jpeg")})
    assert set(stored.values_list("label", flat=True)) <= {"before_near", "record"}


def test_sent_back_it_goes_on_through_the_same_link(desk: Desk, now: datetime) -> None:
    issued = issue(desk, now)
    link = done(issued.link, now)
    with pytest.raises(Invalid):
        contractors.send_back(desk.cast.handler, link=link, note="", at=now)

    contractors.send_back(desk.cast.handler, link=link, note="边上还松", at=now)

    assert "边上还松" in Client().get(f"/w/{issued.token}").content.decode()
    say(Link.objects.get(pk=link.pk), "done", now, note="又压实了")
    assert queries.state_of(Link.objects.get(pk=link.pk), now) == "done"


def test_names_and_unconfirmed_photos_are_gone_a_month_after(desk: Desk, now: datetime) -> None:
    link = issue(desk, now).link
    say(link, "accept", now, before_near=[photo(now)])
    over = link.expires_at

    assert contractors.forget(at=over + 29 * DAY) == 0
    assert contractors.forget(at=over + 31 * DAY) == 1

    kept = Link.objects.get(pk=link.pk)
    assert (kept.person, kept.phone, kept.crew) == (None, None, "安达市政")
    assert not StoredFile.objects.filter(subject_kind=queries.FILES, subject_id=link.pk).exists()
    assert contractors.forget(at=over + 31 * DAY) == 0


def test_the_link_is_shown_once_and_kept_as_a_hash(desk: Desk, now: datetime, sign_in: Any) -> None:
    case = desk.handling(at=now - 2 * HOUR)
    form = {"crew": "安达市政", "phone": "13800138000", "task": TASK, "days": "3"}
    clerk = sign_in(desk.cast.handler)

    page = clerk.post(f"/console/command/parts/{part_of(case).pk}/link", form)

    token = page.content.decode().split("/w/")[1].split('"')[0]
    link = Link.objects.get(assignment__case=case)
    assert queries.by_token(token) == link
    shown = clerk.get(f"/console/command/links/{link.key}/").content.decode()
    assert token not in shown
    assert "13800138000" not in shown
    assert "138****8000" in shown
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(link)::text FROM contractor_link link")
        assert token not in str(cursor.fetchall())
