"""Who hears of what: units of their tasks, the seat of returns, reporters of their own case, and each only once."""

from datetime import timedelta

from casework import MINUTE, NOW, Desk
from factories import account_of
from lianxin.foundation.accounts.actor import ANONYMOUS, Actor
from lianxin.foundation.notifications.models import Delivery, Message
from lianxin.kernel.journal.listening import follow_all
from lianxin.kernel.journal.models import Cursor
from lianxin.kernel.journal.relay import relay_batch
from lianxin.work.cases import actions as cases
from lianxin.work.cases import ticking
from lianxin.work.cases.messages import CONSUMER


def told() -> None:
    """Let what has happened be told."""
    relay_batch()
    follow_all(at=NOW, only=[CONSUMER])


def kinds_of(actor: Actor) -> list[str]:
    """Return what somebody's inbox holds, oldest first."""
    return list(Message.objects.filter(recipient=account_of(actor)).order_by("id").values_list("kind", flat=True))


def test_only_the_unit_hears_of_its_task(desk: Desk) -> None:
    desk.dispatched()
    told()

    assert "cases.dispatched" in kinds_of(desk.cast.handler)
    assert kinds_of(desk.cast.handler_next_door) == []


def test_the_holder_hears_of_a_return_and_the_unit_of_its_own_act_nothing(desk: Desk) -> None:
    case = desk.dispatched()
    cases.give_back(desk.cast.handler, case=case, seen=case.version, at=NOW, reason="not_ours", note="不归我们")
    told()

    assert "cases.returned" in kinds_of(desk.cast.seat)
    assert "cases.returned" not in kinds_of(desk.cast.handler)


def test_told_twice_is_heard_once(desk: Desk) -> None:
    desk.dispatched()
    told()
    before = (Message.objects.count(), Delivery.objects.count())
    Cursor.objects.filter(consumer=CONSUMER).update(number=0)

    follow_all(at=NOW, only=[CONSUMER])

    assert (Message.objects.count(), Delivery.objects.count()) == before


def test_a_reporter_with_a_phone_hears_the_number_and_no_place(desk: Desk) -> None:
    case = desk.dispatched(actor=ANONYMOUS, phone="13800001234", name="王女士", address="龙眠路 8 号 3 栋 501")
    told()

    sent = Delivery.objects.filter(kind="cases.received").get()
    assert case.number in sent.body
    assert sent.address == "13800001234"
    for delivery in Delivery.objects.all():
        assert "501" not in (delivery.body + delivery.title).replace(case.number, "")
        assert "王女士" not in delivery.body + delivery.title


def test_a_normal_report_disturbs_nobody_and_an_urgent_one_the_seat(desk: Desk) -> None:
    desk.reported(severity="normal")
    told()
    assert "cases.reported_urgent" not in kinds_of(desk.cast.seat)

    desk.reported(severity="urgent")
    told()
    assert "cases.reported_urgent" in kinds_of(desk.cast.seat)


def test_who_was_merged_hears_of_the_end_under_their_own_number(desk: Desk) -> None:
    case = desk.verified()
    other = desk.filed(actor=ANONYMOUS, phone="13800005678")
    cases.merge(desk.cast.seat, case=other, seen=other.version, at=NOW + 5 * MINUTE, into=case)
    case.refresh_from_db()
    cases.close(desk.cast.seat, case=case, seen=case.version, at=NOW + 6 * MINUTE)
    told()

    assert Delivery.objects.filter(kind="cases.closed", body__contains=other.number).exists()


def test_what_is_late_is_said_once_however_many_clocks_it_has(desk: Desk) -> None:
    desk.dispatched()
    late = NOW + timedelta(days=30)
    assert ticking.mark_overdue(at=late) > 1
    told()

    assert kinds_of(desk.cast.handler).count("cases.overdue") == 1


def test_an_assist_hears_of_its_own_lateness(desk: Desk) -> None:
    desk.dispatched("jiaojing")
    ticking.mark_overdue(at=NOW + timedelta(days=30))
    told()

    assert kinds_of(desk.cast.handler_next_door).count("cases.overdue") == 1
