"""Cases from the field: exactly once, nothing of one's own verified, and what others did meanwhile is seen."""

from datetime import timedelta
from uuid import uuid4

import pytest

from casework import GRID_222, MINUTE, NOW, Desk, configure
from fieldwork import Device, act, photo, picture, record, report
from lianxin.faces.sync.records import State
from lianxin.kernel.files import actions as files
from lianxin.kernel.files.models import StoredFile
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case, FieldTask
from lianxin.work.cases.words import Stage

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def labels(number: str) -> list[str]:
    """Return what the photos of a case show, in their order."""
    found = StoredFile.objects.filter(subject_kind="case", subject_id=Case.objects.get(number=number).pk)
    return list(found.order_by("position").values_list("label", flat=True))


def test_a_report_comes_with_its_photos_and_when_it_was(device: Device) -> None:
    sent = report(files=[photo(device.actor, "before_near"), photo(device.actor, "before_far")])

    [told] = device.send(sent | {"made_at": (NOW - timedelta(days=2)).isoformat()})

    case = Case.objects.get()
    assert told.state == State.DONE
    assert (told.subject, told.version) == (case.number, case.version)
    assert (case.channel, case.reporter_id) == ("worker", device.actor.account_id)
    assert case.claimed_at == NOW - timedelta(days=2)
    assert labels(case.number) == ["before_near", "before_far"]


def test_a_report_waits_for_photos_on_their_way_and_is_taken_once_they_are_there(device: Device) -> None:
    key = uuid4()
    sent = report(files=[{"key": str(key), "label": ""}])
    assert [(each.state, each.code) for each in device.send(sent)] == [(State.WAITING, "files")]

    content = picture()
    files.begin(kind="photo", size=len(content), at=NOW, by_id=device.actor.account_id, key=key)
    assert [each.state for each in device.send(sent)] == [State.WAITING]
    files.receive(key, offset=0, data=content, at=NOW)

    assert [each.state for each in device.send(sent, sent)] == [State.DONE, State.DONE]
    assert Case.objects.count() == 1
    assert len(labels(Case.objects.get().number)) == 1


def test_a_photo_of_somebody_else_is_never_taken(device: Device, desk: Desk) -> None:
    theirs = photo(desk.cast.resident)

    assert [each.state for each in device.send(report(files=[theirs]))] == [State.WAITING]
    assert not Case.objects.exists()


def test_who_handles_never_verifies_from_the_phone_either(device: Device, desk: Desk) -> None:
    spot = record("case.spot", report()["data"] | {"note": "花盆搬开了", "category": "010101"})
    [solved] = device.send(spot)
    case = Case.objects.get()
    assert (solved.state, case.stage) == (State.DONE, Stage.HANDLED)

    own, again = device.send(act(case.number, "verify", case.version), act(case.number, "rework", 1, note="没有"))

    assert [own.state, again.state] == [State.REFUSED, State.REFUSED]
    assert own.code == "own_handling"
    assert Case.objects.get().stage == Stage.HANDLED
    # Somebody else of the place may.
    [told] = Device(desk.cast.verifier).send(act(case.number, "verify", case.version, note="去看了"), at=LATER)
    assert told.state == State.DONE


def test_what_was_put_right_on_the_spot_is_one_case_with_photos_of_before_and_after(device: Device) -> None:
    shown = [photo(device.actor, "before_near"), photo(device.actor, "after_near")]
    spot = record("case.spot", report(files=shown)["data"] | {"note": "搬开了", "category": "010101"})

    first = device.send(spot)
    again = device.send(spot, at=LATER)

    assert [each.state for each in first] == [State.DONE]
    assert first == again
    assert Case.objects.count() == 1
    assert labels(first[0].subject) == ["before_near", "after_near"]


def test_the_platform_sends_nobody_to_what_is_solved_already(device: Device, desk: Desk) -> None:
    desk.categories["010101"].keywords = ["垃圾"]
    desk.categories["010101"].save()
    configure(auto_file={"mode": "on", "confidence": 0}, auto_dispatch={"mode": "on", "confidence": 0})
    told = report()["data"] | {"text": "楼下有一堆垃圾，已经清走。", "note": "清走了", "category": "010101"}

    assert [each.state for each in device.send(record("case.spot", told))] == [State.DONE]
    assert Case.objects.get().lead_unit_id is None


def test_evidence_that_the_standard_demands_is_named(device: Device, desk: Desk) -> None:
    standard = desk.categories["010101"].standards.get()
    standard.evidence = ["before_near", "after_near"]
    standard.save()
    told = report(files=[photo(device.actor, "before_near")])["data"] | {"note": "清走了", "category": "010101"}

    [refused] = device.send(record("case.spot", told))

    assert (refused.state, refused.code) == (State.REFUSED, "evidence")
    assert "处置后近景照片" in refused.detail
    assert not Case.objects.exists()  # nor a report that nobody meant


def test_a_check_at_the_place_is_taken_with_the_distance(device: Device, desk: Desk) -> None:
    case = desk.reported()
    case = cases.check(desk.cast.seat, case=case, seen=case.version, at=NOW, request="看看还亮不亮")
    here = {"lon": case.point.lon + 0.0002, "lat": case.point.lat} if case.point else {}
    done = act(case.number, "report_check", case.version, passed=True, note="属实", point=here)

    first = device.send(done, at=LATER)
    again = device.send(done, at=LATER)

    assert [each.state for each in (*first, *again)] == [State.DONE, State.DONE]
    task = FieldTask.objects.get()
    assert (task.passed, task.done_by_id, task.distance_metres) == (True, device.actor.account_id, 19)


def test_what_does_not_bear_on_it_stops_nobody(device: Device, desk: Desk) -> None:
    case = desk.handled()
    seen = case.version
    cases.urge(desk.cast.resident, case=case, seen=None, at=NOW + 10 * MINUTE)
    cases.annotate(desk.cast.seat, case=case, seen=None, at=NOW + 10 * MINUTE, note="等核查")

    [told] = device.send(act(case.number, "verify", seen, note="亮了"), at=LATER)

    assert told.state == State.DONE
    assert Case.objects.get().stage == Stage.VERIFIED


def test_what_bears_on_it_is_shown_and_may_be_overridden(device: Device, desk: Desk) -> None:
    case = desk.handled()
    seen = case.version
    cases.call_back(
        desk.cast.seat, case=case, seen=seen, at=NOW + 10 * MINUTE, solved="not", satisfaction="not", note="还是不亮"
    )
    sent = act(case.number, "verify", seen, note="亮了")

    [told] = device.send(sent, at=LATER)

    now = Case.objects.get()
    assert told.state == State.CONFLICT
    assert told.theirs is not None
    assert (told.theirs["version"], told.theirs["stage"]) == (now.version, Stage.HANDLED)
    assert told.theirs["changes"] == ["市网格中心 市级坐席：回访"]
    assert "回访" in told.detail
    # Seen, and still so: the same record, with the version that was looked at.
    [done] = device.send(sent | {"data": sent["data"] | {"overrides": told.theirs["version"]}}, at=LATER)
    assert done.state == State.DONE


def test_of_a_case_closed_meanwhile_the_device_hears_what_to_do(device: Device, desk: Desk) -> None:
    case = desk.handled()
    seen = case.version
    case = cases.verify(desk.cast.verifier, case=case, seen=seen, at=NOW + 5 * MINUTE)
    cases.close(desk.cast.seat, case=case, seen=None, at=NOW + 6 * MINUTE)

    [told] = device.send(act(case.number, "verify", seen, note="亮了"), at=LATER)

    assert (told.state, told.code) == (State.REFUSED, "wrong_stage")
    assert "已结案" in told.detail
    assert "当一件新的上报" in told.detail


def test_a_case_that_went_elsewhere_says_so_and_one_already_done_is_done(device: Device, desk: Desk) -> None:
    elsewhere = desk.reported(point=GRID_222)
    [told] = device.send(act(elsewhere.number, "annotate", 1, note="看过"))
    assert (told.state, told.code) == (State.REFUSED, "gone")

    case = desk.handled()
    sent = act(case.number, "verify", case.version)
    assert [each.state for each in device.send(sent, at=LATER)] == [State.DONE]
    Case.objects.update(grid_id=desk.cast.county.grid(112).id)  # re-divided meanwhile; the answer had got lost
    assert [each.state for each in device.send(sent, at=LATER)] == [State.DONE]


def test_photos_of_a_refused_act_stay_free(device: Device, desk: Desk) -> None:
    case = desk.reported()
    shown = photo(device.actor, "after_near")

    [told] = device.send(act(case.number, "verify", case.version, files=[shown], note="好了"))

    assert told.state == State.REFUSED
    assert StoredFile.objects.get(key=shown["key"]).subject_id is None
