"""Begin a case: its id, its number, its place."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel import crypto
from lianxin.kernel.numbers import case_number
from lianxin.kernel.text import search_vector
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.change import Change, begun
from lianxin.work.cases.models import Case
from lianxin.work.cases.settings import flow_settings

SEQUENCE = "cases_id_seq"


def new_case(
    actor: Actor, *, at: datetime, numbers: Mapping[str, int], title: str, text: str, channel: str, kind: str,
    case_id: int | None = None, parent: Case | None = None,
) -> Change:  # fmt: skip
    """Begin a case with its number; it is stored by `write()`."""
    pk = next_id() if case_id is None else case_id
    division = flow_settings(numbers).division
    case = Case(
        pk=pk, number=number_of(pk, division, at), title=title, text=text, channel=channel, kind=kind, parent=parent,
        reported_at=at, stage_entered_at=at, words=search_vector(f"{title} {text[:2000]}"),
    )  # fmt: skip
    return begun(actor, case, at=at, numbers=numbers)


def next_id() -> int:
    """Take the next id of a case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [SEQUENCE])
        return int(cursor.fetchone()[0])


def number_of(case_id: int, division: str, at: datetime) -> str:
    """Return the public number: division, day, and six digits that tell neither order nor volume."""
    return case_number(division, at.astimezone(ZONE).date(), case_id % 1_000_000, crypto.secret("case numbers"))


def set_area(case: Case, area: AreaNode | None, *, as_reported: bool = True) -> None:
    """Place the case in an area: for duty and visibility, and as reported where that is not yet known."""
    if as_reported:
        case.area_id = area.id if area else None
    case.area_now_id = area.id if area else None
    case.street_id = area.street_id if area else None
    case.community_id = area.community_id if area else None
    case.grid_id = area.grid_id if area else None
