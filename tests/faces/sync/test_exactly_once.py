"""Whatever is lost, repeated, reordered or sent twice at once: the same rows, as if it had been sent once."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import NOW, Desk
from fieldwork import Device, Json, act, photo, record, report
from lianxin.faces.sync.records import State
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case, FieldTask
from racing import at_once


def a_day(device: Device, desk: Desk) -> list[Json]:
    """Return what a worker did in a day: reports with photos, one put right, a check and what was seen then."""
    case = desk.reported()
    case = cases.check(desk.cast.seat, case=case, seen=case.version, at=NOW, request="看看")
    first = report(files=[photo(device.actor, "before_near")])
    then = report(text="后来又看到一处") | {"after": first["id"]}
    checked = act(case.number, "report_check", case.version, passed=True, note="属实")
    noted = act(case.number, "annotate", case.version, note="已告诉物业") | {"after": checked["id"]}
    shown = [photo(device.actor, "before_near"), photo(device.actor, "after_near")]
    spot = record("case.spot", report(files=shown, text="地上的水")["data"] | {"note": "扫了", "category": "010101"})
    return [first, then, checked, noted, spot]


def rows() -> list[Any]:
    """Return what is stored, without ids and times."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM client_key")
        keys = cursor.fetchone()
        cursor.execute(
            "SELECT cases.text, label, position FROM stored_file JOIN cases ON cases.id = subject_id ORDER BY 1, 2, 3"
        )
        photos = cursor.fetchall()
    told = Case.objects.order_by("text").values_list("text", "stage", "version", "reporter_id", "handler_ids")
    entries = Entry.objects.order_by("action", "note").values_list("action", "note", "source", "target")
    return [
        keys,
        photos,
        list(told),
        list(entries),
        list(FieldTask.objects.order_by("kind").values_list("kind", "passed", "note")),
    ]


def send_until_done(device: Device, records: Sequence[Json]) -> None:
    """Send everything again and again, as a device does that hears no answers, until all is taken."""
    for _try in range(4):
        if all(each.state == State.DONE for each in device.send(*records)):
            return
    pytest.fail("some records are never taken")


@pytest.mark.django_db
def test_lost_answers_repeats_and_reorderings_lead_to_the_same_rows(device: Device, desk: Desk) -> None:
    records = a_day(device, desk)
    with transaction.atomic():
        send_until_done(device, records)
        meant = rows()
        transaction.set_rollback(True)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(st.integers(0, len(records) - 1), max_size=6), max_size=5), st.permutations(records))
    def check(deliveries: list[list[int]], rest: list[Json]) -> None:
        with transaction.atomic():
            for chosen in deliveries:
                device.send(*[records[place] for place in chosen])
            send_until_done(device, rest)
            assert rows() == meant
            transaction.set_rollback(True)

    check()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_the_same_batch_at_once_has_one_effect_and_equal_outcomes(device: Device, desk: Desk, _round: int) -> None:
    records = a_day(device, desk)

    found = at_once(*[lambda: device.send(*records)] * 3)

    for outcomes in found:
        assert [each.state for each in outcomes] == [State.DONE] * len(records)
    assert len({tuple(each.subject for each in outcomes) for outcomes in found}) == 1
    assert Case.objects.count() == 4
    assert Entry.objects.filter(action__in=["report_check", "annotate", "resolve_on_spot"]).count() == 3


@pytest.mark.django_db(transaction=True)
def test_batches_in_opposite_order_do_not_stop_each_other(device: Device, desk: Desk) -> None:
    records = [
        record("case.spot", report(text=f"第 {n} 处")["data"] | {"note": "好了", "category": "010101"})
        for n in range(6)
    ]

    found = at_once(lambda: device.send(*records), lambda: device.send(*records[::-1]))

    assert {each.state for outcomes in found for each in outcomes} == {State.DONE}
    assert Case.objects.count() == 6
