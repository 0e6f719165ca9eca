"""What the pages of patrols share: their tabs, tones and words, points for the map, photos of what was found."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Photo, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import NotFound
from lianxin.kernel.files.models import FileKind
from lianxin.kernel.files.queries import files_of_many
from lianxin.kernel.geometry.points import Point as Place
from lianxin.work.patrols.models import Hazard, Plan, Point, Round, Route, Team
from lianxin.work.patrols.models.lying import Lying

M = TypeVar("M", bound=Model)
DOOR = "console:patrols"
_TABS = (
    ("patrols", "今天"), ("patrol_rounds", "巡查记录"), ("hazards", "隐患台账"), ("patrol_points", "巡查点"),
    ("patrol_routes", "路线和计划"), ("patrol_checklists", "检查项"), ("patrol_teams", "居民巡逻队"),
)  # fmt: skip
HAZARD_TONES: Mapping[str, str] = {
    "reported": "warn", "open": "", "recheck": "warn", "settled": "ok", "dismissed": "pause",
}  # fmt: skip
ROUND_TONES: Mapping[str, str] = {"planned": "", "running": "warn", "finished": "ok", "missed": "pause"}


def tabs(current: str) -> list[Tab]:
    """Return the pages of patrols."""
    return [Tab(reverse(f"console:{name}"), _(label), current=name == current) for name, label in _TABS]


def crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    """Return the way from the hub: names with their addresses, the last one plain."""
    return [Crumb(_("巡查"), reverse("console:patrols")), *(Crumb(name, url) for name, url in steps)]


def area_name(row: Lying, request: Request) -> str:
    """Return the area a row lies in, with the one above it."""
    node = areas.node(row.area_id, request.numbers) if row.area_id is not None else None
    return " ".join(node.breadcrumb[-2:]) if node else ""


def point_of(request: Request, key: UUID) -> Point:
    """Return a point that the person sees, ended ones too; raise NotFound."""
    return _found(Point.objects.visible_to(request.actor).filter(key=key).first())


def route_of(request: Request, key: UUID) -> Route:
    """Return a route that the person sees; raise NotFound."""
    return _found(Route.objects.visible_to(request.actor).filter(key=key).first())


def plan_of(request: Request, key: UUID) -> Plan:
    """Return a plan that the person sees; raise NotFound."""
    return _found(Plan.objects.visible_to(request.actor).filter(key=key).select_related("route").first())


def round_of(request: Request, key: UUID) -> Round:
    """Return a round that the person sees; raise NotFound."""
    found = Round.objects.visible_to(request.actor).filter(key=key).select_related("route", "team", "plan")
    return _found(found.first())


def hazard_of(request: Request, key: UUID) -> Hazard:
    """Return a hazard that the person sees; raise NotFound."""
    found = Hazard.objects.visible_to(request.actor).filter(key=key).select_related("point", "unit", "round")
    return _found(found.first())


def team_of(request: Request, key: UUID) -> Team:
    """Return a team that the person sees; raise NotFound."""
    return _found(Team.objects.visible_to(request.actor).filter(key=key).first())


def _found(row: M | None) -> M:
    if row is None:
        raise NotFound(_("没有这一条，或不在您的辖区。"))
    return row


def feature(place: Place, *, shape: str, title: str, line: str = "", url: str = "") -> dict[str, Any]:
    """Return a point of the map."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        "properties": {"shape": shape, "title": title, "line": line, "url": url},
    }


def collection(features: Iterable[dict[str, Any]]) -> JsonResponse:
    """Return points for the map."""
    return JsonResponse({"type": "FeatureCollection", "features": list(features)})


_LABELS = {"before": "发现时", "between": "整改中", "after": "整改后", "problem": "现场"}


def photos_of(kind: str, ids: Iterable[int]) -> dict[int, list[Photo]]:
    """Return the photos of things, by their ids. One statement."""
    found: dict[int, list[Photo]] = {}
    for file in files_of_many(kind, ids):
        url = f"/api/v1/files/{file.key}"
        photo = Photo(
            _(_LABELS.get(file.label, "照片")), url, f"{url}/thumb" if file.has_thumb else url,
            file.taken_at or file.created_at, after=file.label == "after", video=file.kind == FileKind.VIDEO,
        )  # fmt: skip
        found.setdefault(file.subject_id or 0, []).append(photo)
    return found
