"""Words on pages, the profile as one file, the way back, the matrix, and what an empty installation lets in."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

import factories
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Account, Role
from lianxin.foundation.areas.queries import atlas
from lianxin.foundation.audit.models import AuditEntry
from lianxin.foundation.organizations.models import Responsibility
from lianxin.kernel.configuration.models import Document
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import Invalid, Refused
from lianxin.operations.founding import founding, key
from lianxin.operations.profiles import comparison, loader, writing
from lianxin.operations.profiles.reader import read
from lianxin.work.cases.models import FilingStandard
from lianxin.work.dispatch.queries import catalogue

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def actor(db: None) -> Actor:
    """The administrator of 桐城, whose profile has been loaded."""
    loader.apply(read("tongcheng"), SYSTEM, at=factories.BEGIN)
    return factories.make_staff("guanli", "关礼", "admin", area=next(iter(atlas(NOW).children(None))))


@pytest.fixture
def admin(actor: Actor) -> Client:
    entered = begin_session(factories.account_of(actor), device="", address=None, at=datetime.now(UTC))
    client = Client()
    client.cookies[SESSION] = entered.key
    return client


def test_a_text_is_tried_checked_kept_and_put_back(admin: Client) -> None:
    address = "/console/profile/texts/sms"
    body = "编号 {number} 收到了，{due} 前办好。"
    told = text(admin.post(address, {"text-received": "{nummer} 收到", "preview": "1"}))
    assert "不认识 {nummer}" in told
    assert "340881-20261121-000123 收到了" in text(admin.post(address, {"text-received": body, "preview": "1"}))
    was = current("texts")["sms"]["received"]
    assert current("messages")["cases.received"]["body"] == was  # nothing was written so far

    whole = {f"text-{name}": one for name, one in current("texts")["sms"].items()}
    assert admin.post(address, {**whole, "text-received": body, "reason": ""}).status_code == 422
    assert admin.post(address, {**whole, "text-received": body, "reason": "说得更清楚"}).status_code == 302
    assert current("messages")["cases.received"]["body"] == body
    assert AuditEntry.objects.latest("id").action == "config.texts"
    assert was in text(admin.get(address))  # what the files say stands beside it

    first = Document.objects.get(key="texts", version=1)
    assert admin.post(f"/console/profile/history/{first.pk}/go-back", {"note": "改回来"}).status_code == 302
    assert current("messages")["cases.received"]["body"] == was
    assert Document.objects.filter(key="texts").count() == 3  # the way back is a version, too


def test_all_in_force_goes_out_as_one_file_and_loads_equal(admin: Client, tmp_path: Path, settings: Settings) -> None:
    settings.FILES_ROOT = tmp_path / "files"  # what is loaded stays on the disk
    whole = {f"text-{name}": one for name, one in current("texts")["portal"].items()}
    admin.post("/console/profile/texts/portal", {**whole, "text-welcome": "您好“邻居”", "reason": "改"})
    Role.objects.filter(code="leader").update(permissions=["cases.view"])
    leaf = catalogue().leaves[0]
    admin.post("/console/duties/cell", {"category": leaf.code, "level": "city", "lead": "城管局", "basis": "纪要"})
    admin.post("/console/profile/calendar/2026-12-25", {"kind": "holiday", "name": "文都节", "reason": "8号文"})

    packed = admin.get("/console/profile/export.zip").content
    profile = read(writing.unpack(packed, tmp_path))
    assert comparison.differences(profile) == []
    assert [change.table for change in loader.plan(profile, at=NOW)] in ([], ["configuration"])  # its own hash
    assert profile.texts["portal"]["welcome"] == "您好“邻居”"
    assert {day.date for day in profile.calendar.days} == {"2026-12-25"}

    # Brought back where things have changed since, it tells what it would do, then does it.
    Role.objects.filter(code="leader").update(permissions=["cases.view", "cases.void"])
    sent = SimpleUploadedFile("profile.zip", packed)
    there = admin.post("/console/profile/bring", {"file": sent})
    assert there.status_code == 302
    assert "岗位与权限" in text(admin.get(there["Location"]))
    assert "cases.void" in Role.objects.get(code="leader").permissions
    assert admin.post(there["Location"], {"reason": "照外面的来"}).status_code == 302
    assert Role.objects.get(code="leader").permissions == ["cases.view"]
    assert admin.get(there["Location"]).status_code == 404  # loaded once


def test_what_is_no_profile_is_told_what_is_wrong(admin: Client) -> None:
    for name, content in (("a.zip", b"PK nothing"), ("b.zip", _zip({"readme.txt": "x"}))):
        answer = admin.post("/console/profile/bring", {"file": SimpleUploadedFile(name, content)})
        assert (answer.status_code, "不是方案打的包" in text(answer)) == (422, True)
    broken = _zip({"../../profile.toml": "[place]\nname = 3"})
    assert "处要改" in text(admin.post("/console/profile/bring", {"file": SimpleUploadedFile("c.zip", broken)}))


def _zip(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for name, told in files.items():
            target.writestr(name, told)
    return content.getvalue()


def test_a_permission_is_explained_post_by_post(admin: Client) -> None:
    street, other = [node for node in atlas(NOW) if node.role == "street"][:2]
    factories.make_staff("jiezhong", "介中", "street_seat", area=street)
    asked = "/console/profile/why?person=jiezhong&permission=cases.dispatch"
    assert "能派遣" in text(admin.get(asked))
    assert "介*能" in text(admin.get(f"{asked}&area={street.code}"))
    told = text(admin.get(f"{asked}&area={other.code}"))
    assert "介*不能" in told
    assert "不在辖区里" in told
    assert "没有这项权限" in text(admin.get("/console/profile/why?person=jiezhong&permission=audit.read"))
    assert admin.get("/console/profile/why?person=nobody&permission=audit.read").status_code == 422
    # Nobody handles anything yet in this county: the check says which units would not hear of it.
    assert "牵头却没有经办人的单位" in told


def test_one_row_of_the_standard_gets_a_new_version_with_a_reason(admin: Client) -> None:
    row = FilingStandard.objects.filter(valid_to=None).earliest("pk")
    address = f"/console/profile/standards/{row.pk}"
    told = {"condition": row.condition, "severity": row.severity, "limit": "7 工作日", "closing": "", "basis": "",
            "evidence": ["after_near"], "reason": "会议纪要"}  # fmt: skip
    assert admin.post(address, told | {"limit": "七八天"}).status_code == 422
    assert admin.post(address, told | {"reason": ""}).status_code == 422
    assert admin.post(address, told).status_code == 302
    now = FilingStandard.objects.get(category=row.category, row=row.row, valid_to=None)
    assert (now.version, now.limit_value, now.evidence) == (row.version + 1, 7, ["after_near"])
    assert admin.post(address, told).status_code == 422  # the version one saw has ended
    assert "各版" in text(admin.get(f"/console/profile/standards/{now.pk}"))


def test_a_gap_is_seen_in_its_place_and_filled_there(admin: Client) -> None:
    page = text(admin.get("/console/duties/matrix"))
    assert len(page.encode()) < 40_000
    assert "城管局" in page
    Responsibility.objects.update(valid_to=NOW)
    from lianxin.kernel import versions

    versions.bump("organizations")
    assert "没有人" in text(admin.get("/console/duties/matrix?only=gap"))
    leaf = catalogue().leaves[0]
    cell = f"/console/duties/cell?category={leaf.code}&level=city"
    assert "派不出去" in text(admin.get(cell))
    community = next(node for node in atlas(NOW) if node.role == "community")
    filled = {"category": leaf.code, "level": "city", "lead": "城管局", "basis": "会议纪要", "area": community.code}
    assert admin.post(cell, filled | {"lead": "没有这个单位"}).status_code == 422
    assert admin.post(cell, filled).status_code == 302
    row = Responsibility.objects.get(valid_to=None)
    assert (row.category, row.area_id, row.lead.short_name if row.lead else "") == (leaf.code, community.id, "城管局")
    assert "城管局" in text(admin.get("/console/duties/matrix"))
    # Changed in the same cell, the row goes on under its number.
    admin.post(cell, filled | {"lead": "住建局"})
    assert Responsibility.objects.get(valid_to=None).number == row.number


def test_only_the_key_of_an_empty_installation_opens_it_and_only_once(client: Client) -> None:
    first = key.lay()
    assert first is not None
    assert client.get("/console/first?key=x").status_code == 404
    address = key.path(first)
    sent = {"name": "清水", "division": "99010", "practice": "zuoyun", "person": "何管理", "username": "heguanli",
            "password": "清水河流过 2026", "key": first}  # fmt: skip
    assert client.post(address, sent).status_code == 422
    assert not Account.objects.exists()
    assert client.post(address, sent | {"division": "990101"}).status_code == 302
    assert current("flow")["auto_file"]["mode"] == "off"
    assert "左云" not in str(current("texts"))
    assert not catalogue().nodes
    assert client.get("/console/profile/setup").status_code == 200
    assert "从别处的做法起步" in text(client.get("/console/profile/"))
    assert (
        client.post("/console/profile/load", {"reason": "误按"}).status_code == 409
    )  # another place's names and units
    assert current("place")["division"] == "990101"
    assert client.get(address).status_code == 404
    assert key.lay() is None


def test_a_county_is_founded_once(db: None) -> None:
    practice = read("zuoyun")
    place = founding.place_of({"name": "清水", "division": "990101"}, practice)
    with pytest.raises(Invalid):
        founding.found(practice, place=place, founder=founding.Founder("何", "he", "short"), at=NOW)
    founder = founding.Founder("何管理", "heguanli", "清水河流过 2026")
    founding.found(practice, place=place, founder=founder, at=NOW)
    with pytest.raises(Refused):
        founding.found(practice, place=place, founder=founder, at=NOW)
