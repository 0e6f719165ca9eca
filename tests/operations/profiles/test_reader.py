"""The shipped profiles are valid and say what their places say; a broken one tells everything that is wrong."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from lianxin.operations.profiles.reader import FOLDER, profiles, read
from lianxin.operations.profiles.tables import ProfileInvalid

Broken = Callable[[str, str, str], list[str]]


@pytest.fixture
def broken(tmp_path: Path) -> Broken:
    """Change one piece of a file of Tongcheng's profile, and return the problems found."""

    def change(file: str, old: str, new: str) -> list[str]:
        folder = tmp_path / "tongcheng"
        shutil.copytree(FOLDER / "tongcheng", folder, dirs_exist_ok=True)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(ProfileInvalid) as caught:
            read(folder)
        return [str(problem) for problem in caught.value.problems]

    return change


def test_both_places_are_listed() -> None:
    assert {"tongcheng", "zuoyun"} <= set(profiles())


def test_tongcheng_says_what_tongcheng_says() -> None:
    profile = read("tongcheng")
    levels = Counter(category.level for category in profile.categories)
    kinds = Counter(unit.kind for unit in profile.units)

    assert (levels[1], levels[2], levels[3]) == (9, 32, 90)
    assert len(profile.leaves()) == 90
    assert kinds["department"] == 22
    assert kinds["community"] == 23 + 39
    urban = [community for community in profile.areas.communities() if community.kind == "urban"]
    rural = [community for community in profile.areas.communities() if community.kind == "rural"]
    assert (len(urban), sum(community.grids for community in urban)) == (23, 105)
    assert (len(rural), sum(community.grids for community in rural)) == (39, 199)
    assert [phase.label for phase in profile.phases] == [
        "信息收集", "案卷建立", "任务派遣", "任务处理", "处理反馈", "核查结案", "综合评价",
    ]  # fmt: skip
    assert str(profile.clocks["file"].label) == "30 分钟工作时间"


def test_in_tongcheng_only_the_city_centre_reaches_departments() -> None:
    reach = {right.level: "department" in right.dispatch_to for right in read("tongcheng").rights}

    assert reach == {"grid": False, "community": False, "street": False, "city": True}


def test_zuoyun_says_what_zuoyun_says() -> None:
    profile = read("zuoyun")
    communities = profile.areas.communities()

    assert len(communities) == 7
    assert sum(community.grids for community in communities) == 89
    assert sum(community.micro for community in communities) == 573
    assert len({name for community in communities for name in community.estates}) == 89
    assert [phase.label for phase in profile.phases] == ["发现", "吹哨", "报到", "会商", "办理", "反馈", "评价"]
    assert [phase.label for phase in profile.resident_phases] == ["点单", "派单", "落单", "查单", "评单"]
    # Each community has units paired with it, so each micro grid can have a responsible one.
    assert {unit.pairs for unit in profile.units if unit.pairs} == {community.code for community in communities}


@pytest.mark.parametrize(("name", "least"), [("tongcheng", 25), ("zuoyun", 15)])
def test_every_item_has_limits_and_enough_examples(name: str, least: int) -> None:
    profile = read(name)
    limited = {standard.category for standard in profile.standards}
    taught = Counter(example.category for example in profile.examples)

    for leaf in profile.leaves():
        assert leaf.code in limited, leaf.name
        assert taught[leaf.code] >= least, leaf.name


def test_the_hash_follows_the_content_and_not_the_editor(tmp_path: Path) -> None:
    folder = tmp_path / "zuoyun"
    shutil.copytree(FOLDER / "zuoyun", folder)
    before = read(folder).content_hash
    units = folder / "units.csv"

    units.write_bytes(b"\xef\xbb\xbf" + units.read_bytes().replace(b"\n", b"\r\n"))
    as_excel_saves_it = read(folder).content_hash
    units.write_text(units.read_text(encoding="utf-8-sig").replace("县统计局", "县统计调查局"), encoding="utf-8")

    assert as_excel_saves_it == before == read("zuoyun").content_hash
    assert read(folder).content_hash != before


@pytest.mark.parametrize(
    ("file", "old", "new", "parts"),
    [
        ("standards.csv", "\n010101,1,", "\n019999,1,", ["standards.csv 第 2 行 category 列", "019999", "末级分类"]),
        ("categories.csv", "010101,0101,3", "010101,0109,3", ["categories.csv 第 4 行 parent 列", "0109"]),
        ("categories.csv", "\n0101,01,2", "\n0101,010101,2", ["绕成了圈"]),
        ("standards.csv", ",4,work_hour,", ",x,work_hour,", ["第 2 行 limit_value 列", "不是整数"]),
        ("standards.csv", ",4,work_hour,", ",4,fortnight,", ["第 2 行 limit_unit 列", "work_day"]),
        ("standards.csv", ",4,work_hour,", ",0,work_hour,", ["第 2 行 limit_value 列", "时限 0 不合理"]),
        ("responsibilities.csv", "桐-002,0102,", "桐-002,0101,", ["两个主办", "请合并成一行"]),
        ("responsibilities.csv", "桐-001,0101,,city", "桐-001,0101,,street", ["street", "department", "不能派给"]),
        ("responsibilities.csv", "chengguan", "chengguang", ["chengguang", "单位"]),
        ("units.csv", "zhujian,市住房", "chengguan,市住房", ["units.csv 第 4 行", "单位“chengguan”重复"]),
        ("units.csv", "jd001,文昌", "jd999,文昌", ["units.csv", "没有“jd001”这个单位"]),
        ("profile.toml", 'filed = "已立案"', 'opened = "已立案"', ["[stages] filed", "没有写"]),
        ("profile.toml", 'done_by = "file"', 'done_by = "registered"', ["没有“registered”这个动作"]),
        ("profile.toml", 'mode = "on"', 'mode = "maybe"', ["[automation.file] mode", "off、shadow、on"]),
        ("profile.toml", "households_min = 300", "households_min = 900", ["户数范围"]),
        ("profile.toml", 'unit = "work_minute"', 'unit = "moon"', ["[clocks] file", "时限写法有误"]),
        ("profile.toml", "[modules]", "[modules", ["profile.toml", "TOML 格式有误"]),
        ("roles.toml", '"cases.view"', '"看案卷"', ["roles.toml", "room.verb"]),
        ("calendar.toml", "08:00", "8点", ["calendar.toml", "冬春季"]),
        ("areas.toml", "urban_grids = 105", "urban_grids = 106", ["写的是 106，清单合计是 105"]),
        ("areas.toml", "grids = 5 }", "grids = 0 }", ["网格数不对"]),
        ("examples.csv", "\n010102,", "\n01,", ["examples.csv", "末级分类"]),
    ],
)
def test_a_broken_profile_says_where_and_what_to_do(
    broken: Broken, file: str, old: str, new: str, parts: list[str]
) -> None:
    problems = "\n".join(broken(file, old, new))

    for part in parts:
        assert part in problems


def test_everything_wrong_is_listed_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "tongcheng"
    shutil.copytree(FOLDER / "tongcheng", folder)
    (folder / "texts.toml").unlink()
    (folder / "calendar.toml").write_bytes('name = "工作时间"'.encode("gbk"))
    (folder / "examples.csv").write_text("category,words\n010101,垃圾没人清\n", encoding="utf-8")
    (folder / "units.csv").write_text("code,name\nx\n", encoding="utf-8")

    with pytest.raises(ProfileInvalid) as caught:
        read(folder)

    told = {(problem.file, problem.sentence) for problem in caught.value.problems}
    assert ("texts.toml", "缺少这个文件。") in told
    assert ("calendar.toml", "不是 UTF-8 编码。") in told
    assert ("examples.csv", "缺少列：text。") in told
    assert any(file == "units.csv" and "缺少列" in sentence for file, sentence in told)


def test_a_category_without_a_limit_and_without_a_unit_is_told(broken: Broken) -> None:
    problems = broken(
        "categories.csv", "0102,01,2,乱堆乱挂", "010106,0101,3,粪便满溢,problem,化粪池外的粪便,\n0102,01,2,乱堆乱挂"
    )

    assert any("010106 粪便满溢”没有时限" in problem for problem in problems)


def test_a_place_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(ProfileInvalid, match="tongcheng"):
        read("atlantis")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("0198,公用设施,消火栓", "198,公用设施,消火栓", "“198”不是部件类别代码"),
        ("0198,公用设施,消火栓", "0198,公共设施,消火栓", "大类 01 叫“公用设施”，这里写的是“公共设施”"),
        ("0198,公用设施,消火栓", "0198,公用设施,", "0198 是本地扩展，没有写大类或名称"),
        ("0137,,,,060201", "0137,,,,0602", "“0602”"),
        ("0137,,,,060201", "0138,,,,060201", "部件类别“0138”"),
        ("code,major", "code,group", "不认识“group”这一列"),
    ],
)
def test_classes_of_components_are_checked(broken: Broken, old: str, new: str, sentence: str) -> None:
    assert any(sentence in problem for problem in broken("component_classes.csv", old, new))


def test_a_place_without_classes_of_its_own_has_the_nations(tmp_path: Path) -> None:
    folder = tmp_path / "tongcheng"
    shutil.copytree(FOLDER / "tongcheng", folder)
    (folder / "component_classes.csv").unlink()

    assert read(folder).component_classes == ()
