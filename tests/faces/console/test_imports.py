"""The wizard's pages: what each step shows, what forms without script do, and what others see of a run."""

import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import factories
from cast import Cast
from importing import Desk
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.organizations.models import Unit
from lianxin.registry.imports import working
from lianxin.registry.imports.models import ImportRun

pytestmark = pytest.mark.django_db

TABLE = """单位花名册,,,,
编码,单位全称,类型,级别,主管单位
lyj,桐城市林业局,department,市直,
gyj,桐城市公园局,department,市里,
yly,桐城市园林院,department,市里,
cgj,桐城市城市管理局,department,市,
"""


def browser(actor: Actor) -> Client:
    entered = begin_session(factories.account_of(actor), device="test", address=None, at=datetime.now(UTC))
    client = Client()
    client.cookies[SESSION] = entered.key
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    return browser(cast.admin)


def work(run: ImportRun, step: str) -> ImportRun:
    """Do what the worker would."""
    run.refresh_from_db()
    getattr(working, step)(run.pk, run.round, at=datetime.now(UTC))
    run.refresh_from_db()
    return run


def test_the_whole_way_without_script(admin: Client) -> None:
    start = admin.get("/console/imports/")
    assert "单位" in start.content.decode()
    empty = admin.post("/console/imports/new/units", {})
    assert empty.status_code == 422
    assert "请选择文件" in empty.content.decode()

    sent = admin.post("/console/imports/new/units", {"file": SimpleUploadedFile("单位.csv", TABLE.encode("gbk"))})
    run = ImportRun.objects.get()
    assert sent["Location"] == f"/console/imports/{run.key}/columns"
    assert "正在读表" in admin.get(sent["Location"]).content.decode()
    assert "正在读表" in admin.get(f"/console/imports/{run.key}/progress").content.decode()
    work(run, "look")

    page = admin.get(sent["Location"]).content.decode()
    assert "桐城市林业局" in page
    assert "GB18030" in page
    wrong = admin.post(f"/console/imports/{run.key}/columns", {"column-code": "0"})
    assert wrong.status_code == 422
    assert "必须有" in wrong.content.decode()
    mapping = {"column-code": "0", "column-name": "1", "column-kind": "2", "column-level": "3"}
    checking = admin.post(f"/console/imports/{run.key}/columns", mapping)
    assert checking["Location"] == f"/console/imports/{run.key}/check"
    assert "正在检查" in admin.get(checking["Location"]).content.decode()
    work(run, "check")

    checked = admin.get(checking["Location"])
    text = checked.content.decode()
    assert "1 行可以导入" in text
    assert "看不懂“市里”" in text
    assert "这样的 2 行都这样" in text
    assert len(checked.content) < 40_000
    every = re.search(r'name="every" value="([\d.]+)"', text)
    assert every is not None
    done = admin.post(f"/console/imports/{run.key}/rows/4", {"every": every[1]}, follow=True)
    assert "3 行可以导入" in done.content.decode()

    preview = admin.get(f"/console/imports/{run.key}/preview").content.decode()
    assert "新增单位" in preview
    letting = admin.post(f"/console/imports/{run.key}/let-in")
    assert letting["Location"] == f"/console/imports/{run.key}/done"
    work(run, "apply")
    assert "导入好了" in admin.get(letting["Location"]).content.decode()
    assert Unit.objects.filter(code__in=["lyj", "gyj", "yly"]).count() == 3

    asked = admin.get(f"/console/imports/{run.key}/undo")
    assert "新增的 3 行会删掉" in asked.content.decode()
    admin.post(f"/console/imports/{run.key}/undo")
    work(run, "undo")
    assert "已整批撤回" in admin.get(letting["Location"]).content.decode()


def test_a_cell_is_written_and_a_row_left_out(cast: Cast, admin: Client) -> None:
    desk = Desk(cast.admin, at=datetime.now(UTC))
    run = desk.check(desk.bring("units", TABLE.encode(), "单位.csv"))
    page = admin.get(f"/console/imports/{run.key}/check?show=all&edit=3").content.decode()
    assert 'name="cell-name" value="桐城市林业局"' in page

    admin.post(
        f"/console/imports/{run.key}/rows/3", {"cell-name": "桐城市林草局", "next": "https://elsewhere.example/"}
    )
    admin.post(f"/console/imports/{run.key}/rows/4", {"out": "1"})

    assert "桐城市林草局" in admin.get(f"/console/imports/{run.key}/check?show=all").content.decode()
    assert desk.verdicts(run)[4] == "skip"


def test_papers(cast: Cast, admin: Client) -> None:
    desk = Desk(cast.admin, at=datetime.now(UTC))
    run = desk.check(desk.bring("units", TABLE.replace("园林院", "=园林院").encode(), "单位.csv"))

    template = openpyxl.load_workbook(io.BytesIO(admin.get("/console/imports/new/units/template.xlsx").content)).active
    assert template["B1"].value == "单位名称"
    wrong = openpyxl.load_workbook(io.BytesIO(admin.get(f"/console/imports/{run.key}/wrong.xlsx").content)).active
    rows = list(wrong.iter_rows(values_only=True))
    assert len(rows) == 3
    assert "看不懂" in str(rows[1][-1])


def test_others_do_not_learn_that_it_is_there(cast: Cast, admin: Client) -> None:
    desk = Desk(cast.admin, at=datetime.now(UTC))
    run = desk.check(desk.bring("units", TABLE.encode(), "单位.csv"))

    assert browser(cast.leader).get(f"/console/imports/{run.key}/check").status_code in {403, 404}
    officer = browser(cast.data_officer)
    seen = officer.get(f"/console/imports/{run.key}/check")
    assert seen.status_code == 200
    assert "cell-name" not in seen.content.decode()
    assert officer.get(f"/console/imports/{run.key}/wrong.xlsx").status_code == 403
    assert officer.post(f"/console/imports/{run.key}/let-in").status_code in {403, 409}


def test_a_job_that_died_is_begun_again(cast: Cast, admin: Client) -> None:
    desk = Desk(cast.admin, at=datetime.now(UTC) - timedelta(minutes=10))
    run = desk.bring("units", TABLE.encode(), "单位.csv")
    ImportRun.objects.filter(pk=run.pk).update(state="checking", mapping=desk.mapping(run))
    before = ImportRun.objects.get(pk=run.pk).round

    admin.get(f"/console/imports/{run.key}/progress")

    assert ImportRun.objects.get(pk=run.pk).round == before + 1
