"""The check of borders on pages: findings in words, on the map, and what may be done about each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.foundation.areas import queries
from lianxin.foundation.areas.checking import Finding, findings
from lianxin.foundation.areas.mending import Remedy, remedies
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry import polygons

LABELS = {
    "gap": "空隙",
    "overlap": "重叠",
    "outside": "越出上级",
    "sliver": "细缝细边",
    "no_border": "没有边界",
    "order": "编码次序",
}
_SAID = {
    "gap": "{ground}没有归属",
    "overlap": "{names}都有这{ground}",
    "outside": "{names}有{ground}越出了{parent}",
    "no_border": "{names}还没有边界，同级的都有了",
    "order": "编码没有按从西到东、从北到南排，照那样排是{first}…",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as the list shows it."""

    number: int
    kind: str
    label: str
    parent: AreaNode
    said: str
    acts: list[tuple[str, str]]  # label and address
    where: str


def found_in(asked: Request) -> list[Finding]:
    """Return all findings."""
    return findings(asked.numbers)


def line(asked: Request, number: int, finding: Finding) -> Line:
    """Put a finding into words with what may be done about it, which is reckoned when the page is shown."""
    parent = parent_of(asked, finding)
    said = sentence(asked, finding)
    where = f"{finding.where.lon:.5f},{finding.where.lat:.5f}" if finding.where else ""
    return Line(number, finding.kind, LABELS[finding.kind], parent, said, _acts(asked, finding, parent), where)


def parent_of(asked: Request, finding: Finding) -> AreaNode:
    """Return the area below which a finding was made: the tree and its findings go by one number."""
    parent = queries.node(finding.parent_id, asked.numbers)
    if parent is None:
        raise LookupError(finding.parent_id)
    return parent


def sentence(asked: Request, finding: Finding) -> str:
    """Return what is odd, in words."""
    names = [found.name for pk in finding.area_ids if (found := queries.node(pk, asked.numbers))]
    return _SAID[finding.what].format(
        names="“" + "”和“".join(names[:6]) + "”",
        first="、".join(names[:4]),
        parent=f"“{parent_of(asked, finding).name}”",
        ground=_ground(finding.square_metres),
    )


def _ground(square_metres: float) -> str:
    return f"约 {square_metres / 10_000:.1f} 公顷" if square_metres >= 5000 else f"约 {square_metres:.0f} 平方米"


def _acts(asked: Request, finding: Finding, parent: AreaNode) -> list[tuple[str, str]]:
    if not asked.actor.may("areas.manage"):
        return []
    acts = []
    for place, remedy in enumerate(remedies(finding)):
        keeper = queries.node(remedy.keeper_id, asked.numbers)
        if keeper is not None:
            acts.append((_verb(finding, keeper, place), _address(finding, keeper)))
    if finding.kind == "no_border":
        acts = [("看上级", reverse("console:area", args=[parent.code]))]
    return acts


def _verb(finding: Finding, keeper: AreaNode, place: int) -> str:
    if finding.what == "outside":
        return "收回到上级边界里"
    if finding.what == "gap":
        return f"并给{keeper.name}"
    return f"归{keeper.name}" if place == 0 else f"改归{keeper.name}"


def _address(finding: Finding, keeper: AreaNode) -> str:
    where = finding.where
    query = {
        "how": "file",
        "mend": finding.kind,
        "at": f"{where.lon:.7f},{where.lat:.7f}" if where else "",
        "reason": f"边界检查：{LABELS[finding.what]}{_ground(finding.square_metres)}",
    }
    return f"{reverse('console:redivide', args=[keeper.code])}?{urlencode(query)}"


def asked_for(asked: Request, node: AreaNode) -> Remedy:
    """Return the remedy an address names; raise Invalid when the fault is gone."""
    kind, at = asked.GET.get("mend", ""), asked.GET.get("at", "")
    for finding in found_in(asked):
        if finding.kind == kind and finding.where and f"{finding.where.lon:.7f},{finding.where.lat:.7f}" == at:
            for remedy in remedies(finding):
                if remedy.keeper_id == node.id:
                    return remedy
    raise Invalid({"mend": _("这处毛病已经没有了。请回到边界检查看现在的结果。")})


def features(asked: Request, found: Iterable[tuple[int, Finding]]) -> list[dict[str, Any]]:
    """Return findings as GeoJSON: their ground, and a mark to be seen from afar."""
    drawn: list[dict[str, Any]] = []
    for number, finding in found:
        if finding.where is None:
            continue
        told = {
            "title": f"{number} {LABELS[finding.kind]}",
            "shape": "hint" if finding.kind in {"sliver", "order"} else "fault",
        }
        drawn.append(_feature({"type": "Point", "coordinates": [finding.where.lon, finding.where.lat]}, told | {
            "label": str(number), "line": sentence(asked, finding), "url": f"#finding-{number}"}))  # fmt: skip
    return drawn


def grounds(found: Iterable[tuple[int, Finding]]) -> list[dict[str, Any]]:
    """Return the ground of findings as GeoJSON areas."""
    return [
        _feature(
            polygons.to_geojson(finding.outline),  # type: ignore[arg-type]
            {"name": "", "title": LABELS[finding.kind], "level": "fault", "line": _ground(finding.square_metres)},
        )
        for _number, finding in found
        if finding.outline is not None
    ]


def _feature(geometry: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
