"""People brought in from a table: found again, moved, told apart, joined in households, and taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cast import Cast
from importing import Desk
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.crypto import blind_indexes
from lianxin.kernel.journal.models import Entry
from lianxin.registry.imports import actions as imports
from lianxin.registry.imports import jobs
from lianxin.registry.imports.models import ImportRow
from lianxin.registry.imports.targets.people import writing
from lianxin.registry.people import rules
from lianxin.registry.people.models import Household, Membership, Person, Residence
from lianxin.registry.places import actions as places
from lianxin.registry.places.inputs import EstateIn
from lianxin.registry.places.models import Building, Dwelling, Estate
from lianxin.registry.sources import fields as register
from lianxin.registry.sources.models import Conflict, Revision

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)
HEAD = "姓名,身份证号,联系电话,性别,出生日期,与户主关系,小区,楼栋,单元,房号,居住性质\n"


def number(place: int, *, sex: int = 1, born: str = "19800101") -> str:
    """Return an identity number that checks."""
    body = f"340881{born}{place:02d}{sex}"
    return body + rules.check_character(body)


WANG, LI, ZHANG, ZHAO = (number(place, sex=place % 2) for place in (1, 2, 3, 4))
TABLE = HEAD + "\n".join(
    [
        f"王芳,{WANG},13812341234,男,1980.1.1,户主,和平小区,3幢,2单元,302,自住",
        f"李雷,{LI},138 1234 5678,女,,妻,和平小区,三栋,2,302室,自住",
        f"张三,{ZHANG},,男,1980-01-01,户主,和平小区,3号楼,2,303,租户",
        f"赵六,{ZHAO},,女,29221,户主,东门小区,1,,101,业主",
    ]
)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The clerk of community 11, who has an estate there."""
    community = cast.county.community(11)
    places.register_estate(SYSTEM, told=EstateIn(name="和平小区", area_id=cast.county.grid(111).id), at=AT)
    return Desk(cast.community_clerk, at=AT + timedelta(hours=1), area_id=community.id)


def whose(id_number: str) -> Person:
    return Person.objects.now().get(id_hash__in=blind_indexes(id_number, rules.ID_CONTEXT))


def test_people_come_in_with_household_and_dwelling(desk: Desk, cast: Cast) -> None:
    run = desk.check(desk.bring("people", TABLE.encode("gbk"), "人口.csv"))
    assert desk.verdicts(run) == {2: "new", 3: "new", 4: "new", 5: "wrong"}
    assert [problem.code for problem in desk.problems(run, 5)] == ["unknown"]
    assert run.changes == {"person": 3, "dwelling": 2, "building": 1}

    desk.press(run, 5, "unknown", label="在东苑社区新建“东门小区”")
    assert desk.verdicts(run)[5] == "new"
    run = desk.let_in(run)

    assert run.counts["new"] == 4
    wang, li = whose(WANG), whose(LI)
    assert (wang.name, wang.sex, wang.birth_date, wang.phone) == ("王芳", "m", date(1980, 1, 1), "13812341234")
    assert (wang.initials, wang.spelling) == ("wf", "wangfang")
    assert wang.home == li.home == Dwelling.objects.get(number="302", entrance="2")
    assert wang.home is not None
    assert wang.home.address == "龙眠街道东苑社区和平小区3幢2单元302室"
    assert wang.grid_id == cast.county.grid(111).id
    house = Household.objects.get(dwelling=wang.home)
    assert house.head == wang
    assert Membership.objects.get(person=li).relation == "spouse"
    kinds = set(Residence.objects.filter(person=whose(ZHANG)).values_list("kind", flat=True))
    assert kinds == {"tenant", "lives"}
    zhao = whose(ZHAO)
    assert zhao.home is None
    assert zhao.community_id == cast.county.community(11).id
    assert Building.objects.count() == 2
    assert Revision.objects.filter(subject="person", act="create").count() == 4


def test_the_same_table_again_changes_nothing(desk: Desk) -> None:
    table = TABLE.replace("东门小区", "和平小区")
    desk.through("people", table.encode())
    run = desk.check(desk.bring("people", table.encode(), "人口.csv"))

    assert set(desk.verdicts(run).values()) == {"same"}
    assert run.changes == {}


def test_taken_back_nothing_is_left(desk: Desk) -> None:
    run = desk.through("people", TABLE.replace("东门小区", "和平小区").encode())

    run = desk.take_back(run)

    assert (run.counts["undone"], run.counts["kept"]) == (4, 0)
    counts = [model.objects.count() for model in (Person, Household, Membership, Residence, Dwelling, Building)]
    assert counts == [0] * 6
    assert Estate.objects.count() == 1
    assert not Revision.objects.filter(subject="person").exists()


def test_a_changed_phone_and_home_are_written_and_restored(desk: Desk) -> None:
    desk.through("people", TABLE.replace("东门小区", "和平小区").encode())
    desk.at += timedelta(days=1)
    moved = HEAD + f"王芳,{WANG},13900000000,男,,户主,和平小区,5幢,,101,自住\n"
    run = desk.check(desk.bring("people", moved.encode(), "变动.csv"))
    assert run.changes == {"phone": 1, "home": 1, "building": 1, "dwelling": 1}

    run = desk.let_in(run)
    wang = whose(WANG)
    assert wang.phone == "13900000000"
    assert wang.home is not None
    assert wang.home.number == "101"
    assert Residence.objects.filter(person=wang, kind="lives", valid_to=None).count() == 1
    assert Membership.objects.get(person=wang, valid_to=None).household.dwelling == wang.home

    desk.take_back(run)
    wang = whose(WANG)
    assert wang.phone == "13812341234"
    assert wang.home is not None
    assert wang.home.number == "302"
    assert Membership.objects.get(person=wang, valid_to=None).household.dwelling == wang.home
    assert not Building.objects.filter(name="5幢").exists()


def test_what_somebody_changed_since_stays(desk: Desk) -> None:
    run = desk.through("people", TABLE.replace("东门小区", "和平小区").encode())
    Person.objects.filter(pk=whose(WANG).pk).update(version=2)

    run = desk.take_back(run)

    assert (run.counts["undone"], run.counts["kept"]) == (3, 1)
    assert whose(WANG).home is not None


def test_each_fault_has_its_remedy(desk: Desk) -> None:
    rows = [
        f"王芳,{WANG[:-1]}0,,,,户主,和平小区,3,1,101,",  # 2: the last character
        "李雷,1.10105E+17,,,,户主,和平小区,3,1,102,",  # 3: spoilt by Excel
        f"张三,{ZHANG},,女,,户主,和平小区,3,1,103,",  # 4: the number says 男
        f"赵六,{ZHAO},12345,,,外甥,和平小区,3,1,104,",  # 5: phone and relation
        f"钱七,{number(7)},,,,户主,合平小区,3,1,105,",  # 6: an estate nearly right
        f"孙八,{number(9)},,,,户主,和平小区,,1,106,",  # 7: no building
        f",{number(11)},,,,户主,和平小区,3,1,107,",  # 8: no name
        f"周九,{number(13)},,,,,和平小区,3,1,108,",
        f"周九,{number(13)},,,,,和平小区,3,1,108,",  # 10: double
        f"吴十,{number(15)[:6]}{number(15)[8:17]},,,,,和平小区,3,1,109,",  # 11: fifteen digits
    ]
    run = desk.check(desk.bring("people", (HEAD + "\n".join(rows)).encode(), "a.csv"))
    found = {row: [problem.code for problem in desk.problems(run, row)] for row in desk.verdicts(run)}
    assert found == {
        2: ["form"], 3: ["spoilt"], 4: ["against"], 5: ["form", "choice"], 6: ["unknown"], 7: ["missing"],
        8: ["missing"], 9: [], 10: ["double"], 11: ["form"],
    }  # fmt: skip

    desk.press(run, 4, "against")
    desk.press(run, 5, "form")
    desk.press(run, 5, "choice", label="改成“其他”")
    desk.press(run, 6, "unknown", label="改成“和平小区”")
    desk.press(run, 10, "double")
    desk.press(run, 11, "form")
    desk.write(run, 3, id_number=number(17))

    verdicts = desk.verdicts(run)
    assert [row for row, verdict in verdicts.items() if verdict == "wrong"] == [2, 7, 8]
    assert verdicts[10] == "skip"


def test_one_press_for_all_such_rows(desk: Desk) -> None:
    rows = [f"王芳,{number(n)},,,,外甥,和平小区,3,1,{100 + n}," for n in range(1, 30, 2)]
    run = desk.check(desk.bring("people", (HEAD + "\n".join(rows)).encode(), "a.csv"))

    assert desk.press(run, 2, "choice", label="改成“其他”", everywhere=True) == 15
    assert set(desk.verdicts(run).values()) == {"new"}


def test_without_a_number_the_same_name_is_asked(desk: Desk) -> None:
    desk.through("people", (HEAD + "王芳,,,女,1980-01-01,户主,和平小区,3,1,101,\n").encode())
    run = desk.check(
        desk.bring("people", (HEAD + f"王芳,{number(2, sex=2)},,,,户主,和平小区,3,1,101,\n").encode(), "a.csv")
    )
    assert desk.verdicts(run) == {2: "ask"}

    desk.press(run, 2, "same", label="是同一个人")
    desk.let_in(run)

    assert Person.objects.count() == 1
    assert whose(number(2, sex=2)).name == "王芳"


def test_another_name_for_a_number_is_asked(desk: Desk) -> None:
    desk.through("people", (HEAD + f"王芳,{WANG},,,,户主,和平小区,3,1,101,\n").encode())
    run = desk.check(desk.bring("people", (HEAD + f"王方,{WANG},,,,户主,和平小区,3,1,101,\n").encode(), "a.csv"))

    assert desk.verdicts(run) == {2: "ask"}
    desk.press(run, 2, "differs", label="用登记的姓名")
    assert desk.verdicts(run) == {2: "same"}


def test_places_of_others_are_not_written_to(desk: Desk, cast: Cast) -> None:
    places.register_estate(SYSTEM, told=EstateIn(name="西郊花园", area_id=cast.county.grid(221).id), at=AT)
    run = desk.check(desk.bring("people", (HEAD + f"王芳,{WANG},,,,户主,西郊花园,3,1,101,\n").encode(), "a.csv"))

    assert [problem.code for problem in desk.problems(run, 2)] == ["outside"]


def test_what_the_owner_confirmed_becomes_a_conflict(desk: Desk, cast: Cast) -> None:
    row = register.FieldRow("person.phone", "电话", "person", 2, "联系", "法定职责", owner="jiaojing")
    register.load_fields(SYSTEM, [row], at=AT)
    police = Desk(cast.data_officer, at=AT + timedelta(hours=1), unit_id=cast.county.units["jiaojing"].id)
    police.through("people", (HEAD + f"王芳,{WANG},13811111111,,,户主,和平小区,3,1,101,\n").encode())
    desk.at += timedelta(days=30)

    run = desk.through("people", (HEAD + f"王芳,{WANG},13822222222,,,户主,和平小区,3,1,101,\n").encode())

    assert run.changes == {"conflict": 1}
    assert whose(WANG).phone == "13811111111"
    conflict = Conflict.objects.get()
    assert (conflict.held, conflict.offered) == ("13811111111", "13822222222")
    desk.take_back(run)
    assert not Conflict.objects.exists()


def test_staged_rows_hold_nothing_in_the_clear(desk: Desk) -> None:
    run = desk.check(desk.bring("people", TABLE.replace("13812341234", "一三八").encode(), "人口.csv"))

    for row in ImportRow.objects.filter(run_id=run.pk):
        told = f"{bytes(row.payload)!r}{row.marks}{row.touches}{bytes(row.token or b'')!r}"
        assert not any(secret in told for secret in ("王芳", WANG, "一三八", "李雷"))
    run.refresh_from_db()
    assert "王芳" not in str(run.counts) + str(run.changes) + str(run.mapping)


def test_a_village_house_by_group_and_door(desk: Desk) -> None:
    table = "姓名,身份证号,村民组,门牌号,与户主关系\n" + f"王芳,{WANG},陈庄组,15号,户主\n李雷,{LI},陈庄组,15号,妻\n"
    run = desk.check(desk.bring("people", table.encode(), "村.csv"))
    desk.press(run, 2, "unknown", label="在东苑社区新建“陈庄组”", everywhere=True)
    desk.let_in(run)

    house = Building.objects.get()
    assert (house.name, house.kind) == ("15号", "house")
    assert Household.objects.get().memberships.count() == 2


def test_an_address_in_one_cell(desk: Desk) -> None:
    table = f"姓名,证件号码,家庭住址\n王芳,{WANG},龙眠街道东苑社区和平小区3幢2单元302室\n李雷,{LI},和平小区3-2-303\n"
    desk.through("people", table.encode())

    assert {one.home.number for one in Person.objects.select_related("home") if one.home} == {"302", "303"}
    assert Building.objects.count() == 1


def test_a_job_that_fails_says_so_and_can_be_begun_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.check(desk.bring("people", TABLE.replace("东门小区", "和平小区").encode(), "人口.csv"))
    run = imports.let_in(desk.actor, run=run, at=desk.at)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            jobs.apply(run.pk, run.round)
    run.refresh_from_db()
    assert run.state == "checked"
    assert "出了问题" in run.failure
    assert not Dwelling.objects.exists()

    run = imports.let_in(desk.actor, run=run, at=desk.at)
    jobs.apply(run.pk, run.round)

    run.refresh_from_db()
    assert (run.state, run.failure) == ("done", "")
    told = Entry.objects.filter(subject_kind="import", subject_id=run.pk).values_list("action", flat=True)
    assert list(told.order_by("id"))[-2:] == ["batch", "commit"]


def test_an_older_job_stops(desk: Desk) -> None:
    run = desk.bring("people", TABLE.encode(), "人口.csv")
    first = imports.choose_columns(desk.actor, run=run, mapping=desk.mapping(run), at=desk.at)
    older = first.round
    later = imports.choose_columns(desk.actor, run=first, mapping=desk.mapping(run), at=desk.at, area_id=desk.area_id)

    jobs.check(run.pk, older)
    assert desk.verdicts(run) == {}
    jobs.check(run.pk, later.round)
    assert len(desk.verdicts(run)) == 4
