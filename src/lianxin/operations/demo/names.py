"""Names for a made-up county: roads, estates, hamlets, public places. No real place or person is meant."""

from collections.abc import Iterator
from random import Random


def _words(text: str) -> list[str]:
    return text.split()


_ROADS = _words(
    "同安 盛唐 文昌 龙眠 望溪 和平 太平 新华 人民 建设 解放 胜利 光明 朝阳 向阳 东风 友谊 振兴 兴业 富民 安康 "
    "永宁 长兴 迎宾 学府 青年 文化 体育 公园 滨河 清河 翠竹 桂花 银杏 香樟 梧桐 玉兰 海棠 紫薇 丹桂 金桂 松柏 "
    "杏花 荷塘 平安 惠民 吉祥 如意 明德 崇文 尚书 状元 书院 文庙 钟楼 鼓楼 南门 北门 东门 西门 老街 仁和 信义 "
    "礼让 孝义 诚信 博爱 思源 望山 观湖 听雨 枫林 竹园 梅园 兰亭 菊香 柳荫 槐荫 榆钱 枣园 石榴 葡萄 杨柳 青松 "
    "白云 蓝天 星光 月亮 晨晖 晚霞 春晖 秋实 "
)
_ESTATES = _words(
    "金桂 碧峰 同安 盛世 望湖 锦绣 阳光 翠竹 丽景 华庭 水岸 龙腾 紫荆 玉兰 桂雨 安康 和顺 幸福 祥和 康乐 文苑 "
    "学林 书香 御景 东方 滨江 南湖 凤凰 天鹅 银河 世纪 时代 花语 春天 四季 清华 景秀 名仕 永嘉 嘉禾 瑞景 福临 "
    "万和 中兴 泰和 鸿运 绿洲 青年 兰亭 橡树 枫丹 香榭 白鹭 牡丹 海棠 杜鹃 芙蓉 丹桂 明珠 翡翠 珍珠 琥珀 水晶 "
    "宏泰 恒丰 润园 晨曦 星河 云顶 "
)
_ESTATE_KINDS = ("花园", "家园", "苑", "小区", "新村", "华府", "公寓", "雅居")
_HAMLETS = _words(
    "张庄 李庄 王庄 陈庄 杨湾 刘岗 黄冲 周冲 吴圩 徐老屋 孙畈 胡畈 朱冲 高岭 林场 何塘 郭湾 马冲 罗岗 梁庄 "
    "宋庄 郑老屋 谢畈 韩冲 唐湾 冯岗 于庄 董庄 萧冲 程畈 曹湾 袁岗 邓冲 许庄 傅畈 沈湾 曾冲 彭庄 吕岗 苏湾 "
    "卢冲 蒋庄 蔡畈 贾庄 丁湾 魏岗 薛庄 叶冲 阎湾 余畈 潘庄 杜冲 戴湾 夏岗 钟庄 汪畈 田冲 任湾 姜岗 范庄 方畈 "
    "石冲 姚湾 谭岗 廖庄 邹畈 熊冲 金湾 "
)
_NUMBERS = "一二三四五六七八九"
PLACES = {
    "urban": ("小学", "幼儿园", "农贸市场", "卫生服务站", "小游园", "老年活动中心", "文化站", "停车场", "公厕", "超市"),
    "rural": ("小学", "卫生室", "农家书屋", "文化广场", "小卖部", "粮站", "水塘", "老槐树"),
}


def road_names(rng: Random) -> Iterator[str]:
    """Return words for roads in a shuffled order; later rounds add a number so that no word comes twice."""
    return _endless(_ROADS, rng)


def hamlet_names(rng: Random) -> Iterator[str]:
    """Return names of hamlets in a shuffled order, in endless rounds; they need be known in their village only."""
    while True:
        yield from rng.sample(_HAMLETS, len(_HAMLETS))


def estate_names(rng: Random) -> Iterator[str]:
    """Return names of estates, each once."""
    pairs = [f"{word}{kind}" for word in _ESTATES for kind in _ESTATE_KINDS]
    yield from rng.sample(pairs, len(pairs))


def _endless(words: list[str], rng: Random) -> Iterator[str]:
    yield from rng.sample(words, len(words))
    for number in _NUMBERS:
        for word in rng.sample(words, len(words)):
            yield f"{word}{number}"
