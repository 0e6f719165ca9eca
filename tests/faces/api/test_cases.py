"""Cases by API: versions, repeats, lists that hold still, and what an asker may read."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lianxin.faces.acts.table import ACTS
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases import rules
from lianxin.work.cases.models import Assignment, Case


def journal(number: str) -> list[str]:
    """Return the acts on a case so far."""
    case = Case.objects.get(number=number)
    found = Entry.objects.filter(subject_kind="case", subject_id=case.pk).order_by("id")
    return list(found.values_list("action", flat=True))


def test_every_step_of_the_flow_has_its_act() -> None:
    assert set(ACTS) == set(rules.FLOW.names())


def test_the_document_says_nothing_twice() -> None:
    def taken(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _value in pairs}) == len(pairs), [name for name, _value in pairs]
        return dict(pairs)

    told = json.loads(Client().get("/api/v1/openapi.json").content, object_pairs_hook=taken)

    answers = told["paths"]["/api/v1/cases/{number}"]["get"]["responses"]
    assert "content" in answers["200"]
    assert "content" not in answers["304"]


def test_a_case_goes_from_report_to_evaluation(
    number: str, resident: Any, seat: Any, caller: Callable[[str], Any]
) -> None:
    handler, verifier = caller("handler"), caller("verifier")

    steps = [
        seat.act(number, "file", category="0101", severity="pressing"),
        seat.act(number, "dispatch", lead={"unit": "cgj", "task": "换灯"}, assists=[{"unit": "zjj"}]),
        handler.act(number, "accept"),
        caller("supervisor").act(number, "supervise", note="抓紧"),
        handler.act(number, "answer_supervision", note="今天修"),
        handler.act(number, "handle", note="换了灯泡"),
    ]
    assert [step.status_code for step in steps] == [200] * len(steps), [step.json() for step in steps]
    assert steps[-1].json()["stage"] == "handling", "an assist is not done yet"
    Assignment.objects.filter(part="assist").update(unit_id=Case.objects.get(number=number).lead_unit_id)
    assert handler.act(number, "accept").status_code == 200
    assert handler.act(number, "handle", note="配合完成").json()["stage"] == "handled"
    assert verifier.act(number, "verify", note="亮了").json()["stage"] == "verified"
    assert seat.act(number, "close").json()["stage"] == "closed"
    assert resident.act(number, "evaluate", stars=5, solved="solved").status_code == 200

    page = seat.get(f"/cases/{number}").json()
    assert (page["stage"], page["stars"], page["solved"], page["clocks"]) == ("closed", 5, "solved", [])
    assert [line["action"] for line in seat.get(f"/cases/{number}/trace").json()["items"]][::-1] == journal(number)


def test_what_is_the_same_is_not_sent_again(number: str, seat: Any) -> None:
    first = seat.get(f"/cases/{number}")
    again = seat.get(f"/cases/{number}", if_none_match=first["ETag"])
    seat.act(number, "annotate", note="看过")
    after = seat.get(f"/cases/{number}", if_none_match=first["ETag"])

    assert first["ETag"] == '"1"'
    assert (again.status_code, again.content) == (304, b"")
    assert (after.status_code, after["ETag"]) == (200, '"2"')


def test_who_saw_an_old_version_is_told_what_came_since(number: str, seat: Any, caller: Callable[[str], Any]) -> None:
    caller("leader").act(number, "supervise", note="抓紧")

    answer = seat.act(number, "annotate", 1, note="看过")

    told = answer.json()
    assert (answer.status_code, told["code"], told["version"]) == (409, "stale", 2)
    assert told["changes"] == ["桐城市 领导：督办"]
    assert journal(number) == ["report", "supervise"]


def test_staff_say_which_version_they_saw(number: str, seat: Any, resident: Any) -> None:
    without = seat.post(f"/cases/{number}/annotate", {"note": "看过"})
    nonsense = seat.post(f"/cases/{number}/annotate", {"note": "看过"}, if_match="yesterday")
    huge = seat.post(f"/cases/{number}/annotate", {"note": "看过"}, if_match='"9999999999"')
    adding = resident.post(f"/cases/{number}/add", {"note": "还有一盏"})

    assert [answer.status_code for answer in (without, nonsense, huge, adding)] == [428, 400, 400, 200]
    assert journal(number) == ["report", "add"]


def test_an_act_sent_again_has_no_second_effect(number: str, resident: Any) -> None:
    key = str(uuid4())
    first = resident.post(f"/cases/{number}/urge", {}, idempotency_key=key)
    again = resident.post(f"/cases/{number}/urge", {}, idempotency_key=key)
    other = resident.post(f"/cases/{number}/thank", {}, idempotency_key=key)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["version"] == again.json()["version"] == 2
    assert (other.status_code, other.json()["code"]) == (409, "client_id_reused")
    assert journal(number) == ["report", "urge"]


def test_a_refused_act_may_be_sent_again_under_its_key(number: str, seat: Any) -> None:
    key = str(uuid4())
    refused = seat.post(f"/cases/{number}/close", {}, idempotency_key=key, if_match="*")
    again = seat.post(f"/cases/{number}/close", {}, idempotency_key=key, if_match="*")

    assert (refused.status_code, again.status_code) == (409, 409)
    assert refused.json()["code"] == again.json()["code"] == "wrong_stage"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_one_wins(number: str, seat: Any, caller: Callable[[str], Any]) -> None:
    callers = [caller("seat"), caller("seat"), caller("seat")]

    def dispatch(who: Any) -> int:
        try:
            return int(who.act(number, "file", 1, category="0101").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        statuses = sorted(threads.map(dispatch, callers))

    assert statuses == [200, 409, 409]
    assert journal(number) == ["report", "file"]


@pytest.mark.django_db(transaction=True)
def test_the_same_act_from_several_connections_happens_once(number: str, caller: Callable[[str], Any]) -> None:
    key = str(uuid4())
    callers = [caller("resident") for _ in range(4)]

    def urge(who: Any) -> int:
        try:
            return int(who.post(f"/cases/{number}/urge", {}, idempotency_key=key).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(urge, callers))

    assert statuses == [200] * 4
    assert journal(number) == ["report", "urge"]


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("file", {}, "category", "请选一个分类再立案。"),
    ("file", {"category": "77"}, "category", "没有这个分类，或它已停用。"),
    ("file", {"category": "0101", "standard": "9"}, "standard", "这条立案标准不属于所选分类，或已失效。"),
    ("file", {"category": "0101", "severity": "extreme"}, "severity", "没有这个选项。"),
    ("answer", {}, "note", "请填写。"),
    ("annotate", {"note": "  "}, "note", "请写明情况。"),
    ("answer", {"note": "长" * 5001}, "note", "太长（5001 字），请不超过 5000 字。"),
    ("decline", {"reason": "nonsense"}, "reason", "请从列表里选一个原因。"),
    ("amend", {"point": {"lon": 0, "lat": 0}}, "point", "这个位置不在本地辖区内。请在图上重新点，或选择社区、网格。"),
    ("merge", {"into": "340000-20261121-000000"}, "into", "没有这个案件，或不在您的辖区。"),
    ("dispatch", {}, "lead", "请填写。"),
    ("dispatch", {"lead": {}}, "lead", "请选择一个单位或一个岗位。"),
    ("dispatch", {"lead": {"unit": "nobody"}}, "lead", "没有这个单位，或它已撤销。"),
    ("dispatch", {"lead": "nonsense"}, "lead", "请选择单位或岗位。"),
    ("check", {"request": "长" * 201}, "request", "太长（201 字），请不超过 200 字。"),
    ("file", {"category": "0101", "stage": "closed"}, "stage", "没有这一项，请核对名称。"),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_input_of_an_act_is_told_by_field_and_changes_nothing(
    number: str, seat: Any, wrong: tuple[str, dict[str, Any], str, str]
) -> None:
    act, data, field, sentence = wrong
    answer = seat.act(number, act, **data)

    assert answer.status_code == 422
    assert answer.json()["errors"] == {field: sentence}
    assert journal(number) == ["report"]


def test_the_handler_never_reads_who_reported(
    stranger: Any, seat: Any, caller: Callable[[str], Any], category: Any
) -> None:
    number = stranger.report(name="王阿姨", phone="13800001234").json()["number"]
    seat.act(number, "file", category="0101")
    seat.act(number, "dispatch", lead={"unit": "cgj"})
    handler = caller("handler")

    read = [handler.get(f"/cases/{number}{more}") for more in ("", "/trace", "/acts", "/files", "/similar")]

    assert [answer.status_code for answer in read] == [200] * 5
    for answer in read:
        assert b"13800001234" not in answer.content
        assert "王阿姨".encode() not in answer.content


def test_the_list_filters_by_what_the_address_says(
    number: str, handled: str, seat: Any, resident: Any, caller: Callable[[str], Any]
) -> None:
    other = resident.report(text="小区积水没过膝盖", point={"lon": 117.05, "lat": 31.01}, severity="urgent").json()[
        "number"
    ]

    def found(query: str, who: Any = seat) -> list[str]:
        answer = who.get(f"/cases?{query}")
        assert answer.status_code == 200, answer.json()
        return sorted(row["number"] for row in answer.json()["items"])

    both = sorted([handled, other])
    assert found("") == both
    assert found("stage=handling") == [handled]
    assert found("stage=handling,reported") == found("stage=handling&stage=reported") == both
    assert found("state=ended") == []
    assert found("severity=urgent") == [other]
    assert found("category=0101") == [handled]
    assert found("area=340881001") == [handled]
    assert found("unit=cgj") == [handled]
    assert found("channel=hotline") == []
    assert found("words=积水") == [other]
    assert found(f"words={handled}") == [handled]
    assert found("", caller("handler")) == [handled]
    assert found("", caller("handler_next_door")) == []
    assert found("", caller("grid_worker_next_door")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("stage=nonsense", "stage.0"),
        ("severity=x", "severity"),
        ("area=999", "area"),
        ("category=999", "category"),
        ("unit=nobody", "unit"),
        ("size=0", "size"),
        ("size=201", "size"),
        ("size=many", "size"),
        ("after=nonsense", "after"),
        ("after=" + "A" * 2000, "after"),
        ("reported_from=tomorrow", "reported_from"),
        ("reported_from=99999-01-01", "reported_from"),
        ("sort=price", "sort"),
        ("words=%00", "words"),
        ("words=" + "a" * 101, "words"),
    ],
)
def test_wrong_filters_are_told_by_field(number: str, seat: Any, query: str, field: str) -> None:
    answer = seat.get(f"/cases?{query}")

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


def test_pages_hold_still_while_cases_come_and_go(cast: Any, resident: Any, seat: Any) -> None:
    made = [resident.report(text=f"路灯不亮 {count}").json()["number"] for count in range(7)]
    seen: list[str] = []
    address = "/cases?order=newest&size=3"
    while address:
        answer = seat.get(address)
        seen += [row["number"] for row in answer.json()["items"]]
        # While one reads, a new case comes on top and an old one leaves the list.
        resident.report(text="又一件")
        following = answer.get("Link", "")
        address = following.removeprefix("</api/v1").partition(">")[0]

    assert seen == made[::-1]


def test_a_page_costs_the_same_whatever_it_holds(cast: Any, seat: Any, resident: Any, handled: str) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert seat.get(path).status_code == 200
        return len(caught)

    cost("/cases")
    first = {path: cost(path) for path in ("/cases", f"/cases/{handled}", f"/cases/{handled}/acts", "/cases/counts")}
    for count in range(5):
        resident.report(text=f"又一盏灯不亮 {count}")
    again = {path: cost(path) for path in first}

    assert again == first
    assert first["/cases"] == 2, "who asks, and the rows"
    assert first["/cases/counts"] == 2
    assert first[f"/cases/{handled}"] <= 13
    assert first[f"/cases/{handled}/acts"] <= 5


def test_a_report_costs_no_more_than_its_act(cast: Any, stranger: Any, resident: Any) -> None:
    resident.report()
    with CaptureQueriesContext(connection) as by_nobody:
        assert stranger.report().status_code == 201
    with CaptureQueriesContext(connection) as by_somebody:
        assert resident.report().status_code == 201

    told = "\n".join(query["sql"][:110] for query in by_nobody)
    assert len(by_nobody) <= 12, told
    assert len(by_somebody) <= len(by_nobody) + 1, told


def test_what_one_may_do_is_what_the_document_names(number: str, seat: Any, resident: Any) -> None:
    offered = [step["name"] for step in seat.get(f"/cases/{number}/acts").json()["items"]]
    to_reporter = [step["name"] for step in resident.get(f"/cases/{number}/acts").json()["items"]]

    assert {"file", "decline", "amend"} <= set(offered)
    assert set(to_reporter) <= {"add", "urge", "thank", "withdraw"}
    assert "file" not in to_reporter
    decline = next(step for step in seat.get(f"/cases/{number}").json()["steps"] if step["name"] == "decline")
    assert decline["reasons"]["repeated"] == "重复反映，已有答复"


def test_a_merged_and_a_split_case(number: str, resident: Any, seat: Any) -> None:
    other = resident.report(text="同一盏灯").json()["number"]
    seat.act(number, "file", category="0101")

    merged = seat.act(other, "merge", into=number)
    parts = seat.act(number, "split", parts=[{"title": "灯泡"}, {"title": "线路", "category": "0101"}])

    assert merged.json()["stage"] == "merged"
    assert seat.get(f"/cases/{other}").json()["merged_into"] == number
    assert (parts.status_code, parts.json()["number"]) == (200, number)
    assert Case.objects.filter(parent__number=number).count() == 2


def test_likeness_shows_only_what_the_asker_may_see(
    number: str, resident: Any, seat: Any, caller: Callable[[str], Any]
) -> None:
    near = resident.report(point={"lon": 117.0101, "lat": 31.0101}).json()["number"]
    over_the_border = resident.report(point={"lon": 117.0200001, "lat": 31.01}).json()["number"]
    edge = resident.report(point={"lon": 117.0199, "lat": 31.01}).json()["number"]

    def found(who: str, of: str) -> set[str]:
        return {row["number"] for row in caller(who).get(f"/cases/{of}/similar").json()["items"]}

    assert near in found("seat", number)
    assert over_the_border in found("seat", edge)
    assert over_the_border not in found("grid_worker", edge)


def test_a_unit_that_gave_a_case_back_may_ask_again_what_became_of_it(
    number: str, seat: Any, caller: Callable[[str], Any]
) -> None:
    seat.act(number, "file", category="0101")
    seat.act(number, "dispatch", lead={"unit": "cgj"})
    handler, key = caller("handler"), str(uuid4())
    told = {"reason": "not_ours", "note": "不是我们管的路"}

    def give_back(**data: str) -> Any:
        return handler.post(f"/cases/{number}/return", told | data, if_match="*", idempotency_key=key)

    first, again = give_back(), give_back()

    assert handler.get(f"/cases/{number}").status_code == 404, "it is not the unit's any more"
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["stage"] == "filed"
    assert journal(number).count("return") == 1
    assert give_back(note="换一句话").status_code == 404, "another act is told nothing"
    assert caller("handler_next_door").act(number, "return", **told).status_code == 404
