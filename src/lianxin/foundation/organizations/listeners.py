"""When borders change, units and rows of the list move to the areas that followed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.foundation.areas import following
from lianxin.kernel import versions
from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry

from .models import Responsibility, Unit


@listens("organizations", "area.redivide")
@transaction.atomic
def follow_borders(entry: Entry) -> None:
    """Move units of an ended area to its first successor; let each row of the list speak for all of them.

    The second time finds nothing left in the old area.
    """
    successors = entry.after["successors"]
    if not successors:
        return
    at = datetime.fromisoformat(entry.after["effective_at"])
    still = Q(valid_to=None) | Q(valid_to__gt=at)
    moved = Unit.objects.filter(still, area_id=entry.subject_id).update(area_id=successors[0])
    rows = list(Responsibility.objects.select_for_update().filter(still, area_id=entry.subject_id))
    for row in rows:
        _speak_for(row, successors, at)
    if moved or rows:
        versions.bump("organizations")


@listens("organizations", "area.end")
@transaction.atomic
def leave_ended_area(entry: Entry) -> None:
    """Let units of an area that nothing followed belong to its parent, and end what the list said for it alone."""
    still = Q(valid_to=None) | Q(valid_to__gt=entry.at)
    moved = Unit.objects.filter(still, area_id=entry.subject_id).update(area_id=entry.after["parent"])
    ended = Responsibility.objects.filter(still, area_id=entry.subject_id).update(valid_to=entry.at)
    if moved or ended:
        versions.bump("organizations")


@following.waits("organizations", _("个单位和权责条目"))
def _waiting(ended: frozenset[int]) -> int:
    """Count units and rows of the list that still name areas that are no more."""
    kept = (model.objects.filter(valid_to=None, area_id__in=ended).count() for model in (Unit, Responsibility))
    return sum(kept)


def _speak_for(row: Responsibility, successors: list[int], at: datetime) -> None:
    begins = max(at, row.valid_from)
    Responsibility.objects.bulk_create(
        Responsibility(
            number=row.number,
            category=row.category,
            area_id=area_id,
            level=row.level,
            lead_id=row.lead_id,
            lead_kind=row.lead_kind,
            assists=row.assists,
            basis=row.basis,
            valid_from=begins,
            valid_to=row.valid_to,
        )
        for area_id in successors
    )
    row.valid_to = begins
    row.save(update_fields=["valid_to"])
