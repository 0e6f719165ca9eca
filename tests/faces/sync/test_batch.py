"""A batch: every record has its own outcome, whatever the others do; the same one again has no second effect."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from casework import NOW, Desk
from fieldwork import Device, record, report
from lianxin.faces.acts.kinds import Input
from lianxin.faces.sync.records import Kind, Outcome, Record, State, done, takes
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid
from lianxin.work.cases.models import Case

Add = Callable[[Kind], None]


class NoteIn(Input):
    """A word, for kinds that only tests know."""

    word: str


def states(outcomes: Sequence[Outcome]) -> list[str]:
    """Return what became of each."""
    return [outcome.state.value for outcome in outcomes]


@pytest.mark.django_db
def test_a_bad_record_refuses_only_itself(device: Device) -> None:
    good, other = report(), report(text="路灯不亮")
    unknown = record("case.dance", {})
    wrong = report(point={"lon": 500, "lat": 31})
    nothing = report(text="")
    unread = {"id": "不是编号", "kind": "case.report", "made_at": "昨天", "data": {}}

    told = device.send(good, unknown, wrong, nothing, unread, other)

    assert states(told) == ["done", "refused", "refused", "refused", "refused", "done"]
    assert [outcome.code for outcome in told[1:5]] == ["unknown_kind", "invalid", "invalid", "invalid"]
    assert set(told[2].fields or {}) == {"point.lon"}
    assert set(told[4].fields or {}) == {"id", "made_at", "text"}
    assert Case.objects.count() == 2


@pytest.mark.django_db
def test_what_was_refused_is_judged_anew_when_it_is_mended(device: Device) -> None:
    sent = report(text="")
    assert states(device.send(sent)) == ["refused"]

    mended = sent | {"data": sent["data"] | {"text": "消火栓被挡住"}}

    assert states(device.send(mended)) == ["done"]
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_a_fault_of_ours_spoils_no_neighbour_and_is_logged_with_its_number(
    device: Device, extra_kinds: Add, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_more: Any) -> Outcome:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO cases (id) VALUES (NULL)")
        return done()

    extra_kinds(Kind("test.broken", "坏的", NoteIn, take=broken))

    with caplog.at_level(logging.ERROR):
        told = device.send(report(), record("test.broken", {"word": "a"}), report(text="井盖松动"))

    assert states(told) == ["done", "refused", "done"]
    assert told[1].code == "ours"
    assert "89abcdef" in told[1].detail
    assert "0123456789abcdef" in caplog.text
    assert Case.objects.count() == 2


@pytest.mark.django_db
def test_neighbours_of_a_kind_are_taken_together_and_alone_when_one_stops_them(
    device: Device, extra_kinds: Add
) -> None:
    calls: list[list[str]] = []

    def take(
        _actor: Actor, items: Sequence[tuple[Record, NoteIn]], /, *, at: datetime, numbers: Mapping[str, int]
    ) -> list[Outcome]:
        assert numbers is not None
        assert at == NOW
        calls.append([data.word for _record, data in items])
        if any(data.word == "坏" for _record, data in items):
            raise Invalid({"word": "这个词不行。"})
        return [done(data.word) for _record, data in items]

    def other(_actor: Actor, _record: Record, data: NoteIn, /, **_more: Any) -> Outcome:
        return done(data.word)

    extra_kinds(Kind("test.many", "词", NoteIn, take_many=take))
    extra_kinds(Kind("test.other", "别的", NoteIn, take=other))
    words = [record("test.many", {"word": word}) for word in ("一", "二", "坏", "三")]

    begun = report()
    words[1] |= {"after": begun["id"]}  # taken before: no reason to go alone

    told = device.send(begun, *words[:2], record("test.other", {"word": "同一间屋"}), *words[2:])[1:]

    assert states(told) == ["done", "done", "done", "refused", "done"]
    assert [outcome.subject for outcome in told[:3]] == ["一", "二", "同一间屋"]
    assert calls == [["一", "二"], ["坏", "三"], ["坏"], ["三"]]


@pytest.mark.django_db
def test_what_other_rooms_are_told_between_does_not_part_neighbours(device: Device, extra_kinds: Add) -> None:
    calls: list[list[str]] = []

    def take(
        _actor: Actor, items: Sequence[tuple[Record, NoteIn]], /, *, at: datetime, numbers: Mapping[str, int]
    ) -> list[Outcome]:
        assert (at, bool(numbers)) == (NOW, True)
        calls.append([data.word for _record, data in items])
        return [done(data.word) for _record, data in items]

    extra_kinds(Kind("test.many", "词", NoteIn, take_many=take, joins=lambda data: data.word != "单"))
    words = [record("test.many", {"word": word}) for word in ("一", "二", "三", "单", "四", "五", "六")]
    between, before, refused = report(), report(text="先有这件"), report(text="")
    words[2] |= {"after": before["id"]}  # must not be moved before it
    words[5] |= {"after": words[4]["id"]}
    words[6] |= {"after": refused["id"]}

    told = device.send(words[0], between, words[1], before, refused, *words[2:], words[0])

    assert calls == [["一", "二"], ["三"], ["单"], ["四"], ["五"], ["一"]]
    assert states(told) == ["done"] * 4 + ["refused"] + ["done"] * 4 + ["waiting", "done"]
    assert [told[place].subject for place in (0, 2, 5, 6, 7, 8, 10)] == ["一", "二", "三", "单", "四", "五", "一"]
    assert all(told[place].subject for place in (1, 3))


@pytest.mark.django_db
def test_one_after_another_waits_until_that_one_is_taken(device: Device) -> None:
    first = report()
    refused = report(text="")
    then = report(text="第二件") | {"after": first["id"]}
    never = report(text="第三件") | {"after": refused["id"]}

    assert [(each.state.value, each.code) for each in device.send(then, refused, never)] == [
        ("waiting", "after"),
        ("refused", "invalid"),
        ("waiting", "after"),
    ]
    assert states(device.send(first, then)) == ["done", "done"]
    # In an earlier batch counts as well.
    assert states(device.send(report(text="第四件") | {"after": first["id"]})) == ["done"]


@pytest.mark.parametrize(
    ("wrong_by", "ago", "meant_ago"),
    [
        (timedelta(), timedelta(hours=2), timedelta(hours=2)),
        (timedelta(seconds=40), timedelta(hours=2), timedelta(hours=2)),  # within the error of any clock
        (timedelta(days=-400), timedelta(days=400, hours=3), timedelta(hours=3)),
        (timedelta(hours=9), timedelta(hours=-8), timedelta(hours=1)),
        (timedelta(), timedelta(days=90), timedelta(days=30)),
        (timedelta(), timedelta(hours=-1), timedelta()),
    ],
)
@pytest.mark.django_db
def test_the_clock_of_the_device_is_put_right(
    device: Device, wrong_by: timedelta, ago: timedelta, meant_ago: timedelta
) -> None:
    sent = report() | {"made_at": (NOW - ago).isoformat()}

    assert states(device.send(sent, device_now=NOW + wrong_by)) == ["done"]

    assert Case.objects.get().claimed_at == NOW - meant_ago


@pytest.mark.django_db
def test_the_same_report_again_with_a_clock_set_meanwhile_is_the_same(device: Device) -> None:
    sent = report()
    first = device.send(sent, device_now=NOW - timedelta(hours=5))

    again = device.send(sent, at=NOW + timedelta(minutes=3), device_now=NOW + timedelta(minutes=3))

    assert again == first
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_an_id_that_stands_for_something_else_is_refused(device: Device, desk: Desk) -> None:
    sent = report()
    device.send(sent)

    told = device.send(sent | {"data": sent["data"] | {"text": "别的事"}})
    assert [(each.state, each.code) for each in told] == [(State.REFUSED, "client_id_reused")]

    # Nor does somebody else's device take it for its own act.
    number = Case.objects.get().number
    stolen = record("case.act", {"number": number, "act": "annotate", "seen": 1, "data": {"note": "看过"}})
    told = Device(desk.cast.community_clerk).send(stolen | {"id": sent["id"]})
    assert [(each.state, each.code) for each in told] == [(State.REFUSED, "client_id_reused")]


@pytest.mark.django_db
def test_a_kind_has_one_taker(extra_kinds: Add) -> None:
    def take(*_args: Any, **_more: Any) -> Outcome:
        raise IntegrityError

    extra_kinds(Kind("test.once", "一次", NoteIn, take=take))
    with pytest.raises(ValueError, match=r"test\.once"):
        takes("test.once", NoteIn, label="一次")(take)
