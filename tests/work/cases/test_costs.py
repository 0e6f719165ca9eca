"""How many statements an act takes: the tables of a busy county are asked little."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import GRID_111, MINUTE, NOW, Desk, configure
from lianxin.kernel import versions
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions import Report
from lianxin.work.cases.models import Case
from lianxin.work.cases.replay import mismatches
from lianxin.work.dispatch.models import Category


def statements(act: Callable[[], Any]) -> list[str]:
    """Return what an act sends to the database, savepoints of the test left out."""
    with CaptureQueriesContext(connection) as told:
        act()
    return [query["sql"] for query in told.captured_queries if "SAVEPOINT" not in query["sql"]]


STEPS: dict[str, tuple[str, Callable[[Desk, Case], Any], int]] = {
    "file": (
        "reported",
        lambda d, c: cases.file(d.cast.seat, case=c, seen=c.version, at=_later(1), filing=d.filing()),
        8,
    ),
    "dispatch": (
        "filed",
        lambda d, c: cases.dispatch(d.cast.seat, case=c, seen=c.version, at=_later(2), lead=d.unit("cgj")),
        8,
    ),
    "accept": ("dispatched", lambda d, c: cases.accept(d.cast.handler, case=c, seen=c.version, at=_later(3)), 9),
    "handle": (
        "handling",
        lambda d, c: cases.handle(d.cast.handler, case=c, seen=c.version, at=_later(4), note="好了"),
        10,
    ),
    "verify": ("handled", lambda d, c: cases.verify(d.cast.verifier, case=c, seen=c.version, at=_later(5)), 9),
    "close": ("verified", lambda d, c: cases.close(d.cast.seat, case=c, seen=c.version, at=_later(6)), 6),
    "annotate": (
        "handling",
        lambda d, c: cases.annotate(d.cast.handler, case=c, seen=c.version, at=_later(6), note="看过"),
        5,
    ),
}  # fmt: skip


def _later(minutes: int) -> Any:
    return NOW + minutes * MINUTE


@pytest.mark.parametrize("name", list(STEPS))
def test_an_act_takes_few_statements(desk: Desk, name: str) -> None:
    stage, act, most = STEPS[name]
    case = desk.at_stage(stage)
    act(desk, desk.at_stage(stage))  # what is kept in memory is there

    sent = statements(lambda: act(desk, case))

    assert len(sent) <= most, "\n".join(sent)


def test_a_report_that_the_platform_files_and_dispatches_takes_few_statements(desk: Desk) -> None:
    Category.objects.filter(code="010101").update(keywords=["垃圾", "没人清"])
    versions.bump("categories")
    sure = {"mode": "on", "confidence": 0.0}
    configure(auto_file=sure, auto_dispatch=sure)
    told = Report(text="垃圾堆了三天没人清", point=GRID_111, phone="13812345678", name="王")
    desk.reported(text=told.text)

    sent = statements(lambda: cases.report(desk.cast.resident, client_id=uuid4(), report=told, at=NOW))

    case = Case.objects.latest("pk")
    assert (case.stage, case.filed_by_system, case.dispatched_by_system) == ("dispatched", True, True)
    assert case.lead_unit_id == desk.cast.county.units["cgj"].id
    assert len(sent) <= 10, "\n".join(sent)
    assert list(mismatches()) == []


def test_a_report_takes_few_statements(desk: Desk) -> None:
    told = Report(text="路灯坏了", point=GRID_111, phone="13812345678", name="王")
    desk.reported()

    sent = statements(lambda: cases.report(desk.cast.resident, client_id=uuid4(), report=told, at=NOW))

    assert len(sent) <= 8, "\n".join(sent)
