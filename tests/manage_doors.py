"""Who passes the doors of 网格, 权责, 人员, 审计, 派遣学习 and 方案."""

from collections.abc import Iterable
from typing import Any

from console_doors import page
from door import ALL, STAFF, Door, who_may

_SEE = who_may("cases.view")
_LAND = _SEE | who_may("areas.manage")
_UNITS = _SEE | who_may("organizations.manage")
_PEOPLE = who_may("accounts.read") | who_may("accounts.manage")
_LEARNT = who_may("dispatch.view_report") | who_may("dispatch.manage") | who_may("config.manage")
_PROFILE = who_may("config.manage") | who_may("accounts.manage") | who_may("audit.read")
_ADMIN = _PROFILE | _LEARNT | who_may("accounts.elevate")
_HERE: dict[str, Any] = {"values": {"code": "340881001001"}}
_UNIT: dict[str, Any] = {"values": {"code": "cgj"}}


def nothing(may: Iterable[str] = STAFF, **values: Any) -> Door:
    """Return the door of something that is not there: who may look is told so, all others are turned away."""
    return page(frozenset(), hidden=frozenset(may), values={"pk": 999_999, "session_id": 999_999} | values)


def both(route: str, door: Door) -> dict[tuple[str, str], Door]:
    """Return the door of a form and of what it sends."""
    return {("GET", route): door, ("POST", route): door}


MANAGE: dict[tuple[str, str], Door] = {
    ("GET", "console/areas/"): page(_LAND),
    ("GET", "console/areas/households"): page(_LAND),
    ("GET", "console/areas/check"): page(_LAND),
    ("GET", "console/areas/check/points.geojson"): page(_LAND),
    ("GET", "console/areas/check/grounds.geojson"): page(_LAND),
    ("GET", "console/areas/plans"): page(_LAND),
    **both("console/areas/plans/<int:pk>/cancel", nothing(who_may("areas.manage"))),
    ("GET", "console/area/<str:code>/"): page(_LAND, **_HERE),
    ("GET", "console/area/<str:code>/borders.geojson"): page(_LAND, **_HERE),
    ("GET", "console/area/<str:code>/buildings.geojson"): page(_LAND, **_HERE),
    ("GET", "console/area/<str:code>/history"): page(_LAND, **_HERE),
    ("GET", "console/area/<str:code>/history.geojson"): page(_LAND, **_HERE),
    **both("console/area/<str:code>/add", page(who_may("areas.manage"), **_HERE)),
    **both("console/area/<str:code>/end", page(who_may("areas.manage"), **_HERE)),
    ("GET", "console/area/<str:code>/net.geojson"): page(who_may("areas.manage"), **_HERE),
    **both("console/area/<str:code>/amend", page(who_may("areas.manage"), **_HERE)),
    **both("console/area/<str:code>/redivide", page(who_may("areas.manage"), **_HERE)),
    ("GET", "console/area/<str:code>/pieces.geojson"): page(who_may("areas.manage"), **_HERE),
    ("GET", "console/units/"): page(_UNITS),
    **both("console/units/add", page(who_may("organizations.manage"))),
    ("GET", "console/unit/<str:code>/"): page(_UNITS, **_UNIT),
    **both("console/unit/<str:code>/rename", page(who_may("organizations.manage"), **_UNIT)),
    **both("console/unit/<str:code>/end", page(who_may("organizations.manage"), **_UNIT)),
    ("GET", "console/duties/"): page(_UNITS),
    **both("console/duties/add", page(who_may("organizations.manage"))),
    **both("console/duties/<int:pk>/end", nothing(who_may("organizations.manage"))),
    ("GET", "console/duties/gaps"): page(_UNITS),
    **both("console/duties/try", page(_UNITS)),
    ("GET", "console/duties/matrix"): page(_UNITS),
    ("GET", "console/duties/cell"): page(frozenset(), hidden=_UNITS),
    ("POST", "console/duties/cell"): page(frozenset(), hidden=_UNITS),
    ("GET", "console/suggest/<str:kind>"): page(values={"kind": "area"}),
    ("GET", "console/staff/"): page(_PEOPLE),
    **both("console/staff/passwords", page(who_may("accounts.manage"))),
    **both("console/staff/add", page(who_may("accounts.manage"))),
    ("GET", "console/staff/<int:pk>/"): nothing(_PEOPLE),
    **both("console/staff/<int:pk>/reset", nothing(who_may("accounts.manage"))),
    **both("console/staff/<int:pk>/disable", nothing(who_may("accounts.manage"))),
    **both("console/staff/<int:pk>/enable", nothing(who_may("accounts.manage"))),
    **both("console/staff/<int:pk>/posts", nothing(who_may("accounts.manage"))),
    **both("console/staff/<int:pk>/sessions/<int:session_id>", nothing(_PEOPLE)),
    **both("console/posts/<int:pk>/end", nothing(who_may("accounts.manage"))),
    **both("console/posts/<int:pk>/substitute", nothing()),
    **both("console/rota/", page(_PEOPLE | who_may("accounts.rota"))),
    **both("console/rota/<int:pk>/remove", nothing(who_may("accounts.rota"))),
    **both("console/elevations/", page()),
    ("POST", "console/elevations/<int:pk>/decide"): nothing(who_may("accounts.elevate")),
    **both("console/elevations/<int:pk>/end", nothing()),
    ("GET", "console/admin/"): page(_ADMIN),
    ("GET", "console/audit/"): page(who_may("audit.read")),
    ("POST", "console/audit/verify"): page(who_may("audit.read")),
    **both("console/audit/export", page(who_may("audit.export"))),
    ("GET", "console/dispatch/"): page(_LEARNT),
    **both("console/dispatch/train", page(who_may("dispatch.manage"))),
    **both("console/dispatch/models/<int:version>/activate", page(who_may("dispatch.manage"), values={"version": 1})),
    **both("console/dispatch/<str:which>", page(who_may("config.manage"), values={"which": "auto_dispatch"})),
    ("GET", "console/profile/"): page(_PROFILE),
    # Only an empty installation has this door, and only for who brings its key.
    **both("console/first", Door(may=frozenset(), hidden=ALL)),
    ("GET", "console/profile/why"): page(_PROFILE),
    ("GET", "console/profile/texts"): page(_PROFILE),
    **both("console/profile/texts/<slug:group>", page(who_may("config.manage"), values={"group": "sms"})),
    ("GET", "console/profile/setup"): page(who_may("config.manage")),
    **both("console/profile/setup/rehearse", page(who_may("config.manage"))),
    **both("console/profile/load", page(who_may("config.manage"))),
    ("GET", "console/profile/export/<str:table>.csv"): page(_PROFILE, values={"table": "units"}),
    # The installation of the test has no profile in its own folder: who may is told so.
    ("GET", "console/profile/export.zip"): page(_PROFILE),
    **both("console/profile/bring", page(who_may("config.manage"))),
    **both("console/profile/bring/<str:key>", nothing(who_may("config.manage"), key="0" * 32)),
    **both("console/profile/history/<int:pk>/go-back", nothing(who_may("config.manage"))),
    ("GET", "console/profile/history"): page(_PROFILE),
    ("GET", "console/profile/roles"): page(_PROFILE),
    **both("console/profile/roles/<str:code>", page(who_may("accounts.manage"), values={"code": "seat"})),
    ("POST", "console/profile/roles/changes/<int:pk>/decide"): nothing(
        who_may("accounts.elevate") | who_may("accounts.manage")
    ),
    **both("console/profile/standards/<int:pk>", nothing(who_may("config.manage"))),
    ("GET", "console/profile/standards"): page(_PROFILE | _SEE),
    ("GET", "console/profile/calendar"): page(_PROFILE),
    **both("console/profile/calendar/hours", page(who_may("config.manage"))),
    **both("console/profile/calendar/<int:year>/notice", page(who_may("config.manage"), values={"year": 2026})),
    ("POST", "console/profile/calendar/<int:year>/load"): page(who_may("config.manage"), values={"year": 2026}),
    **both("console/profile/calendar/<str:when>", page(who_may("config.manage"), values={"when": "2026-12-25"})),
}
