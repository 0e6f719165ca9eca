"""Subscriptions follow the feed; a view shared with an area goes to the areas that follow it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from lianxin.kernel.journal.listening import listens, listens_to_subjects
from lianxin.kernel.journal.models import Entry

from . import matching
from .models import SavedView, Share

BATCH = 2_000  # entries taken together


@listens_to_subjects("views.following", "case", batch=BATCH)
def follow(case_ids: Sequence[int]) -> None:
    """Hold the touched cases against all subscribed views."""
    matching.look(case_ids, at=datetime.now(UTC))


@listens("views.areas", "area.redivide")
def follow_borders(entry: Entry) -> None:
    """Let views shared with the posts of an ended area be shared with those of its first successor, where posts go."""
    successors = entry.after["successors"]
    if successors:
        SavedView.objects.filter(share=Share.AREA, area_id=entry.subject_id).update(area_id=successors[0])
