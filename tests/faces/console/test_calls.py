"""A call from its first word to its case, without script."""

from datetime import datetime
from uuid import uuid4

from casework import Desk
from lianxin.work.desk.models import CallNote

from .conftest import SignIn, text_of

WORDS = "同安路口的井盖没了，老人差点掉下去。"


def test_a_call_becomes_a_case_by_the_form_it_fills(desk: Desk, sign_in: SignIn) -> None:
    client, key = sign_in("seat"), uuid4()
    saved = client.post(f"/console/calls/{key}", {"words": WORDS, "phone": "13812341234", "step": "1"})
    assert saved.json()["step"] == 1

    form = client.post(f"/console/calls/{key}/end", {"outcome": "new"}, follow=True)
    assert WORDS in text_of(form)
    done = client.post(
        "/console/entry", {"client_id": str(uuid4()), "call": str(key), "text": WORDS, "channel": "call"}, follow=True
    )

    note = CallNote.objects.get(key=key)
    assert note.outcome == "new"
    assert note.case is not None
    assert note.case.number in text_of(done)
    day = text_of(client.get("/console/calls"))
    assert note.case.number[-6:] in day
    assert "138****1234" in day
    assert "13812341234" not in day
    assert WORDS not in text_of(sign_in("street_seat").get("/console/calls"))


def test_a_call_is_put_to_a_case_by_its_last_six_digits(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case, client, key = desk.filed(at=ago), sign_in("seat"), uuid4()
    client.post(f"/console/calls/{key}", {"words": "又来问", "step": "1"})

    lost = client.post(f"/console/calls/{key}/end", {"outcome": "attached", "case": "000000"}, follow=True)
    assert "请写完整编号" in str(lost.context["toasts"])
    client.post(f"/console/calls/{key}/end", {"outcome": "attached", "case": case.number[-6:]})

    assert CallNote.objects.get(key=key).case_id == case.pk
