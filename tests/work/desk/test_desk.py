"""Reply templates and call notes: what they may say, who keeps them, how long."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from casework import NOW, Desk
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.models import Entry
from lianxin.work.desk import calls, rules, templates
from lianxin.work.desk.models import CallNote, ReplyTemplate, TemplateVersion
from lianxin.work.desk.templates import Wanted
from work.cases.conftest import desk, made_desk

__all__ = ["desk", "made_desk"]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
REPLY = Wanted("已派人", "您反映的{事由}已派{单位}，{时限}前办好。", ["reply"])


@pytest.fixture(autouse=True)
def _undone(desk: Desk) -> Iterator[None]:
    from django.db import transaction

    yield
    if connection.in_atomic_block:
        transaction.set_rollback(True)


@given(st.text(alphabet="{}编号地点单位 ab", max_size=60))
def test_filling_leaves_no_known_place_open_and_names_each_unknown_one(text: str) -> None:
    filled = rules.fill(text, dict.fromkeys(rules.PLACES, "值"))

    assert not any(f"{{{name}}}" in filled for name in rules.PLACES)
    unknown = rules.unknown_places(text)
    assert all(place in text for place in unknown)
    assert bool(unknown) == bool(rules.faults("名", text + "四个字吧", ["reply"]))


def test_a_template_is_offered_where_it_fits_and_what_it_said_is_kept(desk: Desk) -> None:
    admin, minor = desk.cast.admin, desk.categories["0101"]
    common = templates.make(admin, key=uuid4(), wanted=REPLY, at=NOW)
    own = templates.make(admin, key=uuid4(), wanted=Wanted("垃圾", "环卫今天来清。", ["reply"], minor.pk), at=NOW)

    leaf, elsewhere = desk.categories["010101"].pk, desk.categories["020301"].pk
    assert [each.pk for each in templates.offered("reply", leaf)] == [own.pk, common.pk]
    assert [each.pk for each in templates.offered("reply", elsewhere)] == [common.pk]
    assert templates.offered("decline", leaf) == []

    client_id = uuid4()
    for _again in range(2):
        templates.count_uses([common.key], client_id=client_id, at=NOW)
    changed = templates.amend(
        admin, template=common, wanted=Wanted("已派人", "已派{单位}。", ["reply"]), seen=1, at=NOW + MINUTE
    )
    before = TemplateVersion.objects.get(template=common)
    assert (before.version, before.text, before.uses) == (1, REPLY.text, 1)
    with pytest.raises(Stale):
        templates.amend(admin, template=changed, wanted=REPLY, seen=1, at=NOW)


def test_only_who_keeps_templates_changes_them_and_names_are_told_apart(desk: Desk) -> None:
    templates.make(desk.cast.admin, key=uuid4(), wanted=REPLY, at=NOW)

    with pytest.raises(NotAllowed):
        templates.make(desk.cast.seat, key=uuid4(), wanted=REPLY, at=NOW)
    with pytest.raises(Refused):
        templates.make(desk.cast.admin, key=uuid4(), wanted=REPLY, at=NOW)
    with pytest.raises(Invalid) as told:
        templates.make(desk.cast.admin, key=uuid4(), wanted=Wanted("新", "已派{谁}去。", []), at=NOW)
    assert set(told.value.fields) == {"text", "acts"}
    assert "{谁}" in told.value.fields["text"]
    assert ReplyTemplate.objects.count() == 1


def test_late_and_doubled_saves_of_a_call_undo_nothing(desk: Desk) -> None:
    seat, key = desk.cast.seat, uuid4()
    for step, words in ((1, "井"), (3, "井盖没了"), (2, "井盖"), (3, "别的")):
        calls.save(seat, key=key, words=words, phone="138 1234", step=step, at=NOW)
    note = calls.save(seat, key=key, words="井盖没了，同安路口", phone="13812341234", step=4, at=NOW + MINUTE)

    assert (note.words, note.phone, note.step) == ("井盖没了，同安路口", "13812341234", 4)
    assert [entry.action for entry in Entry.objects.filter(subject_kind="call_note")] == ["begin"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, phone FROM call_note WHERE id = %s", [note.pk])
        sealed = b"".join(bytes(value) for value in cursor.fetchone())
    assert "井盖".encode() not in sealed
    assert b"13812341234" not in sealed


def test_a_call_is_its_seats_alone_and_one_at_a_time(desk: Desk) -> None:
    key = uuid4()
    calls.save(desk.cast.seat, key=key, words="问路灯", phone="", step=1, at=NOW)

    with pytest.raises(NotFound):
        calls.save(desk.cast.street_seat, key=key, words="偷看", phone="", step=2, at=NOW)
    with pytest.raises(NotFound):
        calls.end(desk.cast.street_seat, key=key, outcome="nothing", at=NOW)
    with pytest.raises(Refused):
        calls.save(desk.cast.seat, key=uuid4(), words="第二个电话", phone="", step=1, at=NOW)
    with pytest.raises(NotAllowed):
        calls.save(desk.cast.handler, key=uuid4(), words="不归他", phone="", step=1, at=NOW)
    assert calls.current(desk.cast.seat) is not None
    assert not CallNote.objects.visible_to(desk.cast.street_seat).exists()


def test_a_call_put_to_a_case_is_noted_there_once(desk: Desk) -> None:
    case, key = desk.filed(), uuid4()
    calls.save(desk.cast.seat, key=key, words="又来催，说今晚有雨", phone="", step=1, at=NOW + 3 * MINUTE)

    for _again in range(2):
        ended = calls.end(desk.cast.seat, key=key, outcome="attached", case=case, at=NOW + 4 * MINUTE)

    noted = Entry.objects.filter(subject_kind="case", subject_id=case.pk, action="annotate")
    assert [entry.note for entry in noted] == ["来电记录：又来催，说今晚有雨"]
    assert (ended.outcome, ended.case_id) == ("attached", case.pk)
    with pytest.raises(Refused):
        calls.end(desk.cast.seat, key=key, outcome="nothing", at=NOW + 5 * MINUTE)


def test_words_go_after_thirty_days_and_the_row_after_four_hundred(desk: Desk) -> None:
    key = uuid4()
    calls.save(desk.cast.seat, key=key, words="问停水", phone="13812341234", step=1, at=NOW)

    assert calls.erase_old(at=NOW + 30 * DAY) == 0
    assert calls.erase_old(at=NOW + 30 * DAY + MINUTE) == 1
    note = CallNote.objects.get(key=key)
    assert (note.words, note.phone, note.phone_hash, note.outcome) == ("", "", None, "nothing")
    assert calls.erase_old(at=NOW + 399 * DAY) == 0
    assert calls.erase_old(at=NOW + 401 * DAY) == 1
    assert not CallNote.objects.exists()
