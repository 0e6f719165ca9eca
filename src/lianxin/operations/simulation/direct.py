"""Read a case from the database as an actor of the play sees it, and take its move by calling the act."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lianxin.faces.acts import performing
from lianxin.faces.acts.parsing import parse_data
from lianxin.faces.acts.table import ACTS
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import node
from lianxin.foundation.organizations.queries import directory
from lianxin.work.cases import evidence
from lianxin.work.cases.models import Assignment, Call, Case, Clock, FieldTask, Whistle
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.timing import limit_for
from lianxin.work.cases.words import OPEN_ASSIGNMENT
from lianxin.work.dispatch.proposals import CategoryNode
from lianxin.work.dispatch.queries import catalogue

from .scene import Scene
from .view import Called, Part, View

_WITH_UNITS = ("dispatched", "handling")


def view_of(case: Case, scene: Scene, *, at: datetime) -> View:
    """Return the case as it is; a few statements."""
    numbers = scene.numbers
    area = node(case.area_now_id, numbers) if case.area_now_id else None
    category = catalogue(numbers).by_id.get(case.category_id) if case.category_id else None
    whistle = Whistle.objects.filter(case=case).order_by("-id").first() if case.whistles else None
    handling = case.stage == "handling"
    limit = limit_for("handle", case, flow_settings(numbers)) if handling else None
    lead = directory(scene.numbers).by_id.get(case.lead_unit_id) if case.lead_unit_id else None
    proposed = (
        [choice["code"] for choice in (case.proposal or {}).get("choices", [])] if case.stage == "reported" else []
    )
    return View(
        number=case.number, version=case.version, stage=case.stage, kind=case.kind, severity=case.severity,
        level=case.holder_level, title=case.title, at=at, spot=scene.spot(area.code if area else ""),
        category=category.code if category else "", matter=_matter(category, proposed, scene),
        proposed=tuple(proposed),
        parts=_parts(case, scene) if case.stage in _WITH_UNITS else (), calls=_calls(whistle, scene),
        is_whistled=whistle is not None and whistle.ended_at is None, lead_unit=lead.code if lead else "",
        is_paused=case.paused_at is not None, approvals_open=case.approvals_open,
        supervisions_open=case.supervisions_open, returns=0 if case.is_ruled else case.returns,
        is_checked=case.stage == "reported" and _is_checked(case),
        awaits_contact=case.is_reachable and case.contacted_at is None,
        handle_limit=(limit.value, str(limit.unit)) if limit else None, due_at=_due(case) if handling else case.due_at,
        missing=tuple(evidence.missing(case, evidence.FOR_CLOSING)) if case.stage in {"handling", "verified"} else (),
        other=lambda: _other(case),
    )  # fmt: skip


def _matter(category: CategoryNode | None, proposed: Sequence[str], scene: Scene) -> str:
    """Return the name of the category, before filing that of the likeliest."""
    if category is None and proposed:
        category = catalogue(scene.numbers).by_code.get(proposed[0])
    return category.name if category else ""


def _parts(case: Case, scene: Scene) -> tuple[Part, ...]:
    units = directory(scene.numbers).by_id
    found = Assignment.objects.filter(case=case, state__in=OPEN_ASSIGNMENT).order_by("id")
    return tuple(
        Part(each.part, each.state, units[each.unit_id].code if each.unit_id else "", each.post_id or 0)
        for each in found
    )


def _calls(whistle: Whistle | None, scene: Scene) -> tuple[Called, ...]:
    if whistle is None:
        return ()
    units = directory(scene.numbers).by_id
    return tuple(
        Called(units[call.unit_id].code, call.reported_in_at is not None, call.rated_at is not None)
        for call in Call.objects.filter(whistle=whistle).order_by("id")
    )


def _is_checked(case: Case) -> bool:
    return FieldTask.objects.filter(case=case, done_at=None, cancelled_at=None).exists()


def _due(case: Case) -> datetime | None:
    """When handling falls due; while it stands, when it would have."""
    running = Clock.objects.filter(case=case, subject="stage", stopped_at=None)
    return case.due_at or running.values_list("due_at", flat=True).first()


def _other(case: Case) -> str:
    """Find another open case nearby that this one may be merged into."""
    able = Case.objects.filter(ended_at=None, parent=None, children_open=0).exclude(pk=case.pk)
    near = able.filter(street_id=case.street_id).order_by("-id")
    if case.community_id is not None and case.holder_level == "community":
        near = near.filter(community_id=case.community_id)
    return str(near.values_list("number", flat=True).first() or "")


def take(actor: Actor, case: Case, act: str, data: Mapping[str, Any], *, at: datetime, scene: Scene) -> Case:
    """Take an act as the API does, with the version as the actor saw it; returns the case as it then is."""
    return performing.perform(
        actor, act, case=case, seen=case.version, at=at, data=parse_data(ACTS[act].schema, data), numbers=scene.numbers
    )


def children_of(case: Case) -> Sequence[Case]:
    """Return the cases that one was split into."""
    return list(Case.objects.filter(parent=case).order_by("pk"))
