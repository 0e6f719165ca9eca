"""The boards of command: figures are the lengths of their lists, one sees one's own, several are decided at once."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

import factories
from casework import Desk
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.audit.models import AuditEntry
from lianxin.work.cases import actions as cases
from lianxin.work.cases import queries
from lianxin.work.cases.models import Approval, Assignment, Call, Case, Supervision
from lianxin.work.cases.queries import approvals, supervisions, whistles

from .conftest import SignIn

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def text_of(response: Any) -> str:
    """Return a page as text."""
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def whistle(desk: Desk, at: datetime, *units: str) -> Case:
    """Return a case for which the street called units."""
    case = desk.filed(at=at)
    ids = [desk.cast.county.units[code].id for code in units]
    return cases.whistle(desk.cast.street_seat, case=case, seen=None, at=at + 5 * MINUTE, units=ids, note="来看")


def request(desk: Desk, at: datetime, **more: Any) -> Case:
    """Return a case whose unit asks to suspend it."""
    told: dict[str, Any] = {"note": "等资金", "review_at": at + 9 * DAY} | more
    return cases.ask_suspension(desk.cast.handler, case=desk.handling(at=at), seen=None, at=at + 5 * MINUTE, **told)


def tab_counts(page: str) -> dict[str, int]:
    """Return the figures of a page's tabs by the name of their list."""
    return {name: int(count) for name, count in re.findall(r'\?list=(\w+)"[^>]*>[^<]*<em>(\d+)</em>', page)}


def test_the_whistle_boards_figures_are_the_lengths_of_its_lists(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    begun = ago - 2 * DAY
    first = whistle(desk, begun, "cgj", "jiaojing", "paishui")  # the limit of a day has passed
    cases.report_in(desk.cast.handler, case=first, seen=None, at=begun + 10 * MINUTE)
    second = whistle(desk, ago, "zjj")
    third = whistle(desk, ago, "cgj")
    cases.report_in(desk.cast.handler, case=third, seen=None, at=ago + 6 * MINUTE)
    cases.consult(desk.cast.street_seat, case=third, seen=None, at=ago + 7 * MINUTE, note="议定")

    for who in ("street_seat", "seat", "handler", "handler_next_door", "leader"):
        actor, now = getattr(desk.cast, who), ago + timedelta(hours=1)
        counts = whistles.whistle_counts(actor, at=now)
        for name, count in counts.items():
            assert whistles.whistles(actor, name, at=now).count() == count, (who, name)
        page = text_of(sign_in(who).get("/console/command/whistles/"))
        assert tab_counts(page).items() <= counts.items()
        assert len(re.findall(r'id="whistle-\d+"', page)) == counts["open"]
    seen = {name: whistles.whistle_counts(desk.cast.street_seat, at=ago)[name] for name in ("late", "consult", "rate")}
    assert seen == {"late": 1, "consult": 1, "rate": 1}
    assert second.number not in text_of(sign_in("handler").get("/console/command/whistles/"))


def test_a_whistle_one_does_not_see_is_not_there(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    call = Call.objects.get(whistle__case=whistle(desk, ago, "zjj"))

    assert sign_in("handler").get(f"/console/command/whistles/{call.whistle_id}/").status_code == 404
    assert sign_in("street_seat").get(f"/console/command/whistles/{call.whistle_id}/").status_code == 200


def test_the_consultation_of_the_page_gives_out_its_tasks(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    case = whistle(desk, ago, "cgj", "jiaojing", "paishui")
    pk = Call.objects.filter(whistle__case=case).values_list("whistle_id", flat=True)[0]
    street = sign_in("street_seat")
    form = {"act": "consult", "seen": Case.objects.get(pk=case.pk).version, "note": "议定", "part.cgj": "lead",
            "task.cgj": "清摊点", "part.jiaojing": "lead"}  # fmt: skip

    refused = street.post(f"/console/command/whistles/{pk}/", form)
    assert refused.status_code == 422
    assert "主办只能有一家" in refused.content.decode()
    assert "清摊点" in refused.content.decode()
    assert street.post(f"/console/command/whistles/{pk}/", form | {"part.jiaojing": "assist"}).status_code == 302

    given = Assignment.objects.filter(case=case).values_list("unit__code", "part", "task").order_by("unit__code")
    assert list(given) == [("cgj", "lead", "清摊点"), ("jiaojing", "assist", "")]


def test_nudging_is_told_to_who_has_not_come_and_not_at_once_again(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    case = whistle(desk, ago, "cgj", "zjj")
    cases.report_in(desk.cast.handler, case=case, seen=None, at=ago + 6 * MINUTE)
    street = sign_in("street_seat")

    assert street.post(f"/console/cases/{case.number}/do/nudge", {}).status_code == 302
    assert street.post(f"/console/cases/{case.number}/do/nudge", {}).status_code == 409
    told = queries.case_page(desk.cast.street_seat, case, at=ago + DAY, numbers={}).entries[-1]
    assert (told.action, told.after["units"]) == ("nudge", [desk.cast.county.units["zjj"].id])


def test_supervisions_are_listed_until_answered(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    case = desk.handling(at=ago)
    cases.supervise(
        desk.cast.leader, case=case, seen=None, at=ago + 5 * MINUTE, note="今天给说法", due_at=ago + 30 * MINUTE
    )
    cases.hand_over(desk.cast.supervisor, case=case, seen=None, at=ago + 6 * MINUTE, note="请街道牵头", level="street")
    now = ago + timedelta(hours=1)
    for who in ("leader", "supervisor", "seat", "handler"):
        actor = getattr(desk.cast, who)
        counts = supervisions.supervision_counts(actor, at=now)
        assert {name: supervisions.supervisions(actor, name, at=now).count() for name in counts} == counts
        assert (counts["open"], counts["late"]) == (2, 1)
    page = text_of(sign_in("handler").get("/console/command/supervisions/"))
    assert "今天给说法" in page
    assert "调度" in page
    assert tab_counts(page)["late"] == 1

    role = Role.objects.get(code="supervisor")
    Role.objects.filter(code="supervisor").update(permissions=[*role.permissions, "cases.export"])
    told = sign_in("supervisor").get("/console/command/supervisions/list.csv?list=open")
    assert told["Content-Type"].startswith("text/csv")
    lines = text_of(told).splitlines()
    assert len(lines) == 1 + supervisions.supervisions(desk.cast.supervisor, "open", at=now).count()
    assert any(case.number in line and "今天给说法" in line for line in lines)
    assert sign_in("handler").get("/console/command/supervisions/list.csv").status_code == 403
    assert AuditEntry.objects.get(action="cases.export").detail == {"count": len(lines) - 1}
    cases.answer_supervision(desk.cast.handler, case=case, seen=None, at=now, note="已派人")

    answered = text_of(sign_in("leader").get("/console/command/supervisions/?list=answered"))
    assert "已派人" in answered
    assert "晚了" in answered
    assert set(Supervision.objects.filter(case=case).values_list("kind", flat=True)) == {"supervise", "hand_over"}
    assert "今天给说法" not in text_of(sign_in("handler_next_door").get("/console/command/supervisions/?list=all"))


def test_several_requests_are_decided_at_once_after_a_look(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    found = [request(desk, ago), request(desk, ago), request(desk, ago)]
    ids = list(Approval.objects.filter(case__in=found).order_by("pk").values_list("pk", flat=True))
    clerk = sign_in("supervisor")

    preview = text_of(clerk.post("/console/command/approvals/batch", {"decision": "approve", "request": ids}))
    assert preview.count("停表到") == 3
    assert Approval.objects.filter(state="asked").count() == 3
    form: dict[str, Any] = {"decision": "approve", "confirmed": "1", "request": ids}
    form |= {f"seen.{pk}": Case.objects.get(approvals=pk).version for pk in ids}
    cases.refuse(desk.cast.supervisor, case=found[1], seen=None, at=ago + 20 * MINUTE, note="先办")
    cases.annotate(desk.cast.seat, case=found[2], seen=None, at=ago + 21 * MINUTE, note="来过电话")
    clerk.post("/console/command/approvals/batch", form)

    # One was decided by another meanwhile, one has changed since it was looked at: neither is decided here.
    assert list(Approval.objects.filter(pk__in=ids).order_by("pk").values_list("state", flat=True)) == [
        "approved", "refused", "asked",
    ]  # fmt: skip
    again = clerk.post("/console/command/approvals/batch", {"decision": "refuse", "confirmed": "1", "request": ids[2:]})
    assert "要写明原因" in text_of(again)
    assert Approval.objects.get(pk=ids[2]).state == "asked"


def test_the_batch_decides_nothing_that_is_not_ones_own_to_decide(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    asked = Approval.objects.get(case=request(desk, ago))
    for who in ("handler", "leader", "seat"):
        form: dict[str, Any] = {"decision": "approve", "confirmed": "1", "request": [asked.pk]}
        assert sign_in(who).post("/console/command/approvals/batch", form).status_code in {302, 403}
    asked.refresh_from_db()
    assert asked.state == "asked"


@pytest.mark.parametrize("who", ["handler", "assist_handler", "community_clerk", "street_seat", "seat"])
def test_the_workspaces_figures_are_the_lengths_of_its_lists(
    desk: Desk, ago: datetime, sign_in: SignIn, who: str
) -> None:
    desk.dispatched("paishui", at=ago)
    request(desk, ago)
    returned = desk.dispatched(at=ago)
    cases.give_back(
        desk.cast.handler, case=returned, seen=None, at=ago + 9 * MINUTE, reason="not_ours", note="不归我们"
    )
    whistle(desk, ago, "cgj")
    screen = sign_in(who)
    counts = tab_counts(text_of(screen.get("/console/command/workspace/")))

    for name, count in counts.items():
        page = text_of(screen.get(f"/console/command/workspace/?list={name}"))
        assert len(re.findall(r'class="case-link"', page)) == count, name
    assert set(counts) == {"waits", "own", "unit", "today", "returned", "joint"}
    if who == "handler":
        assert counts["own"] == 1
        assert counts["waits"] == 2  # one to accept, one to report in
    if who == "assist_handler":
        assert counts["joint"] == 1
    if who == "seat":
        assert counts["returned"] == 1


def test_a_part_is_handed_to_a_colleague_from_the_list(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    case = desk.handling(at=ago)
    unit = desk.cast.county.units["cgj"]
    second = factories.make_staff("chengguan2", "程二", "handler", unit=unit)
    clerk = sign_in("handler")
    page = text_of(clerk.get("/console/command/workspace/?list=own"))
    assert "程二（0）" in page

    clerk.post(f"/console/cases/{case.number}/do/assign", {"handler": second.account_id, "seen": case.version})

    assert Assignment.objects.get(case=case, part="lead").handler_id == second.account_id
    assert "程二（1）" in text_of(clerk.get("/console/command/workspace/?list=unit"))


def test_a_request_on_the_cases_page_is_decided_there(desk: Desk, ago: datetime, sign_in: SignIn) -> None:
    case = request(desk, ago)

    asked = text_of(sign_in("supervisor").get(f"/console/cases/{case.number}"))
    own = text_of(sign_in("handler").get(f"/console/cases/{case.number}"))

    assert "停表到" in asked
    assert "同意后" in asked
    assert "停表到" in own
    assert 'do/approve"' not in own
    now = datetime.now(ago.tzinfo)
    counts = approvals.approval_counts(desk.cast.handler, at=now)
    assert counts == {"waiting": 0, "asked": 1, "others": 0}
