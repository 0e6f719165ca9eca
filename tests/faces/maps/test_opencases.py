"""Open cases in memory: seen by whom the database says, true after each act, and never a case too many."""

from datetime import timedelta

import numpy as np
import pytest

from casework import GRID_112, GRID_222, NOW, Desk
from lianxin.faces.maps.opencases import STAGES, forget, open_cases
from lianxin.kernel.journal.relay import relay_batch
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case

pytestmark = pytest.mark.django_db

EVERYBODY = (
    "resident", "grid_worker", "grid_worker_next_door", "community_clerk", "street_seat", "seat", "supervisor",
    "handler", "handler_next_door", "assist_handler", "verifier", "leader", "admin", "auditor", "data_officer",
)  # fmt: skip


def test_everybody_sees_in_memory_what_the_database_lets_them_see(desk: Desk) -> None:
    desk.reported()
    desk.dispatched("jiaojing", point=GRID_112)
    desk.handling(point=GRID_222)
    desk.reported(actor=desk.cast.grid_worker, point=GRID_222)
    desk.closed()

    table = open_cases()
    for name in EVERYBODY:
        actor = getattr(desk.cast, name)
        told = set(Case.objects.visible_to(actor).open().filter(point__isnull=False).values_list("pk", flat=True))
        assert set(table.ids[table.seen_by(actor)].tolist()) == told, name


def test_each_act_shows_with_the_next_look_before_and_after_the_relay(desk: Desk) -> None:
    case = desk.reported()
    other = desk.reported(point=GRID_112)

    assert sorted(open_cases().ids.tolist()) == sorted([case.pk, other.pk])
    relay_batch()
    case = cases.file(desk.cast.seat, case=case, seen=None, at=NOW, filing=desk.filing())
    table = open_cases()
    assert STAGES[table.stages[table.ids.tolist().index(case.pk)]] == "filed"
    cases.dispatch(desk.cast.seat, case=case, seen=None, at=NOW, lead=desk.unit("cgj"))
    relay_batch()
    table = open_cases()
    place = table.ids.tolist().index(case.pk)
    assert table.party_units[table.party_places == place].tolist() == [desk.unit("cgj").unit_id]
    cases.void(desk.cast.supervisor, case=other, seen=None, at=NOW, reason="test", note="录着玩的")
    after = open_cases()
    forget()
    anew = open_cases()

    assert after.ids.tolist() == [case.pk] == anew.ids.tolist()
    for name in ("lons", "lats", "due", "warn", "grids", "party_places", "party_units"):
        assert np.array_equal(getattr(after, name), getattr(anew, name)), name


def test_late_is_what_the_queue_calls_overdue(desk: Desk) -> None:
    case = desk.handling()
    case.refresh_from_db()
    assert case.due_at is not None
    table = open_cases()

    assert not table.late(case.due_at - timedelta(seconds=1)).any()
    assert table.late(case.due_at).all()
    assert not table.near_due(case.due_at).any()
