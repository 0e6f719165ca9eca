"""My work, the list, the queue: figures equal their rows, words filter, a page costs the same however full it is."""

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework import Desk
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case

from .conftest import SignIn, text_of

ROLES = (
    "grid_worker", "community_clerk", "street_seat", "seat", "supervisor", "handler", "verifier", "leader", "admin",
    "auditor",
)  # fmt: skip
# Statements a page takes, whatever it shows: the first tells who asks. The seat draws queue, case and surroundings.
# My work looks for those in whose place one decides, and for the cube, which these tests leave empty.
STATEMENTS = {"/console/work": 9, "/console/cases": 6, "/console/seat": 27, "/console/inbox": 4}
MOST_BYTES = 40_000


def _fill(desk: Desk, at: datetime, count: int) -> None:
    for _number in range(count):
        desk.reported(at=at)
        desk.filed(at=at)
        desk.handling(at=at)


def _statements(client: Client, path: str) -> int:
    client.get(path)  # what a process keeps in memory is there from now on
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["/console/work", "/console/cases", "/console/inbox", "/console/me"])
def test_everybody_on_the_staff_has_these_pages(
    desk: Desk, sign_in: SignIn, ago: datetime, role: str, path: str
) -> None:
    _fill(desk, ago, 1)

    response = sign_in(role).get(path)

    is_listed = role not in {"admin", "auditor"} or path != "/console/cases"
    assert response.status_code == (200 if is_listed else 403)
    assert len(response.content) < MOST_BYTES


@pytest.mark.parametrize("path", STATEMENTS)
def test_a_page_costs_the_same_however_full_it_is(desk: Desk, sign_in: SignIn, ago: datetime, path: str) -> None:
    client = sign_in("seat")
    _fill(desk, ago, 1)
    few = _statements(client, path)
    _fill(desk, ago, 4)

    many = _statements(client, path)

    assert (few, many) == (STATEMENTS[path], STATEMENTS[path])


# A leader's figures: test_leading.py.
@pytest.mark.parametrize("role", ["seat", "street_seat", "handler", "verifier", "supervisor", "grid_worker"])
def test_each_figure_of_my_work_is_the_number_of_rows_behind_it(
    desk: Desk, sign_in: SignIn, ago: datetime, role: str
) -> None:
    _fill(desk, ago, 2)
    desk.handled(at=ago)
    desk.verified(at=ago)
    held = desk.handling(at=ago)
    cases.supervise(desk.cast.leader, case=held, seen=held.version, at=ago, note="请今天答复")
    client = sign_in(role)

    piles = client.get("/console/work").context["piles"]

    assert piles
    for pile in piles:
        listed = client.get(pile.url)
        assert (pile.label, listed.context["pager"].total) == (pile.label, pile.count)
        shown = listed.context["rows"] if "rows" in listed.context else listed.context["lines"]
        assert len(shown) == pile.count


def test_the_greeting_of_who_rules_counts_what_the_list_shows(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    thrice = desk.filed(at=ago)
    Case.objects.filter(pk=thrice.pk).update(returns=3)
    desk.filed(at=ago)

    page = sign_in("supervisor").get("/console/work")

    assert "1 件事等您" in page.context["greeting"]
    assert [row.number for row in page.context["rows"]] == [thrice.number]
    listed = sign_in("supervisor").get(page.context["soonest_url"])
    assert [row.number for row in listed.context["rows"]] == [thrice.number]


def test_only_who_may_rule_is_asked_to(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    thrice = desk.filed(at=ago)
    Case.objects.filter(pk=thrice.pk).update(returns=3)

    piles = sign_in("supervisor").get("/console/work").context["piles"]

    assert [(pile.label, pile.count) for pile in piles if "三次回退" in pile.label] == [("三次回退，等裁定", 1)]
    assert "piles" not in sign_in("leader").get("/console/work").context  # who leads has a home
    assert all("三次回退" not in pile.label for pile in sign_in("seat").get("/console/work").context["piles"])


def test_a_verifier_without_tasks_of_its_own_sees_what_waits_to_be_verified(
    desk: Desk, sign_in: SignIn, ago: datetime
) -> None:
    handled = desk.handled(at=ago)

    page = sign_in("verifier").get("/console/work")

    assert [(pile.label, pile.count) for pile in page.context["piles"] if pile.label == "待核查"] == [("待核查", 1)]
    assert [row.number for row in page.context["rows"]] == [handled.number]


@pytest.mark.parametrize(
    ("role", "doors"),
    [
        ("admin", ["/console/admin/", "/console/base/"]),
        ("auditor", ["/console/audit/"]),
        ("data_officer", ["/console/base/"]),
    ],
)
def test_who_sees_no_case_is_shown_where_there_is_work(
    desk: Desk, sign_in: SignIn, ago: datetime, role: str, doors: list[str]
) -> None:
    desk.filed(at=ago)
    client = sign_in(role)

    page = client.get("/console/work")

    assert "/console/cases?" not in text_of(page)
    assert [url for url, _label in page.context["elsewhere"]] == doors
    assert [client.get(url).status_code for url in doors] == [200] * len(doors)


def test_the_queue_is_what_the_desk_has_to_move(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    mine = {desk.reported(at=ago).number, desk.filed(at=ago).number, desk.handled(at=ago).number}
    desk.handling(at=ago)  # with its unit: nothing for the desk to do

    page = sign_in("seat").get("/console/seat")

    assert {row.number for row in page.context["rows"]} == mine
    assert [tab.count for tab in page.context["tabs"]] == [3, 1, 1, 1, 0]


def test_words_of_the_address_filter_and_are_said_as_chips(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    wanted = desk.reported(at=ago, severity="urgent", text="井盖丢了，有人差点掉进去。")
    desk.reported(at=ago)
    client = sign_in("seat")

    page = client.get("/console/cases?severity=urgent&stage=reported&area=340881001&q=井盖")

    assert [row.number for row in page.context["rows"]] == [wanted.number]
    assert [chip.label for chip in page.context["chips"]] == ["已上报", "紧急", "龙眠街道", "“井盖”"]
    assert "severity" not in page.context["chips"][1].remove_url


@pytest.mark.parametrize(
    "query",
    ["stage=nonsense", "area=999", "from=2026-13-45", "to=x", "after=broken", "clock=%00", "q=%00", "order=sideways",
     "category=" + "9" * 500, "unit=%F0%9F%98%80", "from=0001-01-01", "first=99999999999"],
)  # fmt: skip
def test_words_that_mean_nothing_do_no_harm(desk: Desk, sign_in: SignIn, ago: datetime, query: str) -> None:
    desk.reported(at=ago)

    response = sign_in("seat").get(f"/console/cases?{query}")

    assert response.status_code == (422 if query.startswith("after") else 200)


def test_a_case_is_found_by_its_number_and_by_its_tail(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    closed = desk.closed(at=ago)
    desk.reported(at=ago)
    client = sign_in("seat")

    for words in (closed.number, closed.number[-6:]):
        found = client.get("/console/cases", {"q": words}).context["rows"]
        assert [row.number for row in found] == [closed.number]


def test_pages_follow_each_other_and_lose_nothing(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    made = {desk.reported(at=ago).number for _ in range(23)}
    client = sign_in("seat")
    first = client.get("/console/cases")

    second = client.get(first.context["pager"].next_url)

    both = [row.number for page in (first, second) for row in page.context["rows"]]
    assert set(both) == made
    assert len(both) == 23
    assert (second.context["pager"].first, second.context["pager"].last) == (21, 23)
    assert second.context["pager"].previous_url


def test_a_colleague_who_has_a_case_open_is_shown_in_the_queue(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago)
    sign_in("supervisor").get(f"/console/cases/{case.number}")

    page = sign_in("seat").get("/console/seat")

    assert "督查员 杜* 正在看" in re.sub(r"\s+", " ", text_of(page))


def test_who_may_not_file_has_no_seat(sign_in: SignIn) -> None:
    assert sign_in("handler").get("/console/seat").status_code == 403
    assert Client().get("/console/seat").status_code == 302


def test_what_another_grid_reported_is_not_listed(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.reported(at=ago)

    page = sign_in("grid_worker_next_door").get("/console/cases")

    assert page.context["rows"] == []
    assert Case.objects.filter(pk=case.pk).exists()
