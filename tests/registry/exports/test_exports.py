"""Data leaves masked, with a reason, approved by a second person where it is much or in full; all of it is noted."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

import factories
from cast import Cast
from homes import ID_NUMBER, PHONE, make_building, make_dwelling, make_estate, make_person
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post, Role
from lianxin.foundation.audit.models import AuditEntry
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.registry.exports import actions, making, rules, store
from lianxin.registry.exports.actions import Wanted
from lianxin.registry.exports.models import Export
from lianxin.registry.people.models import Look
from lianxin.registry.sources import queries as sources
from register import load_register

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
WANTED = Wanted(
    subject="person",
    fields=("person.name", "person.phone", "person.home"),
    purpose="打印入户走访表",
    format="csv",
)
PLAIN = replace(WANTED, plain=("person.phone",), basis="街道防汛通知")


@pytest.fixture
def officer(cast: Cast) -> Actor:
    """Who approves exports."""
    Role.objects.create(
        code="security_officer", label="安全管理员", scope="area", permissions=["people.approve_export"], sort=99
    )
    return factories.make_staff("anquan", "安全", "security_officer", area=cast.county.city)


@pytest.fixture(autouse=True)
def _people(cast: Cast) -> None:
    """One person in grid 111, one in grid 211."""
    load_register()
    for number, name in ((111, "王秀英"), (211, "=李强")):
        home = make_dwelling(make_building(make_estate(cast.county.grid(number), code=f"E{number}"), code=f"B{number}"))
        make_person(name, home=home, phone=PHONE, id_number=ID_NUMBER if number == 111 else None)


def asked(actor: Actor, **changes: Any) -> Export:
    return actions.ask(actor, wanted=replace(WANTED, **changes), at=NOW)


def made(export: Export) -> Export:
    found = making.make(export.pk, at=NOW)
    assert found is not None
    return found


def content(actor: Actor, export: Export) -> bytes:
    return b"".join(actions.fetch(actor, export=export, at=NOW))


def rows(actor: Actor, export: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(actor, export).decode("utf-8-sig"))))


def test_a_clerk_takes_out_a_masked_list_of_the_own_community_at_once(cast: Cast) -> None:
    export = asked(cast.community_clerk)
    assert (export.state, export.why_approval, export.expected_rows) == ("queued", "", 1)
    assert ProcrastinateJob.objects.filter(task_name="exports.make", args={"export_id": export.pk}).exists()

    export = made(export)

    assert (export.state, export.rows) == ("ready", 1)
    head, row = rows(cast.community_clerk, export)
    assert head == ["所在区域", "姓名", "手机号码", "现住址", "导出编号"]
    assert row == [
        "龙眠街道 东苑社区 第一网格", "王**", "138****2345", "龙眠街道东苑社区和平小区3幢 ***", str(export.key),
    ]  # fmt: skip
    text = content(cast.community_clerk, export).decode()
    assert PHONE not in text
    assert "王秀英" not in text


def test_nothing_of_it_lies_open_on_disk(cast: Cast, tmp_path: Any, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path

    made(asked(cast.community_clerk))

    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert stored
    assert "王**".encode() not in stored


def test_what_begins_like_a_formula_stays_text(cast: Cast, officer: Actor) -> None:
    export = asked(cast.data_officer, plain=("person.name",), basis="清查")
    actions.decide(officer, export=export, approve=True, reason="同意", at=NOW)

    names = {row[1] for row in rows(cast.data_officer, made(export))}

    assert names == {"姓名", "王秀英", "'=李强"}


def test_in_full_a_second_person_approves_and_the_people_in_it_can_see_it(cast: Cast, officer: Actor) -> None:
    export = actions.ask(cast.community_clerk, wanted=PLAIN, at=NOW)
    assert (export.state, export.why_approval) == ("asked", "手机号码不打码")
    assert Message.objects.filter(recipient_id=officer.account_id, title="有一份导出等批准").exists()
    assert making.make(export.pk, at=NOW) is None

    with pytest.raises(Invalid):
        actions.decide(officer, export=export, approve=True, reason="", at=NOW)
    export = actions.decide(officer, export=export, approve=True, reason="防汛确需", at=NOW)
    export = made(export)

    assert rows(cast.community_clerk, export)[1][2] == PHONE
    look = Look.objects.get()
    assert (look.actor_label, look.fields, look.reason, look.note) == ("佘曲", ["phone"], "导出", "打印入户走访表")


def test_many_rows_and_sensitive_fields_wait_for_a_second_person(cast: Cast) -> None:
    register = sources.register().by_code
    name, number = register["person.name"], register["person.id_number"]

    assert rules.why_approval([name], [], 500) == ""
    assert rules.why_approval([name], [], 501) == "超过 500 条"
    assert rules.why_approval([name, number], [], 1) == "含敏感个人信息：证件号码"
    assert rules.why_approval([name, number], ["person.id_number"], 900) == "超过 500 条；证件号码不打码"


def test_nobody_approves_their_own(cast: Cast, officer: Actor) -> None:
    both = factories.make_staff("liang", "两权", "data_officer", area=cast.county.city)
    factories.give_post(factories.account_of(both), "security_officer", area=cast.county.city)
    both = factories.act_as(factories.account_of(both))
    export = actions.ask(both, wanted=PLAIN, at=NOW)

    with pytest.raises(Refused, match="别人"):
        actions.decide(both, export=export, approve=True, reason="同意", at=NOW)
    with pytest.raises(NotAllowed):
        actions.decide(cast.data_officer, export=export, approve=True, reason="同意", at=NOW)
    with pytest.raises(Stale):
        actions.decide(officer, export=export, approve=True, reason="同意", at=NOW, seen=4)


def test_refused_and_cancelled_ones_are_never_made(cast: Cast, officer: Actor) -> None:
    refused = actions.ask(cast.community_clerk, wanted=PLAIN, at=NOW)
    actions.decide(officer, export=refused, approve=False, reason="用打码的就够", at=NOW)
    cancelled = asked(cast.community_clerk)
    actions.cancel(cast.community_clerk, export=cancelled, at=NOW)

    assert making.make(refused.pk, at=NOW) is None
    assert making.make(cancelled.pk, at=NOW) is None
    assert Message.objects.filter(recipient_id=cast.community_clerk.account_id, body="用打码的就够").exists()
    with pytest.raises(Refused):
        actions.decide(officer, export=refused, approve=True, reason="还是要", at=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fields": ()}, "fields"),
        ({"fields": ("care.need",)}, "fields"),
        ({"subject": "care"}, "subject"),
        ({"purpose": "看"}, "purpose"),
        ({"plain": ("person.id_number",), "basis": "通知"}, "plain"),
        ({"plain": ("person.phone",)}, "basis"),
        ({"format": "pdf"}, "format"),
    ],
)
def test_what_is_missing_is_told_at_its_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(cast.community_clerk, **changes)

    assert list(refusal.value.fields) == [field]


def test_who_may_not_take_out_or_not_there(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        asked(cast.grid_worker)
    with pytest.raises(Invalid):
        asked(cast.community_clerk, area_id=cast.county.grid(211).id)
    with pytest.raises(Invalid, match="没有记录"):
        asked(cast.data_officer, area_id=cast.county.grid(222).id)


def test_only_the_asker_fetches_within_a_day_and_each_time_is_noted(cast: Cast, officer: Actor) -> None:
    export = made(asked(cast.community_clerk))
    content(cast.community_clerk, export)

    with pytest.raises(NotFound):
        actions.fetch(cast.data_officer, export=export, at=NOW)
    with pytest.raises(NotFound):
        actions.fetch(officer, export=export, at=NOW)
    with pytest.raises(Refused):
        actions.fetch(cast.community_clerk, export=export, at=NOW + timedelta(hours=24))

    assert export.downloads.count() == 1
    assert list(AuditEntry.objects.filter(subject_kind="export").order_by("id").values_list("action", flat=True)) == [
        "exports.ask", "exports.download",
    ]  # fmt: skip


def test_after_a_day_the_file_is_gone(cast: Cast) -> None:
    export = made(asked(cast.community_clerk))

    assert actions.expire(at=NOW + timedelta(hours=23)) == 0
    assert actions.expire(at=NOW + timedelta(hours=24)) == 1

    export.refresh_from_db()
    assert export.state == "expired"
    with pytest.raises(NotFound):
        store.read(export.key)


def test_who_lost_the_post_meanwhile_gets_nothing(cast: Cast) -> None:
    export = asked(cast.community_clerk)
    Post.objects.filter(account=factories.account_of(cast.community_clerk)).update(valid_to=NOW - timedelta(minutes=1))

    found = making.make(export.pk, at=NOW)

    assert found is not None
    assert (found.state, found.failure) == ("failed", "申请人的岗位已经不能导出。")


def test_who_sees_which_exports(cast: Cast, officer: Actor) -> None:
    asked(cast.community_clerk)
    seen = {
        actor.name: Export.objects.visible_to(actor).count()
        for actor in (cast.community_clerk, cast.data_officer, officer, cast.auditor, cast.grid_worker)
    }

    assert seen == {"佘曲": 1, cast.data_officer.name: 0, "安全": 1, "申济": 1, "王格": 0}


def test_excel_says_on_its_first_sheet_whose_it_is_and_keeps_numbers_as_text(cast: Cast, officer: Actor) -> None:
    export = actions.ask(
        cast.community_clerk, at=NOW,
        wanted=replace(
            PLAIN, format="xlsx", fields=("person.name", "person.id_number"), plain=("person.id_number",)
        ),
    )  # fmt: skip
    actions.decide(officer, export=export, approve=True, reason="同意", at=NOW)

    book = openpyxl.load_workbook(io.BytesIO(content(cast.community_clerk, made(export))))

    told = {name.value: words.value for name, words in book["说明"].iter_rows()}
    assert told["导出人"] == "佘曲（东苑社区 社区干部）"
    assert told["批准人"] == "安全：同意"
    assert told["没有打码的"] == "证件号码"
    data = book["数据"]
    assert [cell.value for cell in data[2]] == ["龙眠街道 东苑社区 第一网格", "王**", ID_NUMBER]
    assert data[2][2].number_format == "@"
    assert "佘曲" in (data.oddFooter.center.text or "")


def test_a_file_of_many_pieces_is_whole_and_cannot_be_tampered_with(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(store, "_PIECE", 100)
    export = made(asked(cast.data_officer, fields=("person.name", "person.sex", "person.birth_date")))
    path = store._path(export.key)
    assert len(rows(cast.data_officer, export)) == 3

    whole = path.read_bytes()
    path.write_bytes(whole[:-20])

    with pytest.raises(Exception):  # noqa: B017, PT011 -- whichever way the cipher says it
        content(cast.data_officer, export)
