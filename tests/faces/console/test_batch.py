"""Acts on many cases: the preview says what will be, each case stands by itself, and the same sent again is one act."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from casework import Desk
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.audit.models import AuditEntry
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case

from .conftest import SignIn, text_of

ID = "0193a1b2-0000-7000-8000-00000000000a"
MINUTE = timedelta(minutes=1)


def _preview(client: Client, act: str, *chosen: Case, **more: Any) -> Any:
    return client.post("/console/batch", {"act": act, "case": [case.number for case in chosen], **more})


def _do(client: Client, act: str, preview: Any, **more: Any) -> Any:
    lines = re.findall(r'name="line" value="([^"]*)"', text_of(preview))
    return client.post("/console/batch/do", {"act": act, "line": lines, "client_id": ID, **more})


def _stages(*some: Case) -> list[str]:
    return [Case.objects.get(pk=case.pk).stage for case in some]


def test_a_preview_says_of_each_what_will_be_and_changes_nothing(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    new, filed, handling = desk.reported(at=ago), desk.filed(at=ago), desk.handling(at=ago)

    page = _preview(sign_in("seat"), "file_dispatch", new, filed, handling)

    able, refused = page.context["able"], page.context["refused"]
    assert [line.case.pk for line in able] == [new.pk, filed.pk]
    assert "立案为" in able[0].effect
    assert all("派给市城管局" in line.effect for line in able)
    assert [line.case.pk for line in refused] == [handling.pk]
    assert refused[0].refusal
    assert _stages(new, filed, handling) == ["reported", "filed", "handling"]


def test_who_was_quicker_keeps_what_they_did_and_the_rest_goes_on(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    one, taken, other = (desk.reported(at=ago) for _ in range(3))
    client = sign_in("seat")
    preview = _preview(client, "file_dispatch", one, taken, other)
    # While the preview is read, a colleague declines the second.
    cases.decline(desk.cast.seat, case=taken, seen=taken.version, at=datetime.now(UTC), reason="out_of_scope")

    result = _do(client, "file_dispatch", preview)

    assert _stages(one, taken, other) == ["dispatched", "declined", "dispatched"]
    assert [each.number for each in result.context["done"]] == [one.number, other.number]
    (refused,) = result.context["refused"]
    assert refused.number == taken.number
    assert refused.refusal or refused.changes


def test_the_same_batch_sent_again_does_nothing_more(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    some = [desk.reported(at=ago) for _ in range(2)]
    client = sign_in("seat")
    preview = _preview(client, "file_dispatch", *some)
    first = _do(client, "file_dispatch", preview)
    versions = [Case.objects.get(pk=case.pk).version for case in some]

    again = _do(client, "file_dispatch", preview)

    assert [each.number for each in again.context["done"]] == [each.number for each in first.context["done"]]
    assert again.context["refused"] == []
    assert [Case.objects.get(pk=case.pk).version for case in some] == versions


def test_what_was_sent_out_together_is_recalled_together(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    some = [desk.reported(at=ago) for _ in range(2)]
    client = sign_in("seat")
    result = _do(client, "file_dispatch", _preview(client, "file_dispatch", *some))
    # One unit is quicker than the key.
    cases.accept(desk.cast.handler, case=some[0], seen=None, at=datetime.now(UTC))

    lines = [f"{each.number} {each.version} " for each in result.context["out"]]
    back = client.post(
        "/console/batch/do", {"act": "recall", "line": lines, "client_id": str(result.context["again_id"])}
    )

    assert _stages(*some) == ["handling", "filed"]
    assert [each.number for each in back.context["refused"]] == [some[0].number]


def test_words_for_all_are_asked_once_and_a_missing_one_stops_all(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    some = [desk.handling(at=ago) for _ in range(2)]
    client = sign_in("supervisor")
    preview = _preview(client, "supervise", *some)

    stopped = _do(client, "supervise", preview)
    assert stopped.status_code == 422
    assert [Case.objects.get(pk=case.pk).supervisions_open for case in some] == [0, 0]

    _do(client, "supervise", preview, note="今天要有结果")
    assert [Case.objects.get(pk=case.pk).supervisions_open for case in some] == [1, 1]


def test_nobody_acts_on_what_is_not_theirs(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    handled = desk.handled(at=ago)
    elsewhere = desk.reported(at=ago)

    # Who handled it never verifies it (law 3); the seat of a street does not close what the city holds.
    assert _preview(sign_in("handler"), "verify", handled).status_code == 403
    page = _preview(sign_in("street_seat"), "file_dispatch", elsewhere)
    assert page.context["able"] == []
    assert "不由您的岗位来做" in page.context["refused"][0].refusal
    # A number that one does not see is not even named.
    assert (
        sign_in("handler_next_door")
        .post("/console/batch", {"act": "annotate", "case": handled.number}, follow=True)
        .context["page_title"]
        != "批量办理"
    )


def test_all_of_a_list_are_a_hundred_at_most_and_forms_stay_light(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    for number in range(101):
        desk.reported(at=ago, text=f"第 {number} 盏路灯不亮，晚上走路看不清，请来修。")

    page = sign_in("seat").post("/console/batch", {"act": "annotate", "all": "1", "page": "seat", "words": "tab=all"})

    assert len(page.context["able"]) == 100
    assert page.context["most"] == 100
    assert len(page.content) < 40_000


@pytest.mark.parametrize(("address", "page"), [("/console/seat?tab=reported", "seat"), ("/console/cases", "")])
def test_the_bar_offers_what_lies_beyond_the_page(
    desk: Desk, sign_in: SignIn, ago: datetime, address: str, page: str
) -> None:
    cases_made = 22
    for _ in range(cases_made):
        desk.reported(at=ago)
    client = sign_in("seat")

    shown = client.get(address)
    rest = cases_made - len(shown.context["rows"])
    assert f"这一页之外还有 {rest} 件：全选（最多 100）" in text_of(shown)
    # What the box sends: the ticked ones, and that all are meant.
    ticked = [row.number for row in shown.context["rows"][:2]]
    more = {"all": "1", "page": page, "words": shown.context["words"]}
    preview = client.post("/console/batch", {"act": "annotate", "case": ticked, **more})
    assert {line.case.number for line in preview.context["able"]} == set(Case.objects.values_list("number", flat=True))
    assert "这一页之外" not in text_of(client.get("/console/seat?tab=filed"))


def test_a_file_of_the_chosen_tells_no_reporter_and_no_formula(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago, text="=HYPERLINK 路灯坏了", phone="13800001234", name="王秀英")
    unasked = desk.reported(at=ago)
    role = Role.objects.get(code="seat")
    Role.objects.filter(code="seat").update(permissions=[*role.permissions, "cases.export"])
    client = sign_in("seat")

    file = _preview(client, "export", case)

    assert file.headers["Content-Type"].startswith("text/csv")
    head, row = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    assert dict(zip(head, row, strict=True)).items() >= {"编号": case.number, "阶段": "已上报"}.items()
    assert row[1].startswith("'=HYPERLINK")
    assert all(secret not in text_of(file) for secret in ("13800001234", "王", unasked.number))
    kept = AuditEntry.objects.get(action="cases.export")
    assert (kept.actor_id, kept.detail) == (desk.cast.seat.account_id, {"count": 1})


def test_a_file_of_the_chosen_needs_the_right_and_leaves_a_trace(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago, text="=HYPERLINK 路灯坏了", phone="13800001234", name="王秀英")

    assert _preview(sign_in("seat"), "export", case).status_code == 403  # the cast's seat may not
    assert not AuditEntry.objects.filter(action="cases.export").exists()


def test_a_telephone_is_looked_up_for_a_reason_and_never_by_address(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago, phone="13812341234")
    secret = desk.reported(at=ago, phone="13812341234", is_confidential=True)
    client = sign_in("seat")

    asked = client.post("/console/find", {"q": "138 1234 1234"})
    assert "138****1234" in text_of(asked)
    assert not AuditEntry.objects.filter(action="cases.lookup_phone").exists()
    refused = client.post("/console/find/phone", {"phone": "13812341234"})
    assert refused.status_code == 422

    found = client.post("/console/find/phone", {"phone": "13812341234", "reason": "callback"})
    assert case.number in text_of(found)
    assert secret.number not in text_of(found)
    kept = AuditEntry.objects.get(action="cases.lookup_phone")
    assert (kept.reason, kept.subject_label) == ("回访或告知办理结果", "…1234")
    assert client.get("/console/cases", {"q": "13812341234"}).headers["Location"] == "/console/cases"
    assert sign_in("verifier").post("/console/find", {"q": "13812341234"}).status_code == 403
    # A whole number leads to its case at once; words lead to the list.
    assert client.post("/console/find", {"q": case.number}).headers["Location"].endswith(case.number)
    assert "q=%E4%BA%95%E7%9B%96" in client.post("/console/find", {"q": "井盖"}).headers["Location"]
