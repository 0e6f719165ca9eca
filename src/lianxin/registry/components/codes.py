"""Numbers of components (部件标识码): sixteen digits, six of the county, four of the class, six running."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Refused

LENGTH, COUNTY, CLASS = 16, 6, 4
MOST = 999_999
_DIGITS = re.compile(r"[0-9]{16}")

# One statement, whoever else asks: the row of the class is what two wait for.
_TAKE = """
INSERT INTO component_serial AS kept (head, last)
SELECT head, count FROM unnest(%s::varchar[], %s::int[]) AS asked (head, count) ORDER BY head
ON CONFLICT (head) DO UPDATE SET last = kept.last + excluded.last RETURNING head, last
"""
_RAISE = """
INSERT INTO component_serial AS kept (head, last)
SELECT head, most FROM unnest(%s::varchar[], %s::int[]) AS brought (head, most) ORDER BY head
ON CONFLICT (head) DO UPDATE SET last = greatest(kept.last, excluded.last)
"""
# Where somebody brought numbers near the end, what lies free below them is given out.
_FREE = """
SELECT one FROM generate_series(1, %s) AS one
WHERE NOT EXISTS (SELECT FROM component WHERE number = %s || lpad(one::text, 6, '0')) ORDER BY one LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """A number taken apart."""

    county: str
    category: str
    serial: str


def tidy(text: str) -> str:
    """Return a number without blanks and dashes, full-width digits made plain."""
    from unicodedata import normalize

    return re.sub(r"[\s\-]", "", normalize("NFKC", text))


def parts(number: str) -> Parts | None:
    """Take a number apart; None for what is not sixteen digits."""
    if not _DIGITS.fullmatch(number):
        return None
    return Parts(number[:COUNTY], number[COUNTY : COUNTY + CLASS], number[COUNTY + CLASS :])


def fault(number: str, counties: frozenset[str], classes: Mapping[str, object]) -> str:
    """Return what is wrong with a number brought from elsewhere, as a sentence; "" when nothing is."""
    found = parts(number)
    if found is None:
        if len(number) != LENGTH:
            return _("标识码应是 16 位，这里是 {count} 位。").format(count=len(number))
        return _("标识码只能是数字。")
    if found.county not in counties:
        return _("标识码前 6 位 {found} 不是本地的区划代码（{wanted}）。").format(
            found=found.county, wanted="、".join(sorted(counties))
        )
    if found.category not in classes:
        return _("标识码第 7 至 10 位 {found} 不是已有的部件类别。").format(found=found.category)
    if found.serial == "000000":
        return _("标识码后 6 位顺序号从 000001 起。")
    return ""


def take(counts: Mapping[str, int]) -> dict[str, list[str]]:
    """Give out numbers: so many for each head (county and class). One statement; each number is given once.

    Raises Refused when a class of a county has none left.
    """
    asked = {head: count for head, count in sorted(counts.items()) if count}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [list(asked), list(asked.values())])
        last = dict(cursor.fetchall())
    return {head: _numbers(head, last[head], count) for head, count in asked.items()}


def _numbers(head: str, last: int, count: int) -> list[str]:
    if last <= MOST:
        return [f"{head}{serial:06d}" for serial in range(last - count + 1, last + 1)]
    with connection.cursor() as cursor:
        cursor.execute(_FREE, [MOST, head, count])
        free = [f"{head}{serial:06d}" for (serial,) in cursor.fetchall()]
    if len(free) < count:
        sentence = _("{head} 这一类的顺序号用完了，不能再登记。").format(head=head)
        raise Refused("component_numbers", sentence)
    return free


def keep(numbers: Mapping[str, int]) -> None:
    """Note the greatest running number brought from elsewhere for each head, so that none is given twice."""
    heads = sorted(numbers)
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, [heads, [numbers[head] for head in heads]])
