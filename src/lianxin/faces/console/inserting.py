"""Reply templates as a form offers them: filled with what is known of the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lianxin.faces.parts import words
from lianxin.foundation.organizations.queries import unit as unit_node
from lianxin.work.cases.models import Case
from lianxin.work.desk import rules, templates

Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ready:
    """A template with its places filled."""

    key: UUID
    name: str
    text: str


def ready(case: Case, act: str, *, at: datetime, numbers: Numbers) -> list[Ready]:
    """Return what may be inserted into the form of an act. One statement, none for acts without templates."""
    found = templates.offered(act, case.category_id, numbers)
    values = _values(case, at, numbers) if found else {}
    return [Ready(each.key, each.name, rules.fill(each.text, values)) for each in found]


def _values(case: Case, at: datetime, numbers: Numbers) -> dict[str, str]:
    unit = unit_node(case.lead_unit_id, numbers) if case.lead_unit_id is not None else None
    return {
        "编号": case.number,
        "事由": case.title,
        "地点": case.address,
        "单位": (unit.short_name or unit.name) if unit else "",
        "时限": words.instant(case.due_at, at) if case.due_at else "",
    }
