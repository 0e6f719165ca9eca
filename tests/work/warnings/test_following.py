"""Warnings follow a redivision, tell who decides, and take two that come at the same moment one after the other."""

from datetime import timedelta

import pytest
from django.db import connection

from casework import NOW
from cast import Cast, make_cast
from factories import make_county
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import redivision
from lianxin.foundation.areas.models import Area
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Refused
from lianxin.kernel.journal import listening, relay
from lianxin.work.disclosure import actions as notices
from lianxin.work.warnings import board, deciding, rehoming
from lianxin.work.warnings.models import State, WarningMessage
from racing import at_once
from weathering import after, alert, coded, make_source, notice_of, send, states

LATER = NOW + timedelta(hours=2)
CITY = coded("340881")


def tell_all() -> None:
    """Let the consumers hear what has happened."""
    relay.relay_batch()
    listening.follow_all(at=LATER)


def told(cast: Cast, kind: str) -> set[str]:
    """Return which of the cast got a message of a kind."""
    found = set(Message.objects.filter(kind=kind).values_list("recipient_id", flat=True))
    return {name for name in cast.__slots__ if name != "county" and getattr(cast, name).account_id in found}


@pytest.mark.django_db
def test_in_force_it_falls_on_what_came_of_its_areas(cast: Cast) -> None:
    old = cast.county.grid(111)
    row = send(make_source(cast), alert(coded(old.code)))
    border = Area.objects.get(pk=old.id).boundary or {}
    redivision.plan_redivision(
        SYSTEM, kind="redraw", old=[Area.objects.get(pk=old.id)], at=NOW, effective_at=NOW + timedelta(minutes=90),
        reason="重新编号", successors=[redivision.Successor("34088100100191", "第九网格", border, 400)],
    )  # fmt: skip
    redivision.apply_due_redivisions(SYSTEM, at=NOW + timedelta(minutes=91))
    new = Area.objects.get(code="34088100100191").pk
    assert rehoming.waiting(frozenset({old.id})) == 1

    assert rehoming.rehome(at=LATER, ended_area_ids=frozenset({old.id})) == 1
    assert rehoming.rehome(at=LATER, ended_area_ids=frozenset({old.id})) == 0

    assert [area.area_id for area in row.areas.all()] == [new]
    assert rehoming.waiting(frozenset({old.id})) == 0
    assert [set(one.areas) for one in board.running(LATER)] == [{new}]


@pytest.mark.django_db
def test_who_decides_there_hears_that_one_waits(cast: Cast) -> None:
    row = send(make_source(cast, is_trusted=False), alert(coded("340881001")))
    tell_all()
    assert told(cast, "warnings.waits") == {"street_seat"}
    assert Message.objects.get(kind="warnings.waits").urgent

    deciding.approve(cast.street_seat, warning=row, at=LATER)
    tell_all()
    assert told(cast, "warnings.runs") == set()  # it was let out by hand
    assert "grid_worker" in told(cast, "disclosure.calm")


@pytest.mark.django_db
def test_what_goes_out_by_itself_is_told_to_who_decides(cast: Cast) -> None:
    send(make_source(cast), alert(coded("340881001"), severity="Extreme"))
    tell_all()

    assert told(cast, "warnings.runs") == {"street_seat"}
    assert {"grid_worker", "grid_worker_next_door", "community_clerk"} <= told(cast, "disclosure.notice")


@pytest.mark.django_db
def test_its_notice_is_nobodys_to_change_by_hand(cast: Cast) -> None:
    notice = notice_of(send(make_source(cast), alert(coded("340881001"))))

    with pytest.raises(Refused, match="预警"):
        notices.withdraw(cast.seat, notice=notice, reason="不发了", at=LATER)
    with pytest.raises(Refused, match="预警"):
        notices.amend(
            cast.seat, notice=notice, title="改个标题", body="改一改正文，看看行不行。", changed="改了标题", at=LATER
        )


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def racers(self) -> Cast:
        return make_cast(make_county())

    def test_the_same_message_is_kept_once(self, racers: Cast) -> None:
        source, rain = make_source(racers), alert(CITY)
        rows = at_once(*[lambda: send(source, rain) for _each in range(4)])

        assert len({row.pk for row in rows}) == 1
        assert WarningMessage.objects.count() == 1

    def test_a_warning_and_its_end_leave_nothing_running(self, racers: Cast) -> None:
        source, rain = make_source(racers), alert(CITY)
        over = after(rain, msg_type="Cancel")
        at_once(lambda: send(source, rain), lambda: send(source, over))

        assert states(rain, over) == [State.CANCELLED, State.NOTED]

    def test_letting_it_out_and_calling_it_off(self, racers: Cast) -> None:
        source, rain = make_source(racers, is_trusted=False), alert(CITY)
        row = send(source, rain)
        over = after(rain, msg_type="Cancel")
        at_once(lambda: deciding.approve(racers.seat, warning=row, at=LATER), lambda: send(source, over))

        assert states(rain) == [State.CANCELLED]
        connection.close()
