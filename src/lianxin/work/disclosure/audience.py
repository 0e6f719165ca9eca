"""Whom a notice is meant for: where it belongs, who may send it there, and exactly which accounts, as of an instant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import Invalid, NotAllowed

PUBLISH = "disclosure.publish"


@dataclass(frozen=True, slots=True)
class Meant:
    """One account a notice is meant for, with the post it is reached by."""

    account_id: int
    post: str
    area_id: int | None


def meant(area_ids: Iterable[int], roles: Sequence[str], at: datetime) -> list[Meant]:
    """Return who holds one of these roles in these areas or below them, each account once. One statement.

    A post at a unit counts by the area of its unit. Whoever takes up such a post later is not among them.
    """
    if not roles:
        return []
    atlas = areas.atlas(at)
    ids = {node.id for area_id in area_ids for node in atlas.descend(area_id)}
    where = Q(area_id__in=ids) | Q(area_id=None, unit__area_id__in=ids)
    posts = current_posts(at).filter(where, role_id__in=list(roles)).select_related("role", "area", "unit")
    found: dict[int, Meant] = {}
    for post in posts.order_by("role__sort", "pk"):
        place = (post.area.name if post.area else "") or (post.unit.short_name if post.unit else "")
        called = f"{place} {post.title or post.role.label}".strip()
        found.setdefault(post.account_id, Meant(post.account_id, called[:80], post.area_id))
    return list(found.values())


def common(area_ids: Sequence[int], at: datetime) -> AreaNode:
    """Return the smallest area that holds all of these. Raises Invalid for one that is no more."""
    nodes = [areas.atlas(at).by_id.get(area_id) for area_id in area_ids]
    known = [node for node in nodes if node is not None]
    if not known or len(known) != len(nodes):
        raise Invalid({"areas": _("有区域已经调整过，请重新选择。")})
    shared = set(known[0].path_ids).intersection(*(node.path_ids for node in known))
    deepest = max(shared, key=known[0].path_ids.index) if shared else None
    if deepest is None:
        raise Invalid({"areas": _("这些区域不在同一个地方，请分开发。")})
    return areas.atlas(at).by_id[deepest]


def may_reach(actor: Actor, area: AreaNode) -> bool:
    """Tell whether the actor may tell something to this area: by its own, or as a unit that serves it."""
    if actor.scope(PUBLISH).everywhere or actor.may(PUBLISH, area):
        return True
    return any(_serves(unit_id, area) for unit_id in actor.scope(PUBLISH).unit_ids)


def _serves(unit_id: int, area: AreaNode) -> bool:
    unit = organizations.unit(unit_id)
    return unit is not None and unit.area_id in area.path_ids


def demand_reach(actor: Actor, area_ids: Iterable[int], at: datetime) -> None:
    """Raise NotAllowed unless the actor may tell something to each of these areas."""
    atlas = areas.atlas(at)
    for area_id in area_ids:
        node = atlas.by_id.get(area_id)
        if node is not None and not may_reach(actor, node):
            raise NotAllowed(PUBLISH, _("您的岗位不能向{area}发通知。").format(area=node.name))


def voice(actor: Actor, unit_id: int | None) -> str:
    """Return who speaks, as readers see it: the unit named, else the post's unit or area. Never a person."""
    unit = organizations.unit(unit_id) if unit_id is not None else None
    if unit is not None:
        return unit.name[:80]
    held = actor.holding_for(PUBLISH)
    return ((held.unit_name or held.area_name) if held else actor.name)[:80]


def may_speak_for(actor: Actor, unit_id: int | None) -> bool:
    """Tell whether a notice may bear this unit's name: one the actor works at."""
    if unit_id is None or actor.scope(PUBLISH).everywhere:
        return True
    return any(unit_id in holding.unit_ids for holding in actor.holdings if PUBLISH in holding.permissions)


def needs_second_look(area: AreaNode, numbers: Mapping[str, int] | None = None) -> bool:
    """Tell whether somebody else looks at a notice before it goes out: what tells the whole place something.

    The profile switches it off by `notice_second_look = false` among its modules.
    """
    return area.is_whole and bool((current("modules", numbers) or {}).get("notice_second_look", True))


def roles_to_choose() -> list[tuple[str, str]]:
    """Return the roles a notice may be meant for, as a form offers them. One statement."""
    return [(role.code, role.label) for role in Role.objects.order_by("sort", "code")]
