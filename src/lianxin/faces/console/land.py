"""What pages say of areas: their tree and map from memory, who works there from the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Contact, Crumb
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import DutyShift, Post
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas import rules
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import AreaNode, Atlas
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.geometry.points import Point, metres_per_degree
from lianxin.kernel.text import mask_name
from lianxin.registry.places.models import Building

from .branches import Branch

Numbers = Mapping[str, int]


def labels(key: str, numbers: Numbers) -> dict[str, str]:
    """Return the profile's words for levels, grid_kinds or unit_kinds by their keys."""
    return {row["key"]: row["label"] for row in current(key, numbers) or ()}


def crumbs(node: AreaNode, numbers: Numbers) -> list[Crumb]:
    """Return the way down to an area, each step a link but the last."""
    above = [found for pk in node.path_ids[:-1] if (found := areas.node(pk, numbers))]
    return [*(Crumb(one.name, area_url(one)) for one in above), Crumb(node.name)]


def area_url(node: AreaNode) -> str:
    """Return the page of an area."""
    return reverse("console:area", args=[node.code])


def households(atlas: Atlas, node: AreaNode) -> int | None:
    """Return the households of an area: its own count, or the sum of the grids below."""
    if node.households is not None:
        return node.households
    counts = [one.households for one in atlas.descend(node.id) if one.role == "grid" and one.households is not None]
    return sum(counts) if counts else None


def tree(atlas: Atlas, chosen: AreaNode) -> list[Branch]:
    """Return the tree with the way to the chosen area open, and what lies right below it."""
    return [_branch(atlas, root, chosen) for root in atlas.children(None)]


def _branch(atlas: Atlas, node: AreaNode, chosen: AreaNode) -> Branch:
    below = atlas.children(node.id)
    is_open = node.id in chosen.path_ids
    return Branch(
        node.name,
        area_url(node),
        note=str(len(below)) if below else "",
        is_current=node.id == chosen.id,
        branches=[_branch(atlas, child, chosen) for child in below] if is_open else (),
    )


def features(above: AreaNode, below: list[AreaNode]) -> list[dict[str, Any]]:
    """Return an area and those below it as GeoJSON for the map. One statement."""
    wanted = {node.id: node for node in [above, *below]}
    borders = dict(Area.objects.filter(pk__in=wanted, boundary__isnull=False).values_list("pk", "boundary"))
    return [_feature(node, borders[pk], is_above=node is above) for pk, node in wanted.items() if pk in borders]


def _feature(node: AreaNode, border: Any, *, is_above: bool) -> dict[str, Any]:
    counted = f" · {node.households:,} 户" if node.households is not None else ""
    return {
        "type": "Feature",
        "geometry": border,
        "properties": {
            # The map draws dashed what it knows as grids; the frame around them stays a line, without a name.
            "name": "" if is_above else node.name,
            "title": node.name,
            "code": node.code,
            "level": "grid" if node.role in {"grid", "micro"} and not is_above else node.role,
            "line": f"{node.code}{counted}",
            "url": "" if is_above else area_url(node),
        },
    }


def buildings(actor: Actor, node: AreaNode) -> list[dict[str, Any]]:
    """Return the footprints of buildings around an area that the actor may see: ground, no names. Two statements.

    One whose footprint nobody has drawn is a square of twelve metres.
    """
    border = rules.outline(Area.objects.values_list("boundary", flat=True).get(pk=node.id))
    if border is None:
        return []
    west, south, east, north = border.bounds
    margin = max(east - west, north - south) * 0.1
    box = (west - margin, south - margin, east + margin, north + margin)
    found = Building.objects.visible_to(actor).now().filter(point__within_box=box).values_list("footprint", "point")
    return [
        {"type": "Feature", "geometry": footprint or _square(point), "properties": {"kind": "building"}}
        for footprint, point in found[:MOST_BUILDINGS]
        if point is not None
    ]


MOST_BUILDINGS = 5000


def _square(point: Point) -> dict[str, Any]:
    metres = metres_per_degree(point.lat)
    x, y = 6 / metres[0], 6 / metres[1]
    corners = [(-x, -y), (x, -y), (x, y), (-x, y), (-x, -y)]
    return {
        "type": "Polygon",
        "coordinates": [[[round(point.lon + dx, 7), round(point.lat + dy, 7)] for dx, dy in corners]],
    }


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post at a place, and whether on duty now."""

    contact: Contact
    is_on_duty: bool


def holders(at: datetime, **where: int) -> list[Holder]:
    """Return who holds posts at an area or a unit (`area_id=` or `unit_id=`), those on duty first. Two statements."""
    posts = list(
        current_posts(at).filter(**where).select_related("account", "role", "substitute").order_by("role__sort", "pk")
    )
    shifts = DutyShift.objects.filter(post__in=posts, starts_at__lte=at, ends_at__gt=at)
    on_duty = set(shifts.values_list("post_id", flat=True)) if posts else set()
    return sorted((_holder(post, post.pk in on_duty) for post in posts), key=lambda one: not one.is_on_duty)


def _holder(post: Post, is_on_duty: bool) -> Holder:  # noqa: FBT001 -- said right beside the call
    line = "正在值班" if is_on_duty else (f"代班 {mask_name(post.substitute.name)}" if post.substitute else "")
    name = post.account.name
    contact = Contact(
        mask_name(name), post.title or post.role.label, line, "ok" if is_on_duty else "", initial=name[:1]
    )
    return Holder(contact, is_on_duty)


def center_of(request: Request) -> str:
    """Return the middle of the person's area, for a map with nothing on it yet."""
    held = request.actor.post
    node = areas.node(held.area_id, request.numbers) if held and held.area_id is not None else None
    if node is None or node.center is None:
        node = next((root for root in areas.children(None, request.at, request.numbers)), None)
    return f"{node.center.lon},{node.center.lat}" if node and node.center else ""


def areas_url(request: Request) -> str:
    """Return where the map finds the borders of the person's area."""
    held = request.actor.post
    node = areas.node(held.area_id, request.numbers) if held and held.area_id is not None else None
    if node is None:
        node = next((root for root in areas.children(None, request.at, request.numbers)), None)
    if node is not None and node.role == "grid" and node.community_id is not None:
        node = areas.node(node.community_id, request.numbers)
    return f"/api/v1/areas.geojson?below={node.code}" if node is not None else ""
