"""`lianxin import`: a dry run first, then in, told in words and in JSON; undone by its key."""

import json
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from cast import Cast
from lianxin.foundation.organizations.models import Unit
from lianxin.registry.imports.models import ImportRun

pytestmark = pytest.mark.django_db
TABLE = "编码,单位全称,类型,级别\nlyj,桐城市林业局,department,市直\ngyj,桐城市公园局,department,市里\n"


@pytest.fixture
def table(cast: Cast, tmp_path: Path) -> Path:
    path = tmp_path / "单位.csv"
    path.write_text(TABLE, encoding="gb18030")
    return path


def run(*arguments: object) -> str:
    told = StringIO()
    call_command("import", *map(str, arguments), stdout=told)
    return told.getvalue()


def test_a_dry_run_then_in_then_back(table: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xlsx"
    said = run(table, "--target", "units", "--wrong", wrong)
    assert "新增 1，有错 1" in said
    assert "没有写入任何数据" in said
    assert not Unit.objects.filter(code="lyj").exists()
    assert openpyxl.load_workbook(wrong).active.max_row == 2

    told = json.loads(run(table, "--target", "units", "--apply", "--json", "--as", "guanli"))
    assert told["state"] == "done"
    assert told["counts"]["new"] == 1
    assert told["problems"][0]["words"] == "市里"
    assert Unit.objects.get(code="lyj").name == "桐城市林业局"

    assert "已撤回 1" in run(told["key"], "--undo", "--as", "guanli")
    assert ImportRun.objects.get(key=told["key"]).state == "undone"


def test_what_cannot_be_is_told(table: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有文件"):
        run(tmp_path / "nothing.csv")
    with pytest.raises(CommandError, match="不能做这件事"):
        run(table, "--target", "units", "--as", "wangge")
    with pytest.raises(CommandError, match="没有账号"):
        run(table, "--as", "nobody")
    with pytest.raises(CommandError, match="这一列"):
        run(table, "--target", "units", "--column", "name=没有的列")
    empty = tmp_path / "empty.xlsx"
    empty.write_bytes(b"")
    with pytest.raises(CommandError, match="0 字节"):
        run(empty)
