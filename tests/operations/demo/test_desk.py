"""The demo's desk: words to reply with, saved views that are followed, notes of calls; made again it adds nothing."""

from datetime import timedelta

import pytest

from casework import NOW, Desk
from lianxin.insight.views.models import SavedView, ViewUse
from lianxin.operations.demo import desk as laid
from lianxin.work.desk.models import CallNote, ReplyTemplate
from work.cases.conftest import desk, made_desk

__all__ = ["desk", "made_desk"]
pytestmark = pytest.mark.django_db


def test_a_seat_has_words_views_and_calls_at_hand_once(desk: Desk) -> None:
    now = NOW + timedelta(hours=5)
    desk.reported(at=NOW)
    desk.filed(at=NOW)

    made = laid.make(seed=1, now=now)

    assert made == ReplyTemplate.objects.count() > 5
    assert ReplyTemplate.objects.exclude(uses=0).count() == made
    assert set(SavedView.objects.values_list("page", flat=True)) == {"seat", "cases"}
    assert ViewUse.objects.exclude(every_minutes=None).filter(is_seeded=True).exists()
    notes = CallNote.objects.all()
    assert {note.outcome for note in notes} == {"attached", "nothing"}
    assert all(note.words and note.ended_at and note.started_at < note.ended_at <= now for note in notes)
    assert all((note.case is not None) == (note.outcome == "attached") for note in notes)
    # Made again it adds nothing.
    counts = [kind.objects.count() for kind in (ReplyTemplate, SavedView, CallNote)]
    assert laid.make(seed=1, now=now) == 0
    assert [kind.objects.count() for kind in (ReplyTemplate, SavedView, CallNote)] == counts
