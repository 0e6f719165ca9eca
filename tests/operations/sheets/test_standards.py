"""Filing standards in the form cities keep: carried cells, mended limits, versions, the whole list, undone."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import Workbook

import factories
from cast import Cast
from importing import Desk
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.organizations.models import Responsibility, Unit
from lianxin.kernel.errors import Refused
from lianxin.registry.imports import actions as imports
from lianxin.registry.imports import staging, working
from lianxin.registry.imports.models import ImportRun
from lianxin.work.cases.actions.standards import StandardRow, load_standards
from lianxin.work.cases.models import FilingStandard
from lianxin.work.dispatch.actions import CategoryRow, load_categories
from lianxin.work.dispatch.queries import catalogue

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)

ROWS = [
    ["桐城市城市管理事件立案、处置和结案标准（2026 年版）"],
    ["大类", "小类", "立案", "", "处置时限", "结案条件", "责任单位"],
    ["", "", "立案条件", "级别", "", "", ""],
    ["市容环境", "暴露垃圾", "未进容器的生活垃圾", "一般", "4 工作时", "清理干净", "市城管局"],
    ["", "", "占道超过 2 平方米", "较急", "2小时", "", ""],
    ["", "道路不洁", "路面有泥沙油污", "", "4小时工", "路面见本色", ""],
    ["", "油烟污染", "油烟未经净化直排", "", "3个工作日", "加装净化设施", "市环保局"],
    ["突发事件", "路面塌陷", "直径 0.5 米以上", "紧急", "", "回填平整", "市住建局"],
]


def sheet(rows: list[list[str]] = ROWS, *, merged: bool = True) -> bytes:
    """Write the sheet, with the head of two rows and cells merged as cities do."""
    book = Workbook()
    page = book.active
    for row in rows:
        page.append([cell or None for cell in row])
    if len(rows[0]) == 1:
        page.merge_cells("A1:G1")
        page.merge_cells("C2:D2")
    if merged:
        page.merge_cells("A4:A7")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast.admin, at=AT)


def in_force() -> dict[str, tuple[str, int, str]]:
    rows = FilingStandard.objects.filter(valid_to=None).select_related("category")
    return {row.condition: (row.category.name, row.limit_value, row.limit_unit) for row in rows}


def test_a_citys_sheet_becomes_categories_standards_and_who_leads(desk: Desk) -> None:
    Responsibility.objects.update(valid_to=AT)
    run = desk.check(desk.bring("standards", sheet(), "立案标准.xlsx"))
    assert desk.verdicts(run) == {4: "new", 5: "new", 6: "wrong", 7: "wrong", 8: "wrong"}
    # 大类 is merged, 小类 and 责任单位 are blank: as above; the condition of another 小类 is not.
    carried = staging.by_numbers(run.pk, [5])[0]
    assert carried.cells[:2] == ["市容环境", "暴露垃圾"]
    assert {0, 1, 5, 6} <= set(carried.filled)
    assert run.counts["filled"] >= 3

    assert desk.problems(run, 6)[0].remedies[0].label == "改成 4 工作时"
    desk.press(run, 6, "limit")
    desk.press(run, 7, "unknown", label="新建单位")
    # An urgent matter's limit is never carried; the usual one is offered.
    desk.press(run, 8, "missing", label="填 2 紧急工作时")
    assert set(desk.verdicts(run).values()) == {"new"}

    run = desk.let_in(ImportRun.objects.get(pk=run.pk))
    assert run.state == "done", run.failure
    assert in_force() == {
        "未进容器的生活垃圾": ("暴露垃圾", 4, "work_hour"),
        "占道超过 2 平方米": ("暴露垃圾", 2, "urgent_hour"),
        "路面有泥沙油污": ("道路不洁", 4, "work_hour"),
        "油烟未经净化直排": ("油烟污染", 3, "work_day"),
        "直径 0.5 米以上": ("路面塌陷", 2, "urgent_hour"),
    }
    assert [leaf.code for leaf in catalogue().leaves] == ["0101", "0102", "0103", "0201"]
    assert Unit.objects.get(name="市环保局").level == "city"
    leads = dict(Responsibility.objects.filter(valid_to=None).values_list("category", "lead__short_name"))
    assert leads["0101"] == leads["0102"] == "市城管局"
    assert leads["0201"] == "市住建局"

    # The same sheet again, as mended, changes nothing.
    again = [list(row) for row in ROWS]
    again[5][4], again[7][4] = "4工作小时", "2 紧急工作时"
    run = desk.check(desk.bring("standards", sheet(again), "再来.xlsx"))
    assert set(desk.verdicts(run).values()) == {"same"}, [desk.problems(run, 7)]


def test_a_changed_limit_is_a_new_version_and_goes_back(desk: Desk) -> None:
    desk.through("standards", sheet([*ROWS[:5]]), "一.xlsx")
    first = FilingStandard.objects.get(condition="未进容器的生活垃圾", valid_to=None)
    changed = [list(row) for row in ROWS[:4]]
    changed[3][4] = "2 工作时"

    run = desk.check(desk.bring("standards", sheet(changed), "二.xlsx"))
    assert desk.verdicts(run) == {4: "change"}
    assert run.changes == {"limit": 1}
    later = AT + timedelta(hours=1)
    done = Desk(desk.actor, at=later).let_in(run)
    first.refresh_from_db()
    second = FilingStandard.objects.get(category=first.category, row=first.row, valid_to=None)
    assert (first.valid_to, first.limit_value) == (later, 4)  # filed cases point at it still
    assert (second.version, second.limit_value) == (2, 2)

    Desk(desk.actor, at=later + timedelta(hours=1)).take_back(done)
    back = FilingStandard.objects.get(category=first.category, row=first.row, valid_to=None)
    assert (back.version, back.limit_value) == (3, 4)


def test_a_whole_list_ends_what_it_does_not_name_on_its_day(desk: Desk) -> None:
    desk.through("standards", sheet([*ROWS[:5]]), "一.xlsx")
    run = desk.check(desk.bring("standards", sheet([*ROWS[:4], ROWS[5]], merged=False), "整张.xlsx"))
    with pytest.raises(Refused, match="没有改好"):
        imports.let_in(desk.actor, run=run, at=AT, is_whole=True)
    number = next(number for number, verdict in desk.verdicts(run).items() if verdict == "wrong")
    desk.press(run, number, "limit")
    # There are categories now: a new one is asked about.
    desk.press(run, number, "unknown", label="新建这一类")

    day = AT + timedelta(days=9)
    run = imports.let_in(desk.actor, run=ImportRun.objects.get(pk=run.pk), at=AT, is_whole=True, starts_at=day)
    assert run.state == "planned"
    assert imports.begin_planned(at=day - timedelta(minutes=1)) == 0
    assert "占道超过 2 平方米" in in_force()
    working.forget(at=day - timedelta(minutes=1))  # a week passes: what is planned is kept
    assert imports.begin_planned(at=day) == 1
    run.refresh_from_db()
    working.apply(run.pk, run.round, at=day)
    run.refresh_from_db()
    assert (run.state, run.counts["ended"]) == ("done", 1)
    assert set(in_force()) == {"未进容器的生活垃圾", "路面有泥沙油污"}

    Desk(desk.actor, at=day + timedelta(hours=1)).take_back(run)
    assert set(in_force()) == {"未进容器的生活垃圾", "占道超过 2 平方米"}


def test_another_lead_than_the_lists_is_asked_about(cast: Cast) -> None:
    desk = Desk(cast.admin, at=AT)
    load_categories(SYSTEM, [CategoryRow("01", "市容环境", "problem")], at=factories.BEGIN)
    code = catalogue().leaves[0]
    load_standards(SYSTEM, [StandardRow(code.code, "1", "旧条件", "normal", 1, "work_day")], at=factories.BEGIN)
    rows = [["编码", "立案条件", "处置时限", "责任单位"], [code.code, "旧条件", "1工作日", "市住建局"]]
    run = desk.check(desk.bring("standards", sheet(rows, merged=False), "单位不同.xlsx"))
    assert desk.verdicts(run) == {2: "ask"}
    assert desk.problems(run, 2)[0].code == "differs"
    desk.press(run, 2, "differs", label="改由它牵头")
    desk.let_in(ImportRun.objects.get(pk=run.pk))
    lead = Responsibility.objects.get(category=code.code, valid_to=None, level="city", number=f"标{code.code}").lead
    assert lead is not None
    assert lead.code == "zjj"
