"""A small place: a handful of categories, units, areas and the examples people wrote."""

from datetime import UTC, datetime

import pytest

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.work.dispatch import actions
from lianxin.work.dispatch.actions import CategoryRow, Learnt

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)

ROWS = [
    CategoryRow("01", "市容环境", "problem"),
    CategoryRow("0101", "环境卫生", "problem", "01"),
    CategoryRow("010101", "暴露垃圾", "problem", "0101", "生活垃圾散落在公共场所", ("垃圾", "发臭")),
    CategoryRow("010102", "噪声扰民", "problem", "0101", "施工、广场舞、店铺的噪声", ("噪声", "噪音", "太吵")),
    CategoryRow("02", "公用设施", "problem"),
    CategoryRow("0201", "照明", "problem", "02"),
    CategoryRow("020101", "路灯不亮", "problem", "0201", "道路照明损坏", ("路灯", "灯不亮")),
    CategoryRow("0202", "井盖", "hazard", "02"),
    CategoryRow("020201", "井盖缺损", "hazard", "0202", "检查井的井盖破损、丢失", ("井盖",)),
    CategoryRow("020202", "充电桩故障", "problem", "0202", "公共充电桩不能用", ("充电桩",)),
]
PLACES = ["东关路", "北门市场", "龙腾嘉园", "文昌街", "紫来佳苑", "公园路", "实验小学门口", "车站广场"]
TELLINGS = {
    "010101": ["的垃圾好几天没人清了，发臭", "堆了一大堆生活垃圾，苍蝇乱飞", "垃圾扔得满地都是，又脏又臭"],
    "010102": ["半夜还在施工，吵得睡不着", "广场舞的音响太吵，噪音很大", "店铺大喇叭一天到晚放广告，噪声扰民"],
    "020101": ["的路灯不亮，晚上黑漆漆的", "一排路灯坏了好久没人修", "路灯一闪一闪的，晚上看不清路"],
    "020201": ["的井盖破了一个角，车过哐当响", "窨井盖松动，很危险", "人行道上的井盖丢失了"],
}


def told() -> list[Learnt]:
    """Return the examples: every place × telling, as a profile would give them."""
    return [
        Learnt(code, f"{place}{telling}。", "profile")
        for code, tellings in TELLINGS.items()
        for place in PLACES
        for telling in tellings
    ]


@pytest.fixture
def categories(db: None) -> None:
    """The categories of the place, none with examples yet."""
    actions.load_categories(SYSTEM, ROWS, at=AT)


@pytest.fixture
def examples(categories: None) -> None:
    """All categories but 充电桩故障 have examples."""
    actions.learn(told(), at=AT)
