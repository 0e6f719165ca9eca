"""The entry desk, messages, and one's own account."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from casework import GRID_111, OUTSIDE, Desk
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.audit.models import AuditEntry
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.models import Message
from lianxin.work.cases.models import Case

from .conftest import SignIn, text_of

TOLD = {"text": "路口的井盖没了，雨后看不见洞。", "phone": "138 1234 1234", "name": "王秀英", "channel": "call"}


def _told(**more: Any) -> dict[str, Any]:
    return TOLD | {"client_id": str(uuid4())} | more


def test_a_call_becomes_a_case_with_a_number_to_read_out(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in("seat").post(
        "/console/entry", _told(lon=str(GRID_111.lon), lat=str(GRID_111.lat), area="340881001001"), follow=True
    )

    case = Case.objects.get()
    assert (case.channel, case.grid_id, case.is_reachable) == ("call", desk.cast.county.grid(111).id, True)
    assert case.reporter_id is None  # who takes the call is not who reported
    assert page.context["spoken"].replace(" ", "") == case.number[-6:]


def test_the_same_entry_sent_again_is_the_same_case(desk: Desk, sign_in: SignIn) -> None:
    client, told = sign_in("seat"), _told()

    for _time in range(2):
        assert client.post("/console/entry", told).status_code == 302

    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": ""}, "text"),
        ({"phone": "12"}, "phone"),
        ({"claimed_at": "2099-01-01T10:00"}, "claimed_at"),
        ({"claimed_at": "gestern"}, "claimed_at"),
        ({"category": "999999"}, "category"),
        ({"lon": str(OUTSIDE.lon), "lat": str(OUTSIDE.lat)}, "address"),
        ({"lon": "x", "lat": "1"}, "address"),
        ({"text": "长" * 20_001}, "text"),
        ({"severity": "world-ending"}, "severity"),
    ],
)
def test_a_wrong_entry_says_where_and_keeps_the_rest(
    desk: Desk, sign_in: SignIn, more: dict[str, str], field: str
) -> None:
    response = sign_in("seat").post("/console/entry", _told(**more))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "王秀英" in text_of(response)
    assert not Case.objects.exists()


def test_while_one_types_the_desk_says_what_it_will_be(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    near = desk.reported(at=ago, text="路口的井盖没了，雨后看不见洞。")

    piece = sign_in("seat").post(
        "/console/entry/proposal", {"text": TOLD["text"], "lon": str(GRID_111.lon), "lat": str(GRID_111.lat)}
    )

    assert piece.context["area"].id == desk.cast.county.grid(111).id
    assert piece.context["found"].choices
    assert [row.number for row in piece.context["alike"]] == [near.number]


@pytest.mark.parametrize("told", [{}, {"text": "\x00"}, {"text": "井盖", "lon": "nan", "lat": "inf"}, {"area": "zz"}])
def test_half_typed_words_do_no_harm(desk: Desk, sign_in: SignIn, told: dict[str, str]) -> None:
    assert sign_in("seat").post("/console/entry/proposal", told).status_code == 200


def test_a_callers_earlier_reports_are_found_and_the_look_is_recorded(
    desk: Desk, sign_in: SignIn, ago: datetime
) -> None:
    mine = desk.reported(at=ago, phone="13812341234")
    desk.reported(at=ago, phone="13900000000")
    desk.reported(at=ago, phone="13812341234", is_confidential=True)

    piece = sign_in("seat").post("/console/entry/earlier", {"phone": "138 1234 1234"})

    assert [row.number for row in piece.context["rows"]] == [mine.number]
    kept = AuditEntry.objects.get(action="cases.lookup_phone")
    assert kept.subject_label == "…1234"


def test_who_may_not_reveal_does_not_look_up_phones(desk: Desk, sign_in: SignIn) -> None:
    assert sign_in("grid_worker").post("/console/entry/earlier", {"phone": "13812341234"}).status_code == 403


def _message(desk: Desk, who: str, at: datetime) -> Message:
    account_id = getattr(desk.cast, who).account_id
    notifications.notify([account_id], kind="cases.test", title="请办", link="/console/cases", at=at)
    return Message.objects.get(recipient_id=account_id)


def test_a_message_is_read_by_opening_it(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    message, client = _message(desk, "handler", ago), sign_in("handler")
    assert client.get("/console/inbox").context["unread"] == 1

    opened = client.post(f"/console/inbox/{message.pk}")

    assert (opened.status_code, opened["Location"]) == (302, "/console/cases")
    assert client.get("/console/inbox").context["unread"] == 0


def test_anothers_message_is_not_there(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    message = _message(desk, "handler", ago)

    assert sign_in("seat").post(f"/console/inbox/{message.pk}").status_code == 404
    sign_in("seat").post("/console/inbox/read")
    assert Message.objects.get(pk=message.pk).read_at is None


def test_one_chooses_how_to_be_told(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in("handler")

    wrong = client.post("/console/me", {"quiet": "on", "begin": "", "end": "07:00"})
    right = client.post("/console/me", {"quiet": "on", "begin": "21:30", "end": "07:30"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    kept = Account.objects.get(username="chengguan").preferences["notifications"]
    assert kept["quiet"] == ["21:30", "07:30"]


def test_another_device_is_signed_out(desk: Desk, sign_in: SignIn) -> None:
    lost, here = sign_in("handler"), sign_in("handler")
    page = here.get("/console/me")
    (other,) = (each for each in page.context["sessions"] if each.pk != page.context["current"])

    here.post(f"/console/me/sessions/{other.pk}")

    assert lost.get("/console/me").status_code == 302
    assert here.get("/console/me").status_code == 200


def test_the_clock_of_a_page_is_one_instant(desk: Desk, sign_in: SignIn) -> None:
    before = datetime.now(UTC)

    shown = sign_in("seat").get("/console/work").context["now"]

    assert before <= shown <= datetime.now(UTC)


def test_nothing_at_all_is_answered_with_what_is_missing(sign_in: SignIn) -> None:
    response = sign_in("seat").post("/console/entry", data="{}", content_type="application/json")

    assert response.status_code == 422
    assert "text" in response.context["form"].errors
