"""Made-up people: names that belong to nobody, and phone numbers from a range that is not given out."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random


def _words(text: str) -> list[str]:
    return text.split()


SURNAMES = _words(
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 "
    "傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 "
    "郝 孔 白 崔 康 毛 邱 秦 江 史 "
)
# The first are far more frequent than the last, as in life.
WEIGHTS = [1 / (rank + 6) for rank in range(len(SURNAMES))]
_WOMEN = _words(
    "芳 敏 静 丽 艳 娟 霞 燕 玲 萍 红 梅 英 兰 秀珍 桂英 玉兰 春梅 雪琴 晓燕 丽华 淑芬 慧敏 雅婷 思雨 梦洁 "
    "文静 佳怡 欣悦 子涵 婷婷 晓雯 美玲 素云 凤霞 爱华 小红 月琴 翠萍 海燕 "
)
_MEN = _words(
    "伟 强 磊 军 勇 杰 涛 斌 波 辉 刚 平 明 建国 建华 志强 国庆 文斌 永胜 德明 俊杰 海涛 家豪 浩然 子轩 宇航 "
    "天佑 金龙 长青 立新 世平 光荣 大勇 小龙 新民 学文 传宝 跃进 振东 根生 "
)
# 199 00… is held back from subscribers: nobody is called by mistake.
_PHONE_PREFIX = "1990000"
_PHONES = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person."""

    name: str
    sex: str  # "female" | "male"
    phone: str


def people(rng: Random) -> Iterator[Person]:
    """Return people with different phone numbers; ends when the range of numbers is used up."""
    for number in rng.sample(range(_PHONES), _PHONES):
        sex = rng.choice(("female", "male"))
        surname = rng.choices(SURNAMES, WEIGHTS)[0]
        given = rng.choice(_WOMEN if sex == "female" else _MEN)
        yield Person(surname + given, sex, f"{_PHONE_PREFIX}{number:04d}")


def masked(name: str) -> str:
    """Return a name as pages show it: 王*."""
    return f"{name[:1]}*" if name else ""
