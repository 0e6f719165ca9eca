"""What is wrong or doubtful in a row, and what one press does about it."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

WRONG, ASK = "wrong", "ask"

# What a group of like problems is called beside the table; {label} is the field's.
TITLES = {
    "missing": "{label}：必填格空着",
    "choice": "{label}：看不懂的写法",
    "unknown": "{label}：对不上名单",
    "spoilt": "{label}：被 Excel 改坏的长数字",
    "form": "{label}：写法不对",
    "day": "{label}：不是日期",
    "number": "{label}：不是数字",
    "double": "{label}：表里重复",
    "taken": "{label}：已被别的记录用掉",
    "ended": "{label}：已经注销",
    "same": "可能是已有的记录",
    "differs": "{label}：与登记的不一致",
    "against": "{label}：和证件号码矛盾",
    "outside": "{label}：不在您负责的区域",
    "geometry": "边界有问题",
    "long": "{label}：太长",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One press: cells to write, answers to give, or to leave the row out."""

    label: str
    set: dict[str, str] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    skip: bool = False

    def plain(self) -> list[Any]:
        """Return what is stored."""
        return [self.label, self.set, self.answer, int(self.skip)]


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault (WRONG) or a question (ASK) at one field of a row.

    `written` is what stands there when all rows with the same words have the same remedy; else the remedy is the
    row's own, and like rows are those with the same `code`.
    """

    field: str
    code: str
    sentence: str
    remedies: tuple[Remedy, ...] = ()
    level: str = WRONG
    written: str = ""

    def plain(self) -> list[Any]:
        """Return what is stored."""
        remedies = [remedy.plain() for remedy in self.remedies]
        return [self.field, self.code, self.sentence, remedies, self.level, self.written]

    @classmethod
    def read(cls, stored: list[Any]) -> "Problem":
        """Return what was stored."""
        name, code, sentence, remedies, level, written = stored
        return cls(
            name,
            code,
            sentence,
            tuple(Remedy(one[0], one[1], one[2], bool(one[3])) for one in remedies),
            level,
            written,
        )


class Unreadable(Exception):
    """A cell that its field cannot read."""

    def __init__(
        self, code: str, sentence: str, *texts: tuple[str, str], is_word: bool = False, level: str = WRONG
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.code, self.sentence, self.texts, self.is_word, self.level = code, sentence, texts, is_word, level

    def problem(self, name: str, written: str) -> Problem:
        """Return it as the problem of a field."""
        remedies = tuple(Remedy(label, {name: text}) for label, text in self.texts)
        return Problem(name, self.code, self.sentence, remedies, self.level, written if self.is_word else "")


def title_of(code: str, label: str) -> str:
    """Return what a group of problems is called."""
    return _(TITLES.get(code, "{label}")).format(label=label)


SKIP = Remedy("不导这一行", skip=True)
