"""One's own month: figures are what stands behind them, closed months stay, rulings stand beside, nobody else sees."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import factories
from casework import GRID_111, Desk, make_desk, show
from cast import Cast
from lianxin.foundation.notifications.models import Message
from lianxin.insight.months import actions as months
from lianxin.insight.months import queries
from lianxin.insight.months.figures import FIGURES, THINGS, Work, following, month_of, previous
from lianxin.insight.months.models import Appeal, MonthFigure
from lianxin.insight.months.queries import Month
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused
from lianxin.kernel.journal import listening, relay
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case, Clock, FieldTask

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
TENTH = datetime(2026, 10, 12, 2, tzinfo=UTC)  # a Monday, 10:00
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast)


def solved(desk: Desk, at: datetime) -> Case:
    """Let the grid worker put something right where it was found."""
    case = desk.reported(actor=desk.cast.grid_worker, at=at)
    show(case, "before_near", "after_near", at=at)
    return cases.resolve_on_spot(
        desk.cast.grid_worker, case=case, seen=case.version, at=at + timedelta(minutes=5), note="扶正了",
        category_id=desk.categories["010101"].pk,
    )  # fmt: skip


def figures(month: Month) -> dict[str, tuple[int, int | None]]:
    return {value.figure.code: (value.number, value.total) for value in month.values}


def test_a_figure_is_the_length_of_the_list_behind_it(desk: Desk) -> None:
    made = [solved(desk, TENTH + timedelta(hours=hour)) for hour in range(3)]

    month = queries.own_month(desk.cast.grid_worker, OCTOBER, at=TENTH + timedelta(days=1))

    assert figures(month)["handled"] == (3, None)
    for value in month.values:
        assert value.number == len(value.ruled[0])
        assert value.total is None or set(value.ruled[0]) <= set(value.ruled[1] or ())
        described = THINGS[value.figure.thing](desk.cast.grid_worker, list(value.ruled[0]))
        assert [thing.id for thing in described] == list(value.ruled[0])
    handled = next(value for value in month.values if value.figure.code == "handled")
    assert set(handled.counted) == {case.pk for case in made}


def test_what_was_late_or_came_back_does_not_count_there(desk: Desk) -> None:
    first, second = solved(desk, TENTH), solved(desk, TENTH + timedelta(hours=1))
    Case.objects.filter(pk=first.pk).update(reworks=1, satisfaction="not")
    Case.objects.filter(pk=second.pk).update(satisfaction="basically")
    Clock.objects.create(
        case=second, subject="assignment", subject_id=second.assignments.get().pk, name="handle", limit_value=1,
        limit_unit="work_hour", started_at=TENTH, stopped_at=TENTH, overdue_at=TENTH,
    )  # fmt: skip

    told = figures(queries.own_month(desk.cast.grid_worker, OCTOBER, at=TENTH + timedelta(days=1)))

    assert told["on_time"] == (1, 2)
    assert told["lasting"] == (1, 2)
    assert told["satisfied"] == (1, 2)


def test_a_check_counts_whatever_it_found(desk: Desk) -> None:
    for passed, late in ((True, False), (False, False), (True, True)):
        case = desk.filed(at=TENTH)
        task = FieldTask.objects.create(
            case=case, kind="post_handling_check", asked_at=TENTH, done_at=TENTH + timedelta(hours=1), passed=passed,
            done_by=factories.account_of(desk.cast.grid_worker),
        )  # fmt: skip
        if late:
            Clock.objects.create(
                case=case, subject="field_task", subject_id=task.pk, name="verify", limit_value=1,
                limit_unit="work_hour", started_at=TENTH, stopped_at=TENTH + timedelta(hours=1),
                due_at=TENTH + timedelta(minutes=1),
            )  # fmt: skip

    assert figures(queries.own_month(desk.cast.grid_worker, OCTOBER, at=NOW))["checked"] == (2, 3)


def test_a_month_begins_and_ends_by_the_place_s_clock(desk: Desk) -> None:
    # 31 October 23:59 and 1 November 00:01 in the place.
    for at in (datetime(2026, 10, 31, 15, 50, tzinfo=UTC), datetime(2026, 10, 31, 16, 1, tzinfo=UTC)):
        solved(desk, at)
    told = [
        figures(queries.own_month(desk.cast.grid_worker, month, at=NOW))["handled"][0] for month in (OCTOBER, NOVEMBER)
    ]
    assert told == [1, 1]
    assert (previous(date(2026, 1, 1)), following(date(2026, 12, 1))) == (date(2025, 12, 1), date(2027, 1, 1))
    assert month_of(datetime(2026, 10, 31, 16, tzinfo=UTC)) == NOVEMBER


class TestClosing:
    def test_frozen_equals_counted_and_stays_when_things_change(self, desk: Desk) -> None:
        worker = desk.cast.grid_worker
        case = solved(desk, TENTH)
        open_month = queries.own_month(worker, OCTOBER, at=NOW)

        assert months.freeze(OCTOBER, [worker.account_id or 0], at=NOW) == 1
        closed = queries.own_month(worker, OCTOBER, at=NOW)
        Case.objects.filter(pk=case.pk).update(reworks=2)

        assert closed.frozen_at == NOW
        assert [(one.counted, one.among) for one in closed.values] == [
            (one.counted, one.among) for one in open_month.values
        ]
        assert figures(queries.own_month(worker, OCTOBER, at=NOW)) == figures(open_month)
        assert months.freeze(OCTOBER, [worker.account_id or 0], at=NOW + timedelta(days=1)) == 0

    def test_a_month_that_runs_is_not_closed(self, cast: Cast) -> None:
        with pytest.raises(ValueError, match="not over"):
            months.freeze(NOVEMBER, [cast.grid_worker.account_id or 0], at=NOW)

    def test_who_works_in_the_field_is_closed_and_who_does_not_is_not(self, cast: Cast) -> None:
        assert cast.grid_worker.account_id in months.workers(NOW)
        assert not {cast.auditor.account_id, cast.resident.account_id} & set(months.workers(NOW))

    def test_another_way_of_counting_is_noted(self, desk: Desk) -> None:
        worker = desk.cast.grid_worker
        months.freeze(OCTOBER, [worker.account_id or 0], at=NOW)
        MonthFigure.objects.filter(code="handled").update(rule=0)
        value = queries.own_month(worker, OCTOBER, at=NOW).values[0]
        assert value.is_by_old_rule


def appealed(desk: Desk, case: Case | None = None, code: str = "lasting") -> Appeal:
    return months.appeal(
        desk.cast.grid_worker, key=uuid4(), month=OCTOBER, code=code, thing_id=case.pk if case else None,
        words="那次返工是因为没有停车位", at=NOW,
    )  # fmt: skip


class TestAppeals:
    @pytest.mark.parametrize(("ruling", "shown"), [("stands", (0, 1)), ("count_in", (1, 1)), ("leave_out", (0, 0))])
    def test_a_ruling_stands_beside_the_frozen_figure(self, desk: Desk, ruling: str, shown: tuple[int, int]) -> None:
        case = solved(desk, TENTH)
        Case.objects.filter(pk=case.pk).update(reworks=1)
        months.freeze(OCTOBER, [desk.cast.grid_worker.account_id or 0], at=NOW)

        months.answer(
            desk.cast.community_clerk, appeal=appealed(desk, case), ruling=ruling, words="看过，是这样", at=NOW
        )

        value = next(
            one for one in queries.own_month(desk.cast.grid_worker, OCTOBER, at=NOW).values
            if one.figure.code == "lasting"
        )  # fmt: skip
        assert (value.number, value.total) == shown
        assert (len(value.counted), value.is_ruled) == (0, ruling != "stands")
        assert MonthFigure.objects.get(code="lasting").counted == []

    def test_the_same_appeal_sent_again_is_the_same(self, desk: Desk) -> None:
        key = uuid4()
        made = [
            months.appeal(desk.cast.grid_worker, key=key, month=OCTOBER, code="handled", words="少算了一件", at=NOW)
            for _ in range(2)
        ]
        assert made[0].pk == made[1].pk
        with pytest.raises(Refused, match="正在等"):
            appealed(desk, code="handled")

    def test_one_appeals_only_against_what_stands_behind_one_s_own_figure(self, desk: Desk) -> None:
        others = desk.closed(at=TENTH)
        with pytest.raises(NotFound):
            appealed(desk, others)
        with pytest.raises(NotFound):
            appealed(desk, code="kilometres")

    @pytest.mark.parametrize("who", ["grid_worker", "grid_worker_next_door", "handler", "leader", "resident"])
    def test_nobody_answers_but_who_may_there_and_nobody_their_own(self, desk: Desk, who: str) -> None:
        appeal = appealed(desk, code="handled")
        with pytest.raises(LianxinError) as told:
            months.answer(getattr(desk.cast, who), appeal=appeal, ruling="stands", words="算得对", at=NOW)
        assert isinstance(told.value, (NotFound, NotAllowed))

    def test_an_appeal_against_a_whole_figure_changes_no_single_thing(self, desk: Desk) -> None:
        with pytest.raises(Invalid):
            months.answer(
                desk.cast.community_clerk, appeal=appealed(desk, code="handled"), ruling="count_in", words="算上吧",
                at=NOW,
            )  # fmt: skip

    def test_the_clerk_is_told_and_then_the_worker(self, desk: Desk) -> None:
        appeal = appealed(desk, code="handled")
        relay.relay_batch()
        listening.follow_all(at=NOW)
        months.answer(desk.cast.community_clerk, appeal=appeal, ruling="stands", words="那件是十一月办的", at=NOW)
        relay.relay_batch()
        listening.follow_all(at=NOW)

        told = dict(Message.objects.filter(kind__startswith="months.").values_list("kind", "recipient_id"))
        assert told == {
            "months.appeal": desk.cast.community_clerk.account_id, "months.answer": desk.cast.grid_worker.account_id,
        }  # fmt: skip


def test_nobody_else_s_month_is_to_be_had(desk: Desk) -> None:
    solved(desk, TENTH)
    for who in ("grid_worker_next_door", "community_clerk", "street_seat", "leader", "admin"):
        own = queries.own_month(getattr(desk.cast, who), OCTOBER, at=NOW)
        assert figures(own)["handled"] == (0, None)
    with pytest.raises(NotAllowed):
        queries.own_month(desk.cast.resident, OCTOBER, at=NOW)
    with pytest.raises(NotFound):
        queries.own_month(desk.cast.grid_worker, date(2027, 1, 1), at=NOW)


def test_no_figure_counts_presence() -> None:
    words = "".join(f"{one.code}{one.label}{one.definition}" for one in FIGURES.values())
    assert not [bad for bad in ("login", "kilometre", "hours_on", "步数", "在线时长") if bad in words]


def test_counting_a_month_costs_few_statements_however_much_was_done(desk: Desk) -> None:
    costs = []
    for hour in range(2):
        solved(desk, TENTH + timedelta(hours=hour))
        with CaptureQueriesContext(connection) as found:
            queries.count(desk.cast.grid_worker.account_id or 0, OCTOBER)
        costs.append(len(found))
    assert costs == [5, 5]
    assert Work(desk.cast.grid_worker.account_id or 0, OCTOBER).post_ids
    assert GRID_111
