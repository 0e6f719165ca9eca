"""Limits as cities write them: 2 紧急工作时, 4工作小时, 5个工作日, 半天, or a bare number beside a column of units."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import likeness
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.registry.imports.problems import Unreadable

_BRACKETS = re.compile(r"[（(【\[].*?[）)】\]]")
_FORM = re.compile(r"(\d{1,5})(?:\.0+)?\s*个?\s*(.*)")
_CHINESE = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8",
    "九": "9",
            "十": "10", "十五": "15", "二十": "20", "三十": "30", "二十四": "24", "四十八": "48"}  # fmt: skip
_NUMERAL = re.compile(r"^([一二两三四五六七八九十]+)(?=个|分|小|工|紧|自|天|日)")
_WORDS = {
    Unit.URGENT_HOUR: "紧急工作时", Unit.WORK_HOUR: "工作时", Unit.WORK_DAY: "工作日", Unit.NATURAL_DAY: "自然日",
    Unit.MINUTE: "分钟",
}  # fmt: skip
_LIKE = {"紧": Unit.URGENT_HOUR, "小时工": Unit.WORK_HOUR, "工时": Unit.WORK_HOUR, "工作小": Unit.WORK_HOUR,
    "小时": Unit.URGENT_HOUR,
         "工作天": Unit.WORK_DAY}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A limit as it was written: without a unit where another column holds it."""

    value: int
    unit: Unit | None


def unit(text: str) -> Unit:
    """Read a unit alone."""
    try:
        return Limit.parse(f"1 {text}").unit
    except Invalid:
        raise Unreadable(
            "choice", _("看不懂时限单位“{text}”。").format(text=text[:20]),
            *((_("改成“{word}”").format(word=word), word) for word in _WORDS.values()), is_word=True,
        ) from None  # fmt: skip


def limit(text: str) -> Written:
    """Read a limit; offer what it may have meant when it cannot be read."""
    plain = _NUMERAL.sub(lambda found: _CHINESE.get(found[1], found[1]), _BRACKETS.sub("", text).strip())
    if folded(plain) in {"半天", "半个工作日", "半日"}:
        return Written(4, Unit.WORK_HOUR)
    found = _FORM.fullmatch(plain)
    if found is None or not int(found[1]):
        sentence = _("看不懂“{text}”。写成“4 工作时”“5 工作日”这样。").format(text=text[:20])
        raise Unreadable("limit", sentence, is_word=True)
    number, rest = int(found[1]), found[2].strip(" 内以之前完成。")
    if not rest:
        return Written(number, None)
    try:
        parsed = Limit.parse(f"{number} {rest}")
    except Invalid:
        near = _near(rest)
        others = [each for each in _WORDS if each != near][:2]
        sentence = _("看不懂“{text}”。您是说 {number} {word} 吗？").format(
            text=text[:20], number=number, word=_WORDS[near]
        )
        raise Unreadable(
            "limit", sentence,
            *((_("改成 {number} {word}").format(number=number, word=_WORDS[each]), f"{number} {_WORDS[each]}")
              for each in (near, *others)), is_word=True,
        ) from None  # fmt: skip
    return Written(parsed.value, parsed.unit)


def _near(rest: str) -> Unit:
    for word, meant in _LIKE.items():
        if rest.startswith(word):
            return meant
    return max(_WORDS, key=lambda each: likeness(_WORDS[each], rest))
