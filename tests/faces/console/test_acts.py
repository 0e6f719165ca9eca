"""Every act by its form: what was typed stays, what came between is told, both or neither, and back again."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from casework import Desk
from lianxin.faces.acts.table import ACTS
from lianxin.foundation.audit.models import AuditEntry
from lianxin.foundation.notifications import actions as notifications
from lianxin.kernel.files.queries import labels_of
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case

from .conftest import SignIn, text_of

STAFF = ("grid_worker", "community_clerk", "street_seat", "seat", "supervisor", "handler", "verifier", "leader")
STAGES = ("reported", "filed", "dispatched", "handling", "handled", "verified", "closed", "declined", "merged")


def _act(client: Client, case: Case, act: str, **data: Any) -> Any:
    return client.post(
        f"/console/cases/{case.number}/do/{act}", {"seen": case.version, "client_id": str(uuid4())} | data
    )


def _now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def _picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 90)).save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue(), content_type="image/jpeg")


@pytest.mark.parametrize("stage", STAGES)
def test_every_offered_act_has_a_form(desk: Desk, sign_in: SignIn, ago: datetime, stage: str) -> None:
    case = desk.at_stage(stage) if stage in {"declined", "merged"} else desk.at_stage(stage, at=ago)
    seen: set[str] = set()
    for name in STAFF:
        client = sign_in(name)
        page = client.get(f"/console/cases/{case.number}")
        if page.status_code != 200:
            continue
        for button in (each for each in page.context["buttons"] if each.act not in seen):
            form = client.get(button.url)
            assert form.status_code == 200, (name, button.act)
            assert set(form.context["form"].fields) >= {
                field for field in ACTS[button.act].schema.model_fields if field in {"note", "reason"}
            }
            seen.add(button.act)
    assert seen


def test_a_refused_form_keeps_what_was_typed(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago)

    response = _act(sign_in("seat"), case, "decline", note="电话里说已经有人修了", reason="")

    assert response.status_code == 422
    assert "电话里说已经有人修了" in text_of(response)
    assert response.context["form"].errors.keys() == {"reason"}
    assert _now(case).stage == "reported"


def test_what_came_between_is_told_and_one_may_go_on(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago)
    client = sign_in("seat")
    cases.annotate(desk.cast.supervisor, case=case, seen=case.version, at=datetime.now(UTC), note="先打电话问问")

    stale = _act(client, case, "file", category="010101")

    assert stale.status_code == 409
    assert "看看改动再决定" in text_of(stale)
    seen = re.search(r'name="seen" value="(\d+)"', text_of(stale))
    assert seen is not None
    again = _act(client, case, "file", category="010101", seen=seen[1])
    assert again.status_code == 302
    assert _now(case).stage == "filed"


def test_a_form_sent_twice_has_one_effect(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case, client, key = desk.handling(at=ago), sign_in("handler"), str(uuid4())

    for _time in range(2):
        assert _act(client, case, "progress", note="明早到货", client_id=key).status_code == 302

    assert _now(case).version == case.version + 1


def test_one_key_files_and_dispatches_and_ten_seconds_take_it_back(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago)
    client = sign_in("seat")
    pane = client.get("/console/seat", {"case": case.number})
    assert pane.context["after"].label == "立案并派遣"
    chosen = pane.context["options"][0].value

    done = client.post(
        f"/console/seat/{case.number}/file-and-dispatch", {"seen": case.version, "category": chosen}, follow=True
    )

    assert (_now(case).stage, _now(case).lead_unit_id) == ("dispatched", desk.cast.county.units["cgj"].id)
    (toast,) = done.context["toasts"]
    assert toast["undo_url"]
    back = client.post(toast["undo_url"], follow=True)
    assert _now(case).stage == "filed"
    assert len(back.context["toasts"]) == 1
    assert client.get("/console/inbox").context["toasts"] == []  # said once


def test_file_and_dispatch_are_both_or_neither(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago)
    cases.annotate(desk.cast.supervisor, case=case, seen=case.version, at=datetime.now(UTC), note="等一下")

    sign_in("seat").post(f"/console/seat/{case.number}/file-and-dispatch", {"seen": case.version, "category": "010101"})

    assert _now(case).stage == "reported"


def test_an_accepted_dispatch_is_not_undone(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.handling(at=ago)

    page = sign_in("seat").post(f"/console/cases/{case.number}/undo", follow=True)

    assert _now(case).stage == "handling"
    assert "不能" in page.context["toasts"][0]["said"]


def test_photos_travel_with_the_act_that_needs_them(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.handling(at=ago)
    standard = case.standard
    assert standard is not None
    standard.evidence = ["after_near"]
    standard.save()
    client = sign_in("handler")
    form = client.get(f"/console/cases/{case.number}/do/handle")
    assert form.context["missing"] == [("after_near", "处置后近景照片")]
    assert "处置后近景照片" in text_of(_act(client, case, "handle", note="换好了"))

    done = _act(client, case, "handle", note="换好了", **{"photos.after_near": _picture()})

    assert done.status_code == 302
    assert _now(case).stage == "handled"
    assert labels_of("case", case.pk) == {"after_near"}


def test_a_refused_act_leaves_no_photo_behind(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.handling(at=ago)

    _act(sign_in("handler"), case, "handle", note="", **{"photos.after_near": _picture()})

    assert labels_of("case", case.pk) == set()


def test_no_photo_is_a_clear_sentence(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.handling(at=ago)
    wrong = SimpleUploadedFile("a.jpg", b"<html>", content_type="image/jpeg")

    page = sign_in("handler").post(
        f"/console/cases/{case.number}/photos", {"label": "after_near", "photos": wrong}, follow=True
    )

    assert page.status_code == 200
    assert page.context["toasts"][0]["said"]
    assert labels_of("case", case.pk) == set()


def test_who_reported_is_shown_for_a_reason_that_is_kept(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago, name="王秀英", phone="13812341234")
    client, door = sign_in("seat"), f"/console/cases/{case.number}/reveal"
    assert "13812341234" not in text_of(client.get(f"/console/cases/{case.number}"))

    refused, shown = client.post(door, {"reason": "other"}), client.post(door, {"reason": "detail"})

    assert (refused.status_code, shown.status_code) == (422, 200)
    assert "13812341234" not in text_of(refused)
    assert "13812341234" in text_of(shown)
    assert shown["Refresh"].startswith("60;")
    (kept,) = AuditEntry.objects.filter(action="cases.reveal")
    assert (kept.reason, kept.subject_label, sorted(kept.fields)) == ("核实案件细节", case.number, ["name", "phone"])


def test_the_handler_never_learns_who_reported(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.handling(at=ago, name="王秀英", phone="13812341234")
    client = sign_in("handler")

    page = text_of(client.get(f"/console/cases/{case.number}"))
    asked = client.post(f"/console/cases/{case.number}/reveal", {"reason": "detail"})

    assert "王秀英" not in page
    assert "王*" not in page
    assert "13812341234" not in page
    assert asked.status_code == 403
    assert not AuditEntry.objects.filter(action="cases.reveal").exists()


def test_the_desk_judges_two_cases_side_by_side(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    one, other = desk.reported(at=ago), desk.reported(at=ago)
    client = sign_in("seat")
    pair = client.get(f"/console/cases/{one.number}/compare/{other.number}")
    assert pair.context["may_merge"]

    _act(client, one, "merge", into=other.number)

    assert _now(one).merged_into_id == other.pk


def test_an_unknown_act_is_no_page(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago)

    assert sign_in("seat").get(f"/console/cases/{case.number}/do/explode").status_code == 404


def test_an_act_that_is_not_ones_own_is_refused(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago)

    assert sign_in("seat").get(f"/console/cases/{case.number}/do/accept").status_code == 403
    assert _act(sign_in("supervisor"), case, "file", category="010101").status_code == 409
    assert _now(case).stage == "reported"


def test_beside_a_proposal_one_button_only_has_the_key_to_dispatch(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.filed(at=ago)

    page = sign_in("seat").get("/console/seat", {"case": case.number})

    assert "dispatch" in {button.act for button in (*page.context["bar"], *page.context["more"])}
    assert text_of(page).partition('id="seat-case"')[2].count('data-key="d"') == 1


def test_a_case_that_ended_is_stuck_nowhere(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    reported_at = ago - timedelta(days=60)
    case = desk.reported(at=reported_at)
    client = sign_in("supervisor")
    assert "卡在“" in text_of(client.get(f"/console/cases/{case.number}"))

    cases.void(desk.cast.supervisor, case=case, seen=case.version, at=ago, note="演练", reason="test")

    assert "卡在“" not in text_of(client.get(f"/console/cases/{case.number}"))


def test_who_was_told_the_same_twice_is_named_once(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.filed(at=ago)
    entries = Entry.objects.filter(subject_kind="case", subject_id=case.pk).order_by("id")
    handler = desk.cast.handler.account_id
    assert handler is not None
    for entry in entries:
        notifications.notify([handler], kind="cases.test", title=f"第 {entry.pk} 条", entry_id=entry.pk, at=entry.at)

    known = sign_in("seat").get(f"/console/cases/{case.number}").context["known"]

    mine = [each.title for each in known if each.title.startswith("第")]
    assert len(entries) > 1
    assert mine == [f"第 {list(entries)[-1].pk} 条"]


def test_a_merge_is_taken_back_from_its_toast(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    first, second = desk.filed(at=ago), desk.filed(at=ago)
    client = sign_in("seat")

    merged = _act(client, second, "merge", into=first.number, next="/console/seat")
    assert (_now(second).stage, _now(second).merged_into_id) == ("merged", first.pk)
    shown = text_of(client.get(merged.headers["Location"]))
    undo = re.search(r'action="([^"]+/undo[^"]*)"', shown)
    assert undo

    # Who may not merge may not take it back either; who did, may.
    sign_in("handler").post(unescape(undo[1]))
    assert _now(second).stage == "merged"
    back = client.post(unescape(undo[1]), follow=True)
    assert "两件各办各的" in text_of(back)
    assert (_now(second).stage, _now(second).merged_into_id) == ("filed", None)
    # A second press finds nothing to take back.
    version = _now(second).version
    client.post(unescape(undo[1]))
    assert (_now(second).stage, _now(second).version) == ("filed", version)
