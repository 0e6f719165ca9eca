"""The whole way, from first word to evaluation."""

import pytest

from casework import MINUTE, NOW, Desk
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.replay import mismatches
from lianxin.work.cases.words import ENDS, OPEN, Stage


def test_a_report_travels_from_first_word_to_evaluation(desk: Desk) -> None:
    case = desk.closed()

    cases.evaluate(desk.cast.resident, case=case, at=NOW + 7 * MINUTE, stars=5, solved="solved")

    case.refresh_from_db()
    told = Entry.objects.filter(subject_id=case.pk, subject_kind="case").order_by("version")
    assert [entry.action for entry in told] == [
        "report", "file", "dispatch", "accept", "handle", "verify", "close", "evaluate",
    ]  # fmt: skip
    assert (case.stage, case.stars, case.satisfaction, case.version) == ("closed", 5, "satisfied", 8)
    assert not Clock.objects.filter(case=case, stopped_at=None).exists()
    assert list(mismatches()) == []


@pytest.mark.parametrize("stage", sorted(Stage))
def test_every_stage_can_be_reached_and_its_journal_adds_up(desk: Desk, stage: str) -> None:
    case = Case.objects.get(pk=desk.at_stage(stage).pk)

    assert case.stage == stage
    assert case.is_open is (stage in OPEN)
    assert (stage in ENDS) is not case.is_open
    assert list(mismatches()) == []
