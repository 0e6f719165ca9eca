"""Categories, responsibilities and staff from sheets: in, the same again, what cannot be read, back."""

from datetime import UTC, datetime, timedelta

import pytest

import factories
from cast import Cast
from importing import Desk
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account, Post
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.foundation.organizations.models import Responsibility
from lianxin.kernel.errors import NotAllowed
from lianxin.registry.imports.models import ImportRun
from lianxin.work.dispatch.actions import CategoryRow, load_categories
from lianxin.work.dispatch.models import Category
from lianxin.work.dispatch.queries import catalogue

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)

TREE = """大类,小类,编码,说明,关键词
市容环境,暴露垃圾,0110,没有进容器的生活垃圾,垃圾、发臭
,道路不洁,,路面有泥沙,
突发事件,路面塌陷,,,
"""
PARENTS = """code,parent,name,kind
01,,市容环境,problem
0110,01,暴露垃圾,hazard
"""
LIST = """分类,区域,牵头单位,配合单位,依据
暴露垃圾,,市城管局,市住建局、排水所,三定
,东苑社区,所在社区,,属地
路面塌陷,,市住建局局,,
其他,,市网格中心,,
"""
ROSTER = """姓名,手机号,岗位,辖区,单位
王小明,13800000001,网格员,东苑社区第一网格,
,,社区干部,东苑社区,东苑社区
李小红,13800000002,经办人,,市城管局
张大力,13800000003,片警,东苑社区,
王小明,13800000009,网格员,北门社区第一网格,
"""


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast.admin, at=AT)


def test_a_tree_of_categories_in_two_forms(desk: Desk) -> None:
    run = desk.through("categories", TREE.encode("gbk"))
    assert [(leaf.code, leaf.path) for leaf in catalogue().leaves] == [
        ("0101", ("市容环境", "道路不洁")),
        ("0110", ("市容环境", "暴露垃圾")),
        ("0201", ("突发事件", "路面塌陷")),
    ]
    assert Category.objects.get(code="0110").keywords == ["垃圾", "发臭"]
    again = desk.check(desk.bring("categories", PARENTS.encode(), "b.csv"))
    assert desk.verdicts(again) == {2: "same", 3: "change"}
    again = Desk(desk.actor, at=AT + timedelta(minutes=1)).let_in(again)
    assert Category.objects.get(code="0110").kind == "hazard"

    desk.take_back(again)
    assert Category.objects.get(code="0110").kind == "problem"
    desk.take_back(run)
    assert not catalogue().nodes
    desk.through("categories", TREE.encode(), "c.csv")  # what comes back comes under its own code
    assert [leaf.code for leaf in catalogue().leaves] == ["0101", "0110", "0201"]


def test_the_list_says_who_leads_and_the_list_before_comes_back(desk: Desk, cast: Cast) -> None:
    load_categories(SYSTEM, [
        CategoryRow("01", "市容环境", "problem"), CategoryRow("0110", "暴露垃圾", "problem", "01"),
        CategoryRow("02", "突发事件", "problem"), CategoryRow("0201", "路面塌陷", "problem", "02"),
    ], at=factories.BEGIN)  # fmt: skip
    run = desk.check(desk.bring("duties", LIST.encode(), "权责.csv"))
    # No. 5 of the list in force is the row for all categories: the same place, now with another lead's basis.
    assert desk.verdicts(run) == {2: "new", 3: "new", 4: "wrong", 5: "same"}
    desk.press(run, 4, "unknown")  # 改用它
    run = desk.let_in(ImportRun.objects.get(pk=run.pk))
    community = next(node for node in areas.atlas(AT) if node.name == "东苑社区")
    ruling = organizations.responsible("0110", community, "city", at=AT)
    assert ruling is not None
    assert (ruling.lead_unit.code, [unit.code for unit in ruling.assists]) == ("cgj", ["zjj", "paishui"])
    mended = organizations.responsible("0201", community, "city", at=AT)
    assert mended is not None
    assert mended.lead_unit.code == "zjj"
    near = organizations.responsible("0110", community, "community", at=AT)
    assert near is not None
    assert near.lead_unit.code == "community11"
    count = Responsibility.objects.filter(valid_to=None).count()

    again = desk.check(desk.bring("duties", LIST.replace("局局", "局").encode(), "权责.csv"))
    assert set(desk.verdicts(again).values()) == {"same"}
    desk.take_back(run)
    assert Responsibility.objects.filter(valid_to=None).count() == count - 3


def test_a_roster_opens_accounts_and_gives_posts(desk: Desk, cast: Cast) -> None:
    run = desk.check(desk.bring("staff", ROSTER.encode(), "花名册.csv"))
    assert desk.verdicts(run) == {2: "new", 3: "wrong", 4: "new", 5: "wrong", 6: "new"}
    desk.press(run, 5, "choice", label="算“社区干部”")
    run = desk.let_in(ImportRun.objects.get(pk=run.pk))
    assert run.state == "done", run.failure
    first, other = Account.objects.get(username="wangxiaoming"), Account.objects.get(username="wangxiaoming2")
    assert (first.name, other.name) == ("王小明", "王小明")
    assert not first.has_usable_password()  # nobody can sign in before a password is handed over
    held = Post.objects.get(account=first)
    assert (held.role_id, held.area.full_name if held.area else "") == ("grid_worker", "桐城市龙眠街道东苑社区第一网格")
    assert Post.objects.get(account__username="lixiaohong").unit_id == cast.county.units["cgj"].id

    again = desk.check(desk.bring("staff", ROSTER.replace("片警", "社区干部").encode(), "花名册.csv"))
    assert desk.verdicts(again) == {2: "same", 3: "wrong", 4: "same", 5: "same", 6: "same"}
    desk.take_back(run)
    first.refresh_from_db()
    assert first.disabled_at is not None
    assert not Post.objects.filter(account=first, valid_to=None).exists()


def test_nobody_lifts_others_by_a_sheet(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        Desk(cast.community_clerk, at=AT).bring("staff", ROSTER.encode(), "花名册.csv")
