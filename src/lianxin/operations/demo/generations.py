"""Given names as they were given from the forties to this year, so that a household sounds like one."""

from functools import cache
from random import Random

from .people import SURNAMES, WEIGHTS


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# By the first year in which children were called so: women, men.
_GIVEN: tuple[tuple[int, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        0,
        _words(
            "桂英 秀英 玉兰 桂兰 秀兰 玉珍 凤英 素珍 玉英 秀珍 桂珍 兰英 金凤 玉梅 月英 翠兰 翠英 腊梅 银花 大妹 "
            "惠兰 素芳 春英 菊香 荷英 秋菊 巧云 来娣 招娣 桂花 "
        ),
        _words(
            "德明 永福 金生 长根 传宝 根生 水生 有才 世昌 广财 正华 文林 厚德 家旺 启明 贵生 福生 树林 守业 万年 "
            "保国 怀德 茂林 兴旺 传义 敬堂 仲文 克勤 少卿 本立 "
        ),
    ),
    (
        1956,
        _words(
            "爱华 爱珍 建英 小红 玉芳 秀芳 桂芳 丽华 淑芬 月琴 翠萍 凤霞 素云 美玲 春梅 冬梅 雪梅 秋霞 彩云 建华 "
            "卫红 红梅 国英 爱民 永红 胜利 跃英 先玲 传英 金枝 "
        ),
        _words(
            "建国 建华 国庆 卫东 卫国 跃进 援朝 志强 永胜 爱国 学军 学文 立新 光荣 振东 解放 和平 红兵 建军 建设 "
            "国强 世平 长青 新民 大勇 保华 胜利 向阳 兴国 先进 "
        ),
    ),
    (
        1976,
        _words(
            "芳 敏 静 丽 艳 娟 霞 燕 玲 萍 红 梅 莉 娜 琴 云 晓燕 海燕 丽萍 丽娟 晓红 春燕 雪琴 慧敏 文静 小芳 婷 "
            "倩 颖 晶 薇 珊 洁 慧 蓉 "
        ),
        _words(
            "伟 强 磊 军 勇 杰 涛 斌 波 辉 刚 平 明 超 鹏 飞 峰 亮 华 浩 俊 海涛 志刚 文斌 小龙 金龙 永刚 晓东 建平 "
            "国栋 海军 志勇 家乐 文武 克俭 "
        ),
    ),
    (
        1998,
        _words(
            "雨欣 欣怡 梦洁 思雨 佳怡 雅婷 婷婷 子涵 晓雯 欣悦 诗琪 梓涵 可欣 雨桐 一诺 依诺 若曦 语桐 沐晴 芷若 "
            "梦瑶 思琪 佳琪 雨萱 紫萱 心怡 晨曦 静怡 嘉怡 诗涵 "
        ),
        _words(
            "浩然 子轩 宇航 俊杰 家豪 天佑 梓轩 浩宇 宇轩 子涵 博文 一鸣 奕辰 沐辰 俊熙 雨泽 子墨 明轩 文博 泽宇 "
            "嘉伟 志远 思远 晨阳 天宇 皓轩 睿 家骏 昊天 承宇 "
        ),
    ),
)
# Two of these make a name; later generations use them most.
_FIRST = {"f": "雅雨思梦佳欣嘉语诗若婉静心晓文慧玉春秋美", "m": "志文家俊浩宇子明永国德海天泽承学振思嘉立"}
_SECOND = {"f": "婷怡琪涵萱雯洁彤瑶蕾莹妍宁岚兰芸菲露琳清", "m": "强华明轩杰豪宇飞龙辉涛斌阳鹏远博林军平峰"}


def surname(rng: Random) -> str:
    """Return a surname, the frequent ones more often."""
    return rng.choices(SURNAMES, cum_weights=_cumulated())[0]


def given(rng: Random, sex: str, born: int) -> str:
    """Return a given name for a girl or boy of that year."""
    if rng.random() < 0.3:
        return rng.choice(_FIRST[sex]) + rng.choice(_SECOND[sex])
    names = next(women if sex == "f" else men for since, women, men in reversed(_GIVEN) if born >= since)
    return rng.choice(names)


@cache
def _cumulated() -> list[float]:
    total, found = 0.0, []
    for weight in WEIGHTS:
        total += weight
        found.append(total)
    return found
