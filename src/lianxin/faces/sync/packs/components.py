"""Components of a worker's ground: what stands where, how it is and whose, to be found by number without a signal."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations.queries import directory
from lianxin.kernel.text import initials
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.components.classes import Catalogue, catalogue
from lianxin.registry.components.models import Component
from lianxin.work.cases.keeping import keeper_of
from lianxin.work.cases.models import Case

from .shapes import PackPointOut, own_ground, point_out

MOST = 2_000  # a grid has some 250, a community a thousand
_READ = (
    "id", "key", "number", "category_id", "name", "state", "state_since", "point", "address", "checked_at", "version",
    "maintaining_unit_id", "owning_unit_id", "managing_unit_id",
)  # fmt: skip


class PackComponentOut(BaseModel):
    """A component. `category` is a class code, `keeper` a unit's short name, `cases` numbers of open cases on it."""

    key: str
    number: str
    version: int
    category: str
    name: str
    state: str
    since: date
    point: PackPointOut
    address: str
    keeper: str
    checked_on: date | None
    cases: list[str]


class PackComponentClassOut(BaseModel):
    """A class to survey by; `report` is the category its reports are filed under, "" where nobody said."""

    code: str
    name: str
    initials: str
    major: str
    report: str


class ComponentsPackOut(BaseModel):
    """The components of one's own ground, and the classes in use. `is_whole`: none was left out."""

    items: list[PackComponentOut]
    classes: list[PackComponentClassOut]
    is_whole: bool
    may_check: bool
    may_register: bool


@section("components", out=ComponentsPackOut, order=65)
def components(actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]) -> ComponentsPackOut | None:
    """Return the components of one's own ground; None for who sees none there. Two statements."""
    ground = own_ground(actor, "components.view")
    if ground is None:
        return None
    found = Component.objects.now().filter(within(ground)).only(*_READ).order_by("-id")
    rows = list(found[: MOST + 1])
    nodes, cases = catalogue(numbers), _open_cases(actor, rows)
    return ComponentsPackOut(
        items=[out for row in rows[:MOST] if (out := _out(row, nodes, cases, at, numbers)) is not None],
        classes=[
            PackComponentClassOut(
                code=node.code, name=node.name, initials=initials(node.name), major=node.major_name,
                report=node.category_code,
            )
            for node in nodes.by_code.values()
        ],
        is_whole=len(rows) <= MOST,
        may_check=actor.may("components.check"), may_register=actor.may("components.edit"),
    )  # fmt: skip


def _open_cases(actor: Actor, rows: Iterable[Component]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    seen = Case.objects.visible_to(actor).open().filter(component__in=[row.pk for row in rows])
    for component_id, number in seen.order_by("id").values_list("component_id", "number"):
        found[component_id or 0].append(number)
    return found


def _out(
    row: Component, nodes: Catalogue, cases: Mapping[int, list[str]], at: datetime, numbers: Mapping[str, int]
) -> PackComponentOut | None:
    point, node = point_out(row.point), nodes.by_id.get(row.category_id)
    if point is None or node is None:
        return None
    return PackComponentOut(
        key=str(row.key), number=row.number, version=row.version, category=node.code, name=row.name, state=row.state,
        since=row.state_since.astimezone(ZONE).date(), point=point, address=row.address,
        keeper=keeper_name(row, at=at, numbers=numbers),
        checked_on=row.checked_at.astimezone(ZONE).date() if row.checked_at else None, cases=cases.get(row.pk, []),
    )  # fmt: skip


def keeper_name(row: Component, *, at: datetime, numbers: Mapping[str, int]) -> str:
    """Return the short name of the unit that keeps a component; "" where none does. No statement."""
    keeper = keeper_of(row, at=at, numbers=numbers)
    unit = directory(numbers).by_id.get(keeper.unit_id) if keeper is not None else None
    return (unit.short_name or unit.name) if unit is not None else ""
