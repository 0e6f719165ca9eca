"""The fields a target takes: how people call them, how their cells are read, and how one sees them by content."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.tables.values import folded, is_spoilt, read_day, read_number, read_whole, read_yes
from lianxin.kernel.text import likeness

from .problems import Unreadable

Read = Callable[[str], Any]
_TRIMMED = re.compile(r"[\s（(【\[][^）)】\]]*[）)】\]]|[*＊:：、,，。\s_\-/]+")


@dataclass(frozen=True, slots=True)
class ImportField:
    """One field of a target. `read` returns the value or raises Unreadable; it never sees an empty cell."""

    code: str
    label: str
    read: Read
    synonyms: tuple[str, ...] = ()
    required: bool = False
    looks: Callable[[str], bool] | None = None  # whether a cell looks like one of this field
    example: str = ""
    hint: str = ""
    choices: tuple[str, ...] = ()  # what may be written, for the template and the page
    mask: str = ""  # name, phone, id: how it is shown to who did not bring it
    register: str = ""  # code in the register of fields
    # Blank means "as above" (同上) while these fields stay as above; None: blank means nothing.
    carried: tuple[str, ...] | None = None

    @property
    def is_personal(self) -> bool:
        """Whether what stands in it is about a person."""
        return bool(self.mask)

    @property
    def names(self) -> frozenset[str]:
        """How a column of this field may be called, folded."""
        return frozenset(map(fold_name, (self.label, *self.synonyms)))


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """Return a column's name to compare by: without remarks in brackets, marks and spaces."""
    return folded(_TRIMMED.sub("", name)) or folded(name)


def words(most: int) -> Read:
    """Read free text up to a length."""

    def read(text: str) -> str:
        if len(text) > most:
            raise Unreadable("long", _("太长了，最多 {most} 个字。").format(most=most), (_("截短"), text[:most]))
        return text

    return read


def refusing(reader: Callable[[str], str], code: str = "form") -> Read:
    """Read by a rule of a lower room that raises Invalid with a sentence."""

    def read(text: str) -> str:
        try:
            return reader(text)
        except Invalid as fault:
            raise Unreadable(code, next(iter(fault.fields.values()))) from None

    return read


def day(text: str) -> Any:
    """Read a day in any spelling."""
    found = read_day(text)
    if found is None:
        raise Unreadable("day", _("“{text}”不是日期。写成 2026-03-05 这样。").format(text=text[:20]))
    return found


def whole(low: int, high: int) -> Read:
    """Read a whole number within a range."""

    def read(text: str) -> int:
        found = read_whole(text)
        if found is None or not low <= found <= high:
            raise Unreadable(
                "number", _("“{text}”不是 {low} 到 {high} 之间的整数。").format(text=text[:20], low=low, high=high)
            )
        return found

    return read


def decimal(high: int) -> Read:
    """Read a number above nought."""

    def read(text: str) -> Decimal:
        found = read_number(text)
        if found is None or not 0 < found < high:
            raise Unreadable("number", _("“{text}”不是大于 0 的数。").format(text=text[:20]))
        return found.quantize(Decimal("0.01"))

    return read


def yes(text: str) -> bool:
    """Read 是/否."""
    found = read_yes(text)
    if found is None:
        raise Unreadable(
            "choice", _("看不懂“{text}”，请填是或否。").format(text=text[:20]), (_("改成“是”"), "是"),
            (_("改成“否”"), "否"), is_word=True,
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Choice:
    """Reads a coded value (字典): labels and everything else people write for it."""

    labels: Mapping[str, str]  # code → label
    other_words: Mapping[str, Sequence[str]] = field(default_factory=dict)  # code → words
    rest: str = ""  # code of 其他, which is always offered
    known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, label in self.labels.items():
            for word in (code, label, *self.other_words.get(code, ())):
                self.known.setdefault(folded(word), code)

    def __call__(self, text: str) -> str:
        found = self.known.get(folded(text))
        if found is not None:
            return found
        near = sorted(self.labels.values(), key=lambda label: -likeness(label, text))[:3]
        if self.rest:
            last = self.labels[self.rest]
            others = [label for label in near if label != last][:2]
            # What is like nothing is 其他 sooner than the first of the list.
            near = [*others, last] if others and likeness(others[0], text) >= 0.2 else [last, *others]
        raise Unreadable(
            "choice",
            _("看不懂“{text}”。可以填：{labels}。").format(text=text[:20], labels="、".join(self.labels.values())),
            *((_("改成“{label}”").format(label=label), label) for label in near), is_word=True,
        )  # fmt: skip

    def looks(self, text: str) -> bool:
        """Tell whether a cell holds one of the words."""
        return folded(text) in self.known


def spoilt(text: str) -> None:
    """Raise Unreadable for a long number that Excel has rounded."""
    if is_spoilt(text):
        raise Unreadable(
            "spoilt",
            _(
                "这个长数字被 Excel 改成了“{text}”，后几位已经丢失，找不回来。请对照原件重填，并把这一列设成“文本”。"
            ).format(text=text[:24]),
        )
