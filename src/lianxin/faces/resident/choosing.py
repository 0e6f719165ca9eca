"""What to choose from without a map: the grids at home, and all communities, or streets where there are many."""

from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Role
from lianxin.foundation.areas.queries import Atlas

from .forms import Choices
from .here import Here, here_of

_MOST_COMMUNITIES = 150  # in one list; beyond that one chooses the street


def area_choices(request: Request, *, grids: bool = True, here: Here | None = None) -> Choices:
    """Return groups of areas: home first (its grids too, unless they do not matter), then communities by street."""
    atlas, here = areas.atlas(request.at, request.numbers), here or here_of(request)
    choices: list[tuple[str, object]] = [("", _("不确定") if grids else _("请选"))]
    if here is not None:
        choices.append((here.community.name, _at_home(atlas, here, grids=grids)))
    communities = [area for area in atlas if area.role == Role.COMMUNITY and (here is None or area != here.community)]
    if len(communities) > _MOST_COMMUNITIES:
        streets = [area for area in atlas if area.role == Role.STREET]
        return [*choices, (_("其他街道"), [(street.code, street.name) for street in streets])]
    by_street: dict[str, list[tuple[str, str]]] = {}
    for area in sorted(communities, key=lambda area: area.code):
        by_street.setdefault(area.breadcrumb[-2] if area.depth > 1 else "", []).append((area.code, area.name))
    return [*choices, *by_street.items()]


def _at_home(atlas: Atlas, here: Here, *, grids: bool) -> list[tuple[str, str]]:
    found = [grid for grid in atlas.children(here.community.id) if grid.role == Role.GRID] if grids else []
    return [(here.community.code, here.community.name), *((grid.code, grid.name) for grid in found)]
