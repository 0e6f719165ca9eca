"""What others reported nearby, as everybody may know it: a category, a grid, how it stands. Never words of a reporter.

Only problems and hazards, none that is confidential; no homes, no exact distance, no number (a number is half of
what opens a case).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.kernel.geometry.points import Point
from lianxin.registry.components.models import Component
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import similar
from lianxin.work.cases.queries.public import public_status
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Kind, Stage
from lianxin.work.dispatch.queries import catalogue

LATELY = timedelta(days=30)
# Fewer than this in a community could point at a person.
FEWEST = 3
_PUBLIC_KINDS = frozenset({Kind.PROBLEM, Kind.HAZARD})
_UNTOLD = (Stage.VOID, Stage.WITHDRAWN, Stage.MERGED, Stage.DECLINED)
_SALT = "lianxin.nearby"
_TOKEN_LIVES = 86400
_STEP = 50  # metres; distances are told in these


@dataclass(frozen=True, slots=True)
class PublicMatter:
    """Something public; `token` stands for it in a form."""

    title: str
    place: str
    status: str
    at: datetime
    is_open: bool
    token: str = ""
    distance: str = ""


def public_matters(community_id: int, at: datetime, numbers: Mapping[str, int], *, most: int = 4) -> list[PublicMatter]:
    """Return what was lately reported in a community, the latest first; nothing where it is little. One statement."""
    found = Case.objects.filter(
        community_id=community_id, reported_at__gte=at - LATELY, is_confidential=False, kind__in=_PUBLIC_KINDS,
        parent=None, category__isnull=False,
    ).exclude(stage__in=_UNTOLD)  # fmt: skip
    light = found.only("id", "stage", "category_id", "area_now_id", "reported_at", "lead_unit_id", "ended_at", "kind")
    rows = list(light.order_by("-reported_at", "-pk")[: max(most, FEWEST)])
    return [_public(case, numbers) for case in rows[:most]] if len(rows) >= FEWEST else []


def public_matter(case_id: int, at: datetime, numbers: Mapping[str, int]) -> PublicMatter | None:
    """Return one matter as everybody may know it; None for what is not public, or not lately. One statement."""
    case = Case.objects.filter(pk=case_id).defer("text", "words").first()
    return _public(case, numbers) if case is not None and is_public(case, at) else None


def is_public(case: Case, at: datetime) -> bool:
    """Tell whether everybody may know of a case: lately reported, filed under something, nothing of a person's own."""
    if case.is_confidential or case.parent_id is not None or case.category_id is None:
        return False
    return case.reported_at >= at - LATELY and case.kind in _PUBLIC_KINDS and case.stage not in _UNTOLD


def likely_same(
    *, point: Point | None, community_id: int | None, text: str, at: datetime, numbers: Mapping[str, int],
    component: Component | None = None,
) -> list[PublicMatter]:  # fmt: skip
    """Return open public matters that may be the one being reported, the likest first; those of its component lead."""
    found = similar(
        point=point, text=text, at=at, settings=flow_settings(numbers), community_id=community_id, limit=8,
        component_id=component.pk if component is not None else None,
    )  # fmt: skip
    ids = {each.case.pk: each.metres for each in found}
    open_ones = Case.objects.filter(pk__in=ids, ended_at=None, is_confidential=False, kind__in=_PUBLIC_KINDS)
    rows = {case.pk: case for case in open_ones.defer("text", "words")} if ids else {}
    return [_public(rows[pk], numbers, metres) for pk, metres in ids.items() if pk in rows][:3]


def open_on(component: Component, *, numbers: Mapping[str, int], most: int = 3) -> list[PublicMatter]:
    """Return the open public matters about a component, the latest first. One statement."""
    rows = Case.objects.filter(component=component, ended_at=None, is_confidential=False, kind__in=_PUBLIC_KINDS)
    return [_public(case, numbers) for case in rows.defer("text", "words").order_by("-id")[:most]]


def case_behind(token: str) -> int | None:
    """Return the case a token of the last day stands for."""
    try:
        return int(signing.loads(token, salt=_SALT, max_age=_TOKEN_LIVES))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _public(case: Case, numbers: Mapping[str, int], metres: int | None = None) -> PublicMatter:
    return PublicMatter(
        title=_title(case, numbers), place=_place(case, numbers), status=public_status(case, numbers),
        at=case.reported_at, is_open=case.is_open, token=signing.dumps(case.pk, salt=_SALT),
        distance=_distance(metres),
    )  # fmt: skip


def _title(case: Case, numbers: Mapping[str, int]) -> str:
    node = catalogue(numbers).by_id.get(case.category_id) if case.category_id is not None else None
    return node.public_name if node is not None else _("一件刚反映的事（还没有分类）")


def _place(case: Case, numbers: Mapping[str, int]) -> str:
    """Say where in words as rough as a grid."""
    node = areas.node(case.area_now_id, numbers) if case.area_now_id is not None else None
    return " ".join(node.breadcrumb[-2:]) if node is not None else ""


def _distance(metres: int | None) -> str:
    if metres is None:
        return ""
    return _("离这里 %(metres)d 米内") % {"metres": max(_STEP, -(-metres // _STEP) * _STEP)}
