"""Units brought in from a table: matched, mended, let in, seen to be the same, taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from cast import Cast
from importing import Desk
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.errors import NotAllowed, NotFound, Refused
from lianxin.registry.imports import actions as imports
from lianxin.registry.imports.models import ImportRun

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)

TABLE = """单位花名册,,,,
编码,单位全称,类型,级别,主管单位
lyj,桐城市林业局,department,市直,
lyz,桐城市林业站,department,市直,市林业局
cgj,桐城市城市管理局,department,市,
gyj,桐城市公园局,department,市级X,市环保局
合计,4,,,
"""


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast.admin, at=AT)


def test_a_list_of_units_comes_in_and_goes_back(desk: Desk) -> None:
    run = desk.bring("units", TABLE.encode("gbk"), "单位.csv")
    assert run.state == "uploaded"
    assert desk.mapping(run) == {"code": 0, "name": 1, "kind": 2, "level": 3, "parent": 4}

    run = desk.check(run)
    assert desk.verdicts(run) == {3: "new", 4: "wrong", 5: "same", 6: "wrong"}

    # 市林业局 is the row above by its short form: told as unknown, with what is nearest.
    desk.write(run, 4, parent="桐城市林业局")
    assert desk.verdicts(run)[4] == "new"
    # One press for the level, one for the parent.
    assert desk.press(run, 6, "choice") == 1
    desk.press(run, 6, "unknown", label="不填上级")
    assert desk.verdicts(run)[6] == "new"

    run = desk.let_in(run)
    assert run.state == "done"
    assert Unit.objects.get(code="lyz").parent == Unit.objects.get(code="lyj")
    again = desk.check(desk.bring("units", TABLE.encode("gbk"), "单位.csv"))
    assert {again.counts.get("same", 0), again.counts.get("new", 0)} >= {2, 0}

    run = desk.take_back(run)
    assert run.state == "undone"
    assert run.counts["undone"] == 3
    assert not Unit.objects.filter(code__in=["lyj", "lyz", "gyj"], valid_to=None).exists()
    assert Unit.objects.get(code="cgj").valid_to is None


def test_what_a_column_and_a_word_meant_is_remembered(desk: Desk) -> None:
    table = "代号,叫什么,类型,层级啊\nlyj,桐城市林业局,department,市里\n".encode()
    run = desk.bring("units", table, "a.csv")
    run = desk.check(run, mapping={"code": 0, "name": 1, "kind": 2, "level": 3})
    desk.press(run, 2, "choice", label="改成“市级”")

    other = desk.bring("units", table, "b.csv")

    assert desk.mapping(other) == {"code": 0, "name": 1, "kind": 2, "level": 3}
    assert desk.verdicts(desk.check(other)) == {2: "new"}


def test_only_who_may_and_only_the_owner(desk: Desk, cast: Cast) -> None:
    run = desk.check(desk.bring("units", TABLE.encode(), "单位.csv"))

    with pytest.raises(NotAllowed):
        imports.bring(cast.seat, target_code="units", name="a.csv", data=b"a", at=AT)
    with pytest.raises(NotFound):
        imports.owned(cast.leader, run.key)
    assert list(ImportRun.objects.visible_to(cast.data_officer)) == [run]
    with pytest.raises((Refused, NotAllowed)):
        imports.let_in(cast.data_officer, run=run, at=AT)


def test_after_a_day_it_stays(desk: Desk) -> None:
    run = desk.let_in(desk.check(desk.bring("units", TABLE.encode(), "单位.csv")))

    with pytest.raises(Refused, match="24 小时"):
        imports.take_back(desk.actor, run=run, at=AT + timedelta(hours=25))
    desk.forget(AT + timedelta(hours=25))
    assert desk.verdicts(run) == {}
