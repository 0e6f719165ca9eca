"""What all acts of this room share: where a row lies, the lock with its version, the line in the journal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import looks_personal
from lianxin.work.patrols.models.lying import Lying

PLAN = "编排巡查"
SETTLE = "隐患销号"
WALK = "巡查打卡"
Row = TypeVar("Row", bound=Lying)


def area_at(place: Place, *, at: datetime, numbers: Mapping[str, int] | None = None, field: str = "place") -> AreaNode:
    """Return the area around a place; raise Invalid when it lies in none."""
    found = areas.locate(place.lon, place.lat, at, numbers)
    if found is None:
        raise Invalid({field: _("这个位置不在本地辖区内，请在地图上重新点。")})
    return found


def area_of(area_id: int, *, numbers: Mapping[str, int] | None = None, field: str = "area") -> AreaNode:
    """Return an area that stands; raise Invalid for any other."""
    found = areas.node(area_id, numbers)
    if found is None or found.valid_to is not None:
        raise Invalid({field: _("请选择一个街道、社区或网格。")})
    return found


def common_area(nodes: list[AreaNode]) -> AreaNode | None:
    """Return the smallest area that holds all of these."""
    shared = set(nodes[0].path_ids).intersection(*(node.path_ids for node in nodes[1:])) if nodes else set()
    return max((found for pk in shared if (found := areas.node(pk))), key=lambda node: node.depth, default=None)


def locked(actor: Actor, row: Row, permission: str, label: str, *, seen: int | None = None) -> Row:
    """Return the row as it stands, locked. Raises NotFound where the actor does not see it, NotAllowed, Stale."""
    found: Row | None = (
        type(row)._default_manager.visible_to(actor)  # type: ignore[attr-defined]
        .select_for_update(of=("self",)).filter(pk=row.pk).first()
    )  # fmt: skip
    if found is None:
        raise NotFound(_("没有这一条，或不在您的辖区。"))
    demand(actor, permission, label, found)
    check_seen(found, seen)
    return found


def check_seen(row: Lying, seen: int | None) -> None:
    """Raise Stale when somebody wrote since the version that was seen."""
    if seen is not None and seen != row.version:
        raise Stale(_("刚被别人改过，请看过再改。"), version=row.version, changes=[])


def standing(row: Any) -> None:
    """Refuse what has ended."""
    if getattr(row, "valid_to", None) is not None or getattr(row, "ended_at", None) is not None:
        raise Refused("ended", _("已经停用，不能再改。"))


def tell(actor: Actor, kind: str, row: Lying, act: str, *, at: datetime, **rest: Any) -> None:
    """Write one line of the journal about a row."""
    append([draft(actor, kind, row.pk, act, at=at, version=row.version, **rest)])


def demand_no_person(**texts: str) -> None:
    """Raise Invalid for words with numbers of papers or phones: here stand things, not people."""
    faults = {
        field: _("不要写人的证件号码和电话，隐患台账只记事和物。")
        for field, text in texts.items()
        if looks_personal(text)
    }
    if faults:
        raise Invalid(faults)
