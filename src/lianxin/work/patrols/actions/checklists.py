"""Checklists: a new version for a kind of point in an area; what was answered before keeps its questions."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.work.patrols.checklists import NUMBER
from lianxin.work.patrols.models import Checklist
from lianxin.work.patrols.rules import Question
from lianxin.work.patrols.words import HazardKind, PointKind

from .common import PLAN, area_of

MOST = 20


@transaction.atomic
def publish_checklist(
    actor: Actor, *, kind: str, area_id: int, questions: Sequence[Question], seen: int, at: datetime
) -> Checklist:
    """Put a list in force for points of a kind in an area; without questions the area above speaks again.

    `seen` is the version that was looked at (0: none yet). Raises NotAllowed, Invalid, Stale.
    """
    area = area_of(area_id)
    demand(actor, "patrols.plan", PLAN, area)
    asked = _checked(kind, questions)
    row = Checklist(
        kind=kind, area_id=area.id, version=seen + 1, questions=[question.kept() for question in asked], made_at=at,
        made_by_id=actor.account_id, made_by_label=actor.name[:120],
    )  # fmt: skip
    latest = Checklist.objects.filter(kind=kind, area_id=area.id).order_by("-version").first()
    if latest is not None and latest.version != seen:
        raise _stale(latest.version)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # somebody's list came first, a moment ago
        raise _stale(seen + 1) from None
    versions.bump(NUMBER)
    append([draft(actor, "patrol_checklist", row.pk, "publish", at=at, version=row.version)])
    return row


def _stale(version: int) -> Stale:
    return Stale(_("检查项刚被别人改过，请看过再改。"), version=version, changes=[])


def _checked(kind: str, questions: Sequence[Question]) -> list[Question]:
    if kind not in PointKind.values:
        raise Invalid({"kind": _("没有这种巡查点。")})
    asked = [Question(q.code, clean(q.text, 60), q.photo, q.hazard) for q in questions if clean(q.text, 60)]
    if len(asked) > MOST:
        raise Invalid({"questions": _("最多 {most} 项，多了没有人会认真看。").format(most=MOST)})
    if len({question.code for question in asked}) < len(asked):
        raise Invalid({"questions": _("有两项的代码一样。")})
    if any(question.hazard not in HazardKind.values for question in asked):
        raise Invalid({"questions": _("没有这种隐患。")})
    return asked
