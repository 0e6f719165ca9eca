"""Pages of the data itself: in bytes nothing that may not be seen; every act leads on or tells what is missing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import factories
from casework import Desk
from homes import ID_NUMBER, PHONE, make_building, make_dwelling, make_estate, make_person
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.audit.models import AuditEntry
from lianxin.registry.exports import making
from lianxin.registry.exports.models import Export
from lianxin.registry.people.models import Ask, Look, Person
from lianxin.registry.quality import checking
from lianxin.registry.quality.models import Finding, Task
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources.models import Conflict, DataRequest, FieldChange, Source
from lianxin.registry.sources.recording import open_source
from register import load_register

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
OTHER = "13900001111"
_D = "/console/data"


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def person(desk: Desk) -> Person:
    """王秀英 in grid 111, whose phone the grid worker has confirmed and another unit contradicts."""
    load_register(owners={"person.name": "cgj"})
    home = make_dwelling(make_building(make_estate(desk.cast.county.grid(111))))
    made = make_person(home=home, id_number=ID_NUMBER, phone=PHONE)
    at = datetime.now(UTC) - timedelta(days=1)
    sources.confirm(desk.cast.grid_worker, subject="person", ids=[made.pk], fields=["phone"], at=at)
    return made


@pytest.fixture
def conflict(desk: Desk, person: Person) -> Conflict:
    at = datetime.now(UTC)
    unit = desk.cast.county.units["jiaojing"].id
    source = open_source(desk.cast.handler, Source.Kind.PUSH, name="驾驶人名册", at=at, unit_id=unit)
    sources.offer(desk.cast.handler, source=source, subject="person", record=person.pk, values={"phone": OTHER}, at=at)
    return Conflict.objects.get()


def test_the_register_says_who_owns_what_and_its_administrator_changes_it(
    desk: Desk, person: Person, sign_in: SignIn
) -> None:
    page = text_of(sign_in("handler").get(f"{_D}/fields/?subject=person"))
    assert "有事能联系上本人" in page
    assert "市城管局" in page
    assert "改归口" not in text_of(sign_in("handler").get(f"{_D}/fields/person.phone/"))

    admin = sign_in("admin")
    assert admin.post(f"{_D}/fields/person.phone/amend", {"owner": "市城管局", "reason": ""}).status_code == 422
    sent = {"owner": "市城管局", "stale_after_days": "90", "reason": "会议纪要 3 号"}
    page = text_of(admin.post(f"{_D}/fields/person.phone/amend", sent, follow=True))

    assert "归口单位：没有 → 市城管局；多少天算过时：365 → 90" in page
    assert FieldChange.objects.get().reason == "会议纪要 3 号"
    assert AuditEntry.objects.get(action="sources.amend_field").subject_label == "person.phone"


def test_a_conflict_is_masked_until_somebody_looks_and_one_key_rules_it(
    desk: Desk, conflict: Conflict, sign_in: SignIn
) -> None:
    clerk = sign_in("community_clerk")
    listing = text_of(clerk.get(f"{_D}/conflicts/"))
    page = text_of(clerk.get(f"{_D}/conflicts/{conflict.pk}/"))
    for bytes_ in (listing, page):
        assert "139****1111" in bytes_
        assert OTHER not in bytes_
        assert PHONE not in bytes_
        assert "王秀英" not in bytes_
    assert 'data-key="2"' in page

    clerk.post(f"{_D}/conflicts/{conflict.pk}/look", {"reason": "correct"})
    page = text_of(clerk.get(f"{_D}/conflicts/{conflict.pk}/"))
    assert OTHER in page
    assert PHONE in page
    assert Look.objects.get().fields == ["phone"]
    # Another clerk's screen stays masked.
    assert OTHER not in text_of(sign_in("data_officer").get(f"{_D}/conflicts/{conflict.pk}/"))

    assert clerk.post(f"{_D}/conflicts/{conflict.pk}/", {"ruling": "offered"}).status_code == 422
    sent = {"ruling": "offered", "reason": "打过电话"}
    done = clerk.post(f"{_D}/conflicts/{conflict.pk}/", sent, follow=True)
    assert "没有冲突" in text_of(done)
    assert Person.objects.get(pk=conflict.subject_id).phone == OTHER


def test_a_conflict_elsewhere_does_not_exist(desk: Desk, conflict: Conflict, sign_in: SignIn) -> None:
    Conflict.objects.update(community_id=desk.cast.county.community(21).id, street_id=desk.cast.county.street(2).id)

    assert sign_in("community_clerk").get(f"{_D}/conflicts/{conflict.pk}/").status_code == 404
    assert sign_in("street_seat").get(f"{_D}/conflicts/{conflict.pk}/").status_code == 404
    assert sign_in("data_officer").get(f"{_D}/conflicts/{conflict.pk}/").status_code == 200


def request_form(desk: Desk, **changes: Any) -> dict[str, Any]:
    day = datetime.now(UTC).date()
    unit = desk.cast.county.units["cgj"].id
    return {
        "subject": "person", "title": "取暖摸底", "unit": unit, "fields_wanted": ["person.phone"], "purpose": "补助",
        "legal_basis": "办法第十条", "area": "", "from_date": day, "until_date": day + timedelta(days=20),
        "expected_count": "5000", "minutes_each": "10", "every_days": "",
    } | changes  # fmt: skip


def test_a_department_asks_and_who_decides_sees_what_it_costs_and_what_is_known(
    desk: Desk, person: Person, sign_in: SignIn
) -> None:
    handler = sign_in("handler")
    wrong = handler.post(f"{_D}/requests/add", request_form(desk, purpose=""))
    assert wrong.status_code == 422
    assert "取暖摸底" in text_of(wrong)
    handler.post(f"{_D}/requests/add", request_form(desk))
    made = DataRequest.objects.get()

    page = text_of(sign_in("data_officer").get(f"{_D}/requests/{made.pk}/"))
    assert "8 个网格会超过每周半天" in page
    assert "100.0%" in page or "100%" in page  # the only phone is known
    assert sign_in("handler_next_door").get(f"{_D}/requests/{made.pk}/").status_code == 404

    officer = sign_in("data_officer")
    officer.post(f"{_D}/requests/{made.pk}/decide", {"verdict": "approve", "reason": "确需", "seen": "0"})
    made.refresh_from_db()
    assert made.state == "approved"

    clerk = sign_in("community_clerk")
    assert "东苑社区不承接" in text_of(clerk.get(f"{_D}/requests/{made.pk}/"))
    clerk.post(f"{_D}/requests/{made.pk}/abstain", {"note": "上月做过"})
    assert "上月做过" in text_of(handler.get(f"{_D}/requests/{made.pk}/"))
    load = text_of(sign_in("data_officer").get(f"{_D}/load/"))
    assert "市城管局" in load
    assert "超过半天" in load


def test_the_board_leads_to_lists_lists_to_records_and_tasks_to_the_grid(
    desk: Desk, person: Person, sign_in: SignIn
) -> None:
    Person.objects.filter(pk=person.pk).update(birth_date=None)
    checking.run(at=datetime.now(UTC))
    grid = desk.cast.county.grid(111)
    clerk = sign_in("community_clerk")

    board = text_of(clerk.get(f"{_D}/quality/"))
    assert f"{_D}/quality/check/person_missing/?area={grid.code}" in board
    listing = text_of(clerk.get(f"{_D}/quality/check/person_missing/?area={grid.code}"))
    assert "缺：出生日期" in listing
    assert f"/console/base/people/{person.key}/" in listing
    assert "王秀英" not in listing

    due = datetime.now(UTC).date() + timedelta(days=7)
    clerk.post(f"{_D}/quality/check/person_missing/assign?area={grid.code}", {"due_date": due})
    task = Task.objects.get()
    worker = sign_in("grid_worker")
    assert f"{_D}/quality/tasks/{task.pk}/" in text_of(worker.get("/console/work"))
    assert "核实任务" not in text_of(sign_in("grid_worker_next_door").get("/console/work"))
    assert "还剩 1 条" in text_of(worker.get(f"{_D}/quality/tasks/{task.pk}/"))
    assert sign_in("grid_worker_next_door").get(f"{_D}/quality/tasks/{task.pk}/").status_code == 404

    Person.objects.filter(pk=person.pk).update(birth_date=date(1949, 12, 31))
    page = text_of(worker.post(f"{_D}/quality/run", {"task": task.pk}, follow=True))
    assert "改好 1 条" in page
    assert "都改好了" in page
    assert not Finding.objects.open().exists()


def test_an_export_goes_its_way_from_asking_to_the_file(desk: Desk, person: Person, sign_in: SignIn) -> None:
    Role.objects.create(
        code="security_officer", label="安全管理员", scope="area", permissions=["people.approve_export"], sort=99
    )
    factories.give_post(factories.account_of(desk.cast.auditor), "security_officer", area=desk.cast.county.city)
    clerk = sign_in("community_clerk")
    form = text_of(clerk.get(f"{_D}/exports/add?subject=person"))
    assert "敏感个人信息（要批准）" in form
    sent = {"subject": "person", "fields": ["person.name", "person.phone"], "plain": ["person.phone"],
            "purpose": "防汛转移通知", "basis": "防指 2 号", "format": "csv"}  # fmt: skip
    assert clerk.post(f"{_D}/exports/add", sent | {"purpose": "看"}).status_code == 422
    clerk.post(f"{_D}/exports/add", sent)
    export = Export.objects.get()
    assert export.state == "asked"
    assert sign_in("data_officer").get(f"{_D}/exports/{export.key}/").status_code == 404

    officer = sign_in("auditor")
    assert "手机号码不打码" in text_of(officer.get(f"{_D}/exports/{export.key}/"))
    officer.post(f"{_D}/exports/{export.key}/decide", {"verdict": "approve", "reason": "同意", "seen": "0"})
    assert clerk.get(f"{_D}/exports/{export.key}/file").status_code == 409
    making.make(export.pk, at=datetime.now(UTC))

    file: Any = clerk.get(f"{_D}/exports/{export.key}/file")
    content = b"".join(file.streaming_content).decode()
    assert PHONE in content
    assert "王秀英" not in content
    assert file["Cache-Control"] == "private, no-store"
    assert officer.get(f"{_D}/exports/{export.key}/file").status_code == 403
    assert "下载过" in text_of(officer.get(f"{_D}/exports/{export.key}/"))


def test_a_residents_ask_is_answered_and_done(desk: Desk, person: Person, sign_in: SignIn) -> None:
    at = datetime.now(UTC)
    ask = Ask.objects.create(
        key=uuid4(), person_id=person.pk, account_id=1, kind="correct", field="phone", wish=OTHER, asked_at=at,
        due_at=at + timedelta(days=20), street_id=person.street_id, community_id=person.community_id,
        grid_id=person.grid_id,
    )  # fmt: skip
    clerk = sign_in("community_clerk")
    assert "王**" in text_of(clerk.get(f"{_D}/asks/"))
    page = text_of(clerk.get(f"{_D}/asks/{ask.key}/"))
    assert "139****1111" in page
    assert OTHER not in page
    assert PHONE not in page

    clerk.post(f"{_D}/asks/{ask.key}/look", {"reason": "asked"})
    assert OTHER in text_of(clerk.get(f"{_D}/asks/{ask.key}/"))
    assert clerk.post(f"{_D}/asks/{ask.key}/", {"verdict": "refuse", "words": ""}).status_code == 422
    clerk.post(f"{_D}/asks/{ask.key}/", {"verdict": "agree", "words": "已更正"})

    person.refresh_from_db()
    assert person.phone == OTHER
    assert sign_in("grid_worker").get(f"{_D}/asks/{ask.key}/").status_code == 403


@pytest.mark.parametrize(
    ("path", "most"),
    [("fields/", 14), ("conflicts/", 17), ("requests/", 13), ("load/", 14), ("quality/", 14),
     ("quality/check/person_missing/", 16), ("quality/tasks/", 12), ("exports/", 13), ("asks/", 14),
     ("deliveries/", 13)],
)  # fmt: skip
def test_what_pages_cost(desk: Desk, conflict: Conflict, sign_in: SignIn, path: str, most: int) -> None:
    Person.objects.filter(pk=conflict.subject_id).update(birth_date=None)
    checking.run(at=datetime.now(UTC))
    officer = sign_in("data_officer")
    officer.get(f"{_D}/{path}")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = officer.get(f"{_D}/{path}")

    assert page.status_code == 200
    assert len(queries) <= most, "\n".join(each["sql"][:160] for each in queries)
    assert len(page.content) < 40_000
