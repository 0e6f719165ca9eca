"""A chain of messages: at most one runs, whatever the order they come in; what is told and taken back with it."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db.models import Count
from hypothesis import given, settings
from hypothesis import strategies as some

from casework import NOW
from cast import Cast
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.errors import NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.models import Entry
from lianxin.work.disclosure import queries as disclosure
from lianxin.work.disclosure.models import Notice, Receipt
from lianxin.work.disclosure.models import State as NoticeState
from lianxin.work.warnings import board, cap, deciding, receiving, rules
from lianxin.work.warnings.models import State, WarningMessage
from lianxin.work.warnings.rules import Link, fold
from weathering import after, alert, coded, make_source, notice_of, send, states

LATER = NOW + timedelta(hours=2)
CITY = coded("340881")

sent_numbers = some.integers(0, 3)


@some.composite
def chains(draw: Any) -> list[Link]:
    """Draw messages that follow each other in any way, sensible or not, each real and none over."""
    count = draw(some.integers(1, 6))
    names = [f"m{number}" for number in range(count)]
    return [
        Link(
            number, name, NOW + timedelta(minutes=draw(sent_numbers)),
            frozenset(draw(some.lists(some.sampled_from([*names, "unknown"]), max_size=3))),
            is_end=draw(some.booleans()), is_accepted=draw(some.booleans()), is_untold=False,
            is_stopped=draw(some.integers(0, 5)) == 0, expires_at=None, state=State.NOTED,
        )
        for number, name in enumerate(names)
    ]  # fmt: skip


class TestFold:
    @settings(max_examples=400, deadline=None)
    @given(chains(), some.randoms())
    def test_at_most_one_runs_and_the_order_they_came_in_does_not_matter(self, links: list[Link], chance: Any) -> None:
        told = fold(links, NOW)
        shuffled = list(links)
        chance.shuffle(shuffled)

        assert fold(shuffled, NOW) == told
        running = [link for link in links if told[link.id] == State.RUNNING]
        assert len(running) <= 1
        assert all(link.is_accepted and not link.is_end and not link.is_stopped for link in running)
        assert sum(told[link.id] == State.WAITING for link in links) <= 1

    @settings(max_examples=200, deadline=None)
    @given(chains())
    def test_folded_again_nothing_turns(self, links: list[Link]) -> None:
        told = fold(links, NOW)

        assert fold([replace(link, state=told[link.id]) for link in links], NOW) == told


def running() -> list[str]:
    return list(WarningMessage.objects.running().values_list("identifier", flat=True))


@pytest.mark.django_db
class TestReceived:
    def test_the_same_sent_twice_is_one(self, cast: Cast) -> None:
        source, rain = make_source(cast), alert(CITY)
        first = receiving.receive(source, document=cap.write(rain), at=LATER)
        entries = Entry.objects.count()

        again = receiving.receive(source, document=cap.write(rain), at=LATER + timedelta(minutes=1))

        assert (first.is_new, again.is_new, again.warning.pk) == (True, False, first.warning.pk)
        assert Entry.objects.count() == entries
        assert Notice.objects.count() == 1

    def test_in_whatever_order_they_come_the_end_is_the_same(self, cast: Cast) -> None:
        rain = alert(CITY)
        graver = after(rain, areas=[CITY], severity="Severe")
        over = after(rain, graver, msg_type="Cancel")
        for number, order in enumerate(permutations([rain, graver, over])):
            WarningMessage.objects.all().delete()
            source = make_source(cast, code=f"office-{number}")
            for message in order:
                send(source, message)
                assert len(running()) <= 1

            assert states(rain, graver, over) == [State.REPLACED, State.CANCELLED, State.NOTED]
            assert len(set(WarningMessage.objects.values_list("chain", flat=True))) == 1
            assert not Notice.objects.filter(state=NoticeState.PUBLISHED).exists()

    def test_an_update_takes_the_place_and_is_told_anew(self, cast: Cast) -> None:
        source, rain = make_source(cast), alert(CITY)
        first = send(source, rain)
        graver = after(rain, areas=[CITY], severity="Extreme", headline="桐城市气象台发布暴雨红色预警信号")
        second = send(source, graver)

        first.refresh_from_db()
        assert (first.state, second.state, second.colour) == (State.REPLACED, State.RUNNING, "red")
        old, new = notice_of(first), notice_of(second)
        assert (old.state, new.state, new.is_urgent) == (NoticeState.WITHDRAWN, NoticeState.PUBLISHED, True)
        assert new.signed == "桐城市气象台"

    def test_two_that_ran_apart_are_one_when_what_joins_them_comes(self, cast: Cast) -> None:
        source, rain = make_source(cast), alert(CITY)
        graver = after(rain, areas=[CITY])
        gravest = after(graver, areas=[CITY])
        send(source, rain)
        send(source, gravest)
        assert len(running()) == 2

        send(source, graver)

        assert running() == [gravest.identifier]
        assert Notice.objects.filter(state=NoticeState.PUBLISHED).count() == 1

    def test_a_cancellation_of_what_nobody_knows_is_kept_and_holds_when_that_comes(self, cast: Cast) -> None:
        source, rain = make_source(cast), alert(CITY)
        send(source, after(rain, msg_type="Cancel"))
        assert running() == []

        assert send(source, rain).state == State.CANCELLED
        assert not Notice.objects.exists()

    def test_an_all_clear_ends_it_like_a_cancellation(self, cast: Cast) -> None:
        source, rain = make_source(cast), alert(CITY)
        send(source, rain)
        send(source, after(rain, areas=[CITY], responses=("AllClear",)))

        assert states(rain) == [State.CANCELLED]

    def test_one_source_has_no_say_over_another(self, cast: Cast) -> None:
        office, stranger, rain = make_source(cast), make_source(cast, code="other"), alert(CITY)
        send(office, rain)
        send(stranger, after(rain, msg_type="Cancel"))

        assert states(rain) == [State.RUNNING]

    @pytest.mark.parametrize("status", ["Exercise", "Test", "System", "Draft"])
    def test_what_is_not_meant_is_never_told_and_ends_nothing(self, cast: Cast, status: str) -> None:
        source, rain = make_source(cast), alert(CITY)
        send(source, rain)
        drill = send(source, after(rain, areas=[CITY], status=status))
        send(source, after(rain, msg_type="Cancel", status=status))

        assert (drill.state, states(rain)) == (State.NOTED, [State.RUNNING])
        assert Notice.objects.count() == 1
        assert len(board.running(LATER)) == 1

    def test_what_falls_elsewhere_is_kept_and_what_moved_away_is_taken_back(self, cast: Cast) -> None:
        source, rain = make_source(cast), alert(CITY)
        send(source, rain)
        moved = send(source, after(rain, areas=[coded("110000")]))

        assert (states(rain), moved.state, moved.is_elsewhere) == ([State.REPLACED], State.NOTED, True)
        assert board.running(LATER) == []

    def test_what_is_over_when_it_comes_is_not_told(self, cast: Cast) -> None:
        assert send(make_source(cast), alert(CITY), at=NOW + timedelta(hours=7)).state == State.EXPIRED
        assert not Notice.objects.exists()

    def test_a_sender_that_is_not_allowed_and_a_clock_that_runs_ahead_are_refused(self, cast: Cast) -> None:
        source = make_source(cast, senders=("somebody@else",))
        with pytest.raises(NotAllowed):
            send(source, alert(CITY))
        with pytest.raises(Refused):
            send(make_source(cast, code="fast"), alert(CITY, sent=LATER + timedelta(minutes=11)), at=LATER)
        assert not WarningMessage.objects.exists()

    def test_numbers_that_look_personal_are_not_told(self, cast: Cast) -> None:
        row = send(make_source(cast), alert(CITY, description="走失人员身份证 11010519491231002X，请留意。"))

        assert "11010519491231002X" not in notice_of(row).body

    def test_staff_of_the_areas_get_it_with_what_to_do(self, cast: Cast) -> None:
        row = send(make_source(cast), alert(coded(cast.county.grid(111).code)))
        notice = notice_of(row)

        assert set(Receipt.objects.filter(notice=notice).values_list("account_id", flat=True)) == {
            cast.grid_worker.account_id
        }
        assert notice.points[0] == "低洼地段的住户把东西搬高。"
        assert notice.confirm_by == LATER - timedelta(hours=1) + rules.CONFIRM_WITHIN
        public = disclosure.public(cast.county.grid(111), LATER)
        assert [one.pk for one in public] == [notice.pk]
        assert not disclosure.public(cast.county.grid(112), LATER).exists()

    def test_a_restricted_one_is_told_to_staff_only(self, cast: Cast) -> None:
        row = send(make_source(cast), alert(CITY, scope="Restricted", restriction="防汛成员单位"))

        assert row.state == State.RUNNING
        assert not disclosure.public(cast.county.grid(111), LATER).exists()
        assert board.public_at(cast.county.grid(111), LATER) == []


@pytest.mark.django_db
class TestWaiting:
    def test_somebody_looks_first(self, cast: Cast) -> None:
        row = send(make_source(cast, is_trusted=False), alert(CITY))
        assert (row.state, board.running(LATER)) == (State.WAITING, [])

        told = deciding.approve(cast.seat, warning=row, at=LATER, seen=row.version)

        assert (told.state, told.decided_by_id) == (State.RUNNING, cast.seat.account_id)
        assert [one.id for one in board.running(LATER)] == [row.pk]

    def test_only_who_decides_in_each_of_its_areas(self, cast: Cast) -> None:
        row = send(make_source(cast, is_trusted=False), alert(coded("340881001", "340881002")))
        for actor in (cast.grid_worker, cast.leader, cast.supervisor):
            with pytest.raises(NotFound):
                deciding.approve(actor, warning=row, at=LATER)
        with pytest.raises(NotAllowed):
            deciding.approve(cast.street_seat, warning=row, at=LATER)
        with pytest.raises(Stale):
            deciding.approve(cast.seat, warning=row, at=LATER, seen=row.version + 1)
        assert row.state == WarningMessage.objects.get().state

    def test_an_update_waits_while_what_it_updates_runs_on(self, cast: Cast) -> None:
        source, rain = make_source(cast, is_trusted=False), alert(CITY)
        deciding.approve(cast.seat, warning=send(source, rain), at=LATER)
        graver = after(rain, areas=[CITY], severity="Severe")
        row = send(source, graver)
        assert states(rain, graver) == [State.RUNNING, State.WAITING]

        deciding.approve(cast.seat, warning=row, at=LATER)
        assert states(rain, graver) == [State.REPLACED, State.RUNNING]

    def test_a_cancellation_acts_at_once_also_on_what_waits(self, cast: Cast) -> None:
        source, rain = make_source(cast, is_trusted=False), alert(CITY)
        row = send(source, rain)
        send(source, after(rain, msg_type="Cancel"))

        assert states(rain) == [State.CANCELLED]
        with pytest.raises(Refused):
            deciding.approve(cast.seat, warning=row, at=LATER)

    def test_refused_it_is_never_told(self, cast: Cast) -> None:
        row = send(make_source(cast, is_trusted=False), alert(CITY))
        deciding.refuse(cast.seat, warning=row, reason="与上一条重复", at=LATER)

        row.refresh_from_db()
        assert (row.state, row.why) == (State.REFUSED, "与上一条重复")
        assert not Notice.objects.exists()

    def test_a_place_nobody_knows_is_looked_at_even_from_who_is_trusted(self, cast: Cast) -> None:
        row = send(make_source(cast), alert(cap.Area("西部山区")))

        assert (row.state, row.areas.get().area_id) == (State.WAITING, cast.county.city.id)

    def test_stopped_by_hand_it_stays_away_but_an_update_is_told(self, cast: Cast) -> None:
        source, rain = make_source(cast), alert(CITY)
        row = deciding.stop(cast.seat, warning=send(source, rain), reason="气象台电话更正", at=LATER)
        assert row.state == State.CANCELLED
        send(source, rain)
        assert running() == []

        graver = after(rain, areas=[CITY])
        send(source, graver)
        assert running() == [graver.identifier]


@pytest.mark.django_db
class TestTime:
    def test_it_ends_by_itself_once(self, cast: Cast) -> None:
        row = send(make_source(cast), alert(CITY))
        over = NOW + timedelta(hours=6)
        assert board.running(over - timedelta(seconds=1))
        assert board.running(over) == []

        assert (deciding.end_due(at=over), deciding.end_due(at=over)) == (1, 0)
        row.refresh_from_db()
        assert (row.state, row.ended_at) == (State.EXPIRED, over)
        assert not disclosure.public(cast.county.city, over).exists()

    def test_what_is_long_over_is_deleted(self, cast: Cast) -> None:
        source = make_source(cast)
        told, drill = send(source, alert(CITY)), send(source, alert(CITY, status="Exercise"))
        deciding.end_due(at=NOW + timedelta(days=1))

        assert deciding.forget(at=NOW + timedelta(days=364)) == 0
        assert deciding.forget(at=NOW + timedelta(days=366)) == 1
        assert list(WarningMessage.objects.values_list("pk", flat=True)) == [told.pk]
        assert deciding.forget(at=NOW + timedelta(days=5 * 365 + 1)) == 1
        assert drill.pk != told.pk


@pytest.mark.django_db
def test_of_a_chain_the_database_lets_one_run(cast: Cast) -> None:
    source, rain = make_source(cast), alert(CITY)
    send(source, rain)
    send(source, after(rain, areas=[CITY]))

    counts = WarningMessage.objects.running().values("chain").annotate(number=Count("pk"))
    assert [row["number"] for row in counts] == [1]
    assert SYSTEM.is_system
