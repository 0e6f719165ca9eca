"""What pages of notices, questions, stations and appeals share: tabs, who may be told, how a notice is shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.work.disclosure import audience, queries, rules
from lianxin.work.disclosure.models import Notice, NoticeKind, State

DOOR = "console:notices"
KEEPS = ("disclosure.publish", "disclosure.receipts")
SEEN_BY = (*KEEPS, "stations.manage", "months.answer")
_MOST_AREAS = 80
TONES = {
    State.DRAFT: "pause", State.WAITING: "warn", State.SCHEDULED: "outside", State.PUBLISHED: "ok",
    State.WITHDRAWN: "pause",
}  # fmt: skip


def tabs(asked: Request, current: str) -> list[Tab]:
    """Return the pages of this door that this person may open."""
    places = (
        ("console:notices", _("通知"), KEEPS),
        ("console:questions", _("提问"), ("disclosure.receipts",)),
        ("console:stations", _("服务站点"), ("stations.manage",)),
        ("console:appeals", _("月报申诉"), ("months.answer",)),
    )
    return [
        Tab(reverse(name), label, current=name == current)
        for name, label, permissions in places
        if any(asked.actor.may(permission) for permission in permissions)
    ]


def areas_to_choose(asked: Request) -> list[tuple[str, str]]:
    """Return where this person may send a notice: each own area, and what lies right below it."""
    atlas = areas.atlas(asked.at, asked.numbers)
    found: dict[int, str] = {}
    for root in _grounds(asked):
        found[root.id] = root.name
        for child in atlas.children(root.id):
            found.setdefault(child.id, f"{root.name} › {child.name}")
    return [(str(pk), label) for pk, label in list(found.items())[:_MOST_AREAS]]


def _grounds(asked: Request) -> list[AreaNode]:
    scope = asked.actor.scope(audience.PUBLISH)
    atlas = areas.atlas(asked.at, asked.numbers)
    if scope.everywhere:
        return atlas.children(None)
    own = {*scope.street_ids, *scope.community_ids, *scope.grid_ids}
    for unit_id in scope.unit_ids:
        unit = organizations.unit(unit_id, asked.numbers)
        own |= {unit.area_id} if unit is not None and unit.area_id is not None else set()
    known = [atlas.by_id[pk] for pk in own if pk in atlas.by_id]
    return sorted(known, key=lambda node: (node.depth, node.code))


def units_to_choose(asked: Request) -> list[tuple[str, str]]:
    """Return the units in whose name this person may speak."""
    known = organizations.directory(asked.numbers).by_id
    held = {holding.unit_id for holding in asked.actor.holdings if audience.PUBLISH in holding.permissions}
    found = [known[pk] for pk in sorted(pk for pk in held if pk is not None) if pk in known]
    return [("", _("我的区域")), *((str(unit.id), unit.name) for unit in found if unit.in_force(asked.at))]


def area_names(asked: Request, ids: Iterable[int]) -> str:
    """Say areas by name: 东苑社区、北门社区 等 5 处."""
    nodes = [areas.node(pk, asked.numbers) for pk in ids]
    names = [node.name for node in nodes if node is not None]
    shown = "、".join(names[:3])
    return _("{shown} 等 {count} 处").format(shown=shown, count=len(names)) if len(names) > 3 else shown


def meant_words(asked: Request, notice: Notice, roles: dict[str, str]) -> str:
    """Say whom a notice is for: 东苑社区：居民；网格员."""
    who = [_("居民")] if notice.to_public else []
    who += [roles.get(code, code) for code in notice.to_roles]
    return f"{area_names(asked, notice.area_ids)}：{'、'.join(who)}"


def row(asked: Request, notice: Notice, counts: queries.Counts, roles: dict[str, str]) -> dict[str, Any]:
    """Return what a line of the list draws."""
    return {
        "notice": notice,
        "kind": NoticeKind(notice.kind).label,
        "state": state_words(notice, asked.at),
        "tone": TONES[State(notice.state)],
        "meant": meant_words(asked, notice, roles),
        "counts": counts,
        "at": notice.published_at or notice.created_at,
    }


def state_words(notice: Notice, at: datetime) -> str:
    """Say how a notice stands: 已发布, 已过期, 定时发布."""
    if notice.state == State.PUBLISHED and rules.is_over(notice, at):
        return _("已过期")
    return str(State(notice.state).label)
