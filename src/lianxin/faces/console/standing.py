"""What pages of places share: finding one that may be seen, the way down to it, and words for what is there."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.registry.places.models import Building, Estate, Placed


def area_of(asked: Request, place: Placed) -> AreaNode | None:
    """Return the smallest area something lies in."""
    return areas.node(place.area_id, asked.numbers) if place.area_id is not None else None


def crumbs(asked: Request, node: AreaNode | None, *more: tuple[str, str]) -> list[Crumb]:
    """Return the way down: areas (a link where their portrait may be seen), then what is told as (name, address)."""
    above = [found for pk in node.path_ids[1:] if (found := areas.node(pk, asked.numbers))] if node else []
    return [*(Crumb(one.name, portrait_url(asked, one)) for one in above), *(Crumb(*one) for one in more)]


def portrait_url(asked: Request, node: AreaNode) -> str:
    """Return the portrait of an area, or nothing for who may not see it. A micro grid has that of its grid."""
    if node.role == "micro" and node.parent_id is not None:
        above = areas.node(node.parent_id, asked.numbers)
        return portrait_url(asked, above) if above else ""
    may = asked.actor.scope("places.view").everywhere or asked.actor.may("places.view", node)
    return reverse("console:portrait", args=[node.code]) if may else ""


def estate_url(estate: Estate) -> str:
    """Return the page of an estate."""
    return reverse("console:estate", args=[estate.code])


def building_url(building: Building) -> str:
    """Return the page of a building."""
    return reverse("console:building", args=[building.code])


def confirmed(at: datetime | None, now: datetime) -> str:
    """Say when something was last found right: 11月9日核实."""
    if at is None:
        return _("没有核实过")
    return _("{day}核实").format(day=words.day(words.local(at).date(), words.local(now).date()))


def where(asked: Request, area_id: int | None) -> str:
    """Say where something lies: 文昌街道 和平社区 第3网格."""
    node = areas.node(area_id, asked.numbers) if area_id is not None else None
    return " ".join(node.breadcrumb[1:] or node.breadcrumb) if node else ""
