"""Who keeps the very thing a report is about: its unit leads, before the responsibility list is asked.

The room that knows the thing hands its keeper down; dispatch itself knows units and categories only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lianxin.foundation.organizations.queries import Ruling, directory


@dataclass(frozen=True, slots=True)
class Keeper:
    """The unit that answers for a thing, why in words, and what reports of such a thing usually are (a code or "")."""

    unit_id: int
    why: str
    category: str = ""


def led_by(
    keeper: Keeper | None, ruling: Ruling | None, *, at: datetime, numbers: Mapping[str, int]
) -> Ruling | None:  # fmt: skip
    """Return the ruling with the keeper in the lead; the list's own where there is no keeper, or its unit has ended.

    Whom the list names to assist still does; who would have led by the list does not, as the thing is another's.
    """
    unit = directory(numbers).by_id.get(keeper.unit_id) if keeper is not None else None
    if keeper is None or unit is None or not unit.in_force(at):
        return ruling
    assists = () if ruling is None else tuple(each for each in ruling.assists if each.id != unit.id)
    return Ruling(lead_unit=unit, assists=assists, row_id=0, number="", basis="", why=keeper.why)
