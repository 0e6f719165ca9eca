"""A report without a title is named by what it says first, not by how it greets."""

import pytest

from lianxin.work.cases.actions.intake import title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("路灯坏了三天。晚上看不清路。", "路灯坏了三天"),
        ("您好，麻烦看一下，东门路口井盖松了。", "东门路口井盖松了"),
        ("尊敬的市领导：您好！我家楼下烧烤扰民。", "我家楼下烧烤扰民"),
        ("反映个事：你好，南演路塌了个洞，很深。", "南演路塌了个洞，很深"),
        ("领导干部家属楼漏水", "领导干部家属楼漏水"),
        ("您好！", "您好"),
        ("我们小区" * 20, "我们小区" * 7 + "我…"),
    ],
)
def test_a_title_leaves_courtesies_out(text: str, title: str) -> None:
    assert title_of(text) == title
