"""What the pages of cameras share: tabs, rows, parts of a number, the compass, and cameras that cover a place."""

import math
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console.standing import where
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import mask_name
from lianxin.registry.cameras import codes, queries
from lianxin.registry.cameras.coverage import wind
from lianxin.registry.cameras.models import Access, Camera, Opening

DOOR = "console:cameras"
VIEW, OPEN, MANAGE, APPROVE = "cameras.view", "cameras.open", "cameras.manage", "cameras.approve"
RECORDS = (VIEW, APPROVE, "audit.read")  # who may know of openings: each of those it may see
STATE_TONES = {"on": "is-ok", "off": "is-late", "repair": "is-warn"}
TONES = {"asked": "warn", "granted": "ok", "refused": "outside", "withdrawn": "outside", "revoked": "late"}
State = Access.State


@dataclass(frozen=True, slots=True)
class Line:
    """A camera as lists show it."""

    camera: Camera
    url: str
    number: str  # in its parts
    place: str
    owner: str
    look: str
    tone: str


@dataclass(frozen=True, slots=True)
class AccessLine:
    """An access as its cards and tables show it: who, what for, until when; what may be done."""

    access: Access
    camera: Line
    who: str
    tone: str
    said: str
    case_url: str = ""
    openings: int = 0


@dataclass(frozen=True, slots=True)
class Compass:
    """Which way a camera looks, drawn: a path in a square of 120, and in words."""

    path: str
    said: str


def tabs(asked: Request, current: str) -> list[Tab]:
    """Return the pages of cameras that open to somebody; one alone needs no tabs."""
    actor = asked.actor
    found = [Tab(reverse(DOOR), _("点位"), current=current == DOOR)] if actor.may(VIEW) else []
    if actor.may(APPROVE):
        count = queries.waiting(actor).count()
        found.append(Tab(reverse("console:cameras_waiting"), _("等我批"), count, current == "console:cameras_waiting",
                         "warn" if count else ""))  # fmt: skip
    if actor.may(OPEN):
        found.append(Tab(reverse("console:cameras_mine"), _("我的调阅"), current=current == "console:cameras_mine"))
    if any(map(actor.may, RECORDS)):
        at = reverse("console:cameras_records")
        found.append(Tab(at, _("打开记录"), current=current == "console:cameras_records"))
    if actor.scope("config.manage").everywhere:
        at = reverse("console:camera_platforms")
        found.append(Tab(at, _("视频平台"), current=current == "console:camera_platforms"))
    return found if len(found) > 1 else []


def home(asked: Request) -> str:
    """Return where who sees no camera begins: at what waits, at the record, or at the platforms."""
    pages = ((APPROVE, "console:cameras_waiting"), ("audit.read", "console:cameras_records"))
    return reverse(next((name for may, name in pages if asked.actor.may(may)), "console:camera_platforms"))


def url_of(camera: Camera) -> str:
    """Return the page of a camera."""
    return reverse("console:camera", args=[camera.key])


def line(asked: Request, camera: Camera) -> Line:
    """Return a camera as lists show it. No statement."""
    unit = organizations.unit(camera.owner_unit_id, asked.numbers)
    return Line(
        camera, url_of(camera), codes.grouped(camera.number), where(asked, camera.area_id),
        (unit.short_name or unit.name) if unit else "", look_of(camera), STATE_TONES.get(camera.state, "muted"),
    )  # fmt: skip


def look_of(camera: Camera) -> str:
    """Say which way a camera looks, how wide and how far: 正东 · 60° · 80 米."""
    covered = camera.wedge
    if covered is None:
        return _("朝向没有登记")
    way = _("看一圈") if covered.is_circle else f"{wind(covered.bearing)} · {covered.angle:g}°"
    return _("{way} · {metres} 米").format(way=way, metres=camera.reach_m)


def compass(camera: Camera) -> Compass | None:
    """Return the wedge on a compass, north up; None where nobody told which way it looks."""
    covered = camera.wedge
    if covered is None:
        return None
    if covered.is_circle:
        return Compass("M60 14a46 46 0 1 1 -.01 0z", _("看一圈"))
    begins, ends = (math.radians(covered.bearing + side * covered.angle / 2) for side in (-1, 1))
    corners = [(60 + 46 * math.sin(turned), 60 - 46 * math.cos(turned)) for turned in (begins, ends)]
    (x1, y1), (x2, y2) = corners
    large = int(covered.angle > 180)
    path = f"M60 60L{x1:.1f} {y1:.1f}A46 46 0 {large} 1 {x2:.1f} {y2:.1f}z"
    return Compass(path, f"{wind(covered.bearing)} {covered.bearing:g}°")


def access_line(asked: Request, access: Access, *, openings: int = 0) -> AccessLine:
    """Return an access as cards and tables show it; the camera must be at hand. No statement."""
    is_own = access.by_id == asked.actor.account_id
    who = _("我") if is_own else f"{access.by_post} {mask_name(access.by_label)}".strip()
    case_url = ""
    if access.case_number and (asked.actor.may("cases.view") or asked.actor.may("cases.handle")):
        case_url = reverse("console:case", args=[access.case_number])
    over = is_over(asked, access)
    return AccessLine(
        access, line(asked, access.camera), who, "outside" if over else TONES.get(access.state, "outside"),
        said(asked, access), case_url, openings,
    )  # fmt: skip


def is_over(asked: Request, access: Access) -> bool:
    """Tell whether an access that was granted has run out, although the job has not come by."""
    return access.state == State.GRANTED and (access.until is None or access.until <= asked.at)


def said(asked: Request, access: Access) -> str:
    """Say how an access stands."""
    if is_over(asked, access):
        return _("已到期")
    if access.state == State.GRANTED and access.until is not None:
        return _("可以打开，到 {until}").format(until=words.instant(access.until, asked.at))
    return str(State(access.state).label)


def opening_row(asked: Request, row: Opening) -> dict[str, Any]:
    """Return one opening as the record shows it; access and camera must be at hand. No statement."""
    return {"at": row.at, "line": access_line(asked, row.access), "who": mask_name(row.label)}


def covering(asked: Request, point: Point | None) -> list[dict[str, Any]]:
    """Return the cameras that cover a place and may be asked for, as a case's page and the seat show them."""
    if point is None or not asked.actor.may(VIEW):
        return []
    found = queries.covering(asked.actor, point, at=asked.at)
    return [
        {
            "line": replace(line(asked, one.camera), look=_("在{direction} {metres} 米").format(
                direction=one.direction, metres=one.metres)),
            "access": one.access,
            "said": said(asked, one.access) if one.access is not None else "",
            "may_ask": one.access is None and asked.actor.may(OPEN, one.camera, one.camera.owner_unit_id),
            "may_open": one.access is not None and one.access.state == State.GRANTED,
        }
        for one in found
    ]  # fmt: skip


def features(found: list[Camera]) -> list[dict[str, Any]]:
    """Return wedges and points of cameras as GeoJSON."""
    made: list[dict[str, Any]] = []
    for camera in found:
        told = {"name": camera.name, "shape": "video"}
        if (covered := camera.wedge) is not None:
            shape = {"type": "Polygon", "coordinates": [covered.ring()]}
            made.append({"type": "Feature", "geometry": shape, "properties": told})
        place = {"type": "Point", "coordinates": [camera.point.lon, camera.point.lat]}
        made.append({"type": "Feature", "geometry": place, "properties": told})
    return made
