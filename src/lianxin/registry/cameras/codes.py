"""Device numbers of GB/T 28181: twenty digits, told in their parts. What the standard gives no words for gets none.

    3408 8100 | 00 | 132 | 0 | 000123
    centre      industry type network serial

Rule A of the standard writes network and serial as one serial of seven digits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import normalize

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from lianxin.kernel.errors import Invalid

LENGTH = 20
CAMERAS = ("131", "132")

INDUSTRIES: Mapping[str, str] = {
    "00": "社会治安 · 路面接入", "01": "社会治安 · 社区接入", "02": "社会治安 · 内部接入", "03": "社会治安 · 其他接入",
    **dict.fromkeys(("04", "05", "06", "07"), "交通"), "08": "城市管理", "09": "卫生环保", "10": "商检海关",
    "11": "教育",
}  # fmt: skip
TYPES: Mapping[str, str] = {
    "111": "硬盘录像机（DVR）", "112": "视频服务器", "117": "报警控制器", "118": "网络录像机（NVR）",
    "131": "摄像机", "132": "网络摄像机（IPC）", "134": "报警输入", "135": "报警输出", "200": "信令控制中心",
    "215": "业务分组", "216": "虚拟组织",
}  # fmt: skip
NETWORKS: Mapping[str, str] = {
    **dict.fromkeys("01234", "监控专网"), "5": "公安网", "6": "政务网", "7": "互联网",
}  # fmt: skip
_ENTERPRISE = 40  # industries from here on are enterprises'
_LEVELS = ("省", "市", "县", "基层")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a number: its name, its digits, where they stand (from 1), and what they say; "" says nothing."""

    name: str
    digits: str
    first: int
    last: int
    words: str

    @property
    def where(self) -> str:
        """Say which digits these are."""
        return span(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with the digits it is about; 0 where it is about the whole."""

    first: int
    last: int
    sentence: str


def span(first: int, last: int) -> str:
    """Say which digits are meant, counted from one."""
    return _("第 {first} 位").format(first=first) if first == last else _("第 {first}–{last} 位").format(
        first=first, last=last
    )  # fmt: skip


def tidy(text: str) -> str:
    """Return the number without blanks and dashes, full-width digits made plain."""
    return re.sub(r"[\s\-_‐-―]", "", normalize("NFKC", text))


def parse(number: str) -> tuple[Part, ...]:
    """Return the five parts of twenty digits with what the standard says of each. Raises ValueError for others."""
    if not re.fullmatch(r"[0-9]{20}", number):
        raise ValueError("A device number has twenty digits.")
    return (
        Part(_("中心编码"), number[:8], 1, 8, _centre(number[:8])),
        Part(_("行业编码"), number[8:10], 9, 10, _industry(number[8:10])),
        Part(_("类型编码"), number[10:13], 11, 13, TYPES.get(number[10:13], "")),
        Part(_("网络标识"), number[13], 14, 14, NETWORKS.get(number[13], "")),
        Part(_("序号"), number[14:], 15, 20, _("第 {count} 号").format(count=int(number[14:]))),
    )


def _centre(digits: str) -> str:
    pairs = zip(_LEVELS, (digits[place : place + 2] for place in (0, 2, 4, 6)), strict=True)
    return " ".join(f"{level} {pair}" for level, pair in pairs if pair != "00")


def _industry(digits: str) -> str:
    return INDUSTRIES.get(digits, "") or ("企业" if int(digits) >= _ENTERPRISE else "")


def faults(text: str) -> tuple[Fault, ...]:
    """Return all that is wrong with a camera's number, each with its digits; nothing where it is right."""
    number = tidy(text)
    if not number:
        return (Fault(0, 0, str(_lazy("请填国标编码，共 20 位数字。"))),)
    if found := re.search(r"[^0-9]", number):
        place = found.start() + 1
        return (Fault(place, place, _("第 {place} 位是“{sign}”，国标编码只有数字。").format(
            place=place, sign=found.group())),)  # fmt: skip
    if len(number) != LENGTH:
        off = LENGTH - len(number)
        said = _("少 {count} 位").format(count=off) if off > 0 else _("多 {count} 位").format(count=-off)
        return (Fault(0, 0, _("国标编码是 20 位，这里有 {count} 位，{said}。").format(count=len(number), said=said)),)
    return tuple(_wrong(number))


def _wrong(number: str) -> list[Fault]:
    found = []
    pairs = [number[place : place + 2] for place in (0, 2, 4, 6)]
    if pairs[0] == "00":
        found.append(Fault(1, 2, _("第 1–2 位是 00：中心编码要从省的代码写起。")))
    for place in (1, 2, 3):
        if pairs[place] != "00" and "00" in pairs[1:place]:
            first, last = place * 2 + 1, place * 2 + 2
            found.append(Fault(first, last, _(
                "第 {first}–{last} 位是 {digits}，可它上面一级空着（00）：下级不能越过上级。"
            ).format(first=first, last=last, digits=pairs[place])))  # fmt: skip
            break
    kind = number[10:13]
    if kind not in CAMERAS:
        known = TYPES.get(kind, "")
        said = _("是{what}").format(what=known) if known else _("不是摄像机")
        found.append(Fault(11, 13, _(
            "第 11–13 位是 {digits}，{said}。视频点位要填摄像机自己的编码：131 摄像机，132 网络摄像机。"
        ).format(digits=kind, said=said)))  # fmt: skip
    return found


def check_number(text: str, *, field: str = "number") -> str:
    """Return a camera's number tidied. Raises Invalid naming the digits that are wrong."""
    if wrong := faults(text):
        raise Invalid({field: " ".join(fault.sentence for fault in wrong)})
    return tidy(text)


def grouped(number: str) -> str:
    """Return the number in its parts, to be read aloud; anything but twenty digits as it is."""
    if len(number) != LENGTH:
        return number
    return " ".join((number[:8], number[8:10], number[10:13], number[13], number[14:]))
