"""Those who lead, without script: every number of the home has its list; a day is prepared, led, and told of."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest

import factories
from casework import Desk
from lianxin.insight.statistics import folding
from lianxin.work.cases import actions as cases
from lianxin.work.dispatchdays import actions as days
from lianxin.work.dispatchdays.models import DispatchDay, Item
from lianxin.work.liaison import actions as liaison

from .conftest import SignIn, text_of

DAY = timedelta(days=1)
MOST_BYTES = 40_000
# A number on the home: a link to its cases, with how many they are.
_NUMBER = re.compile(r'href="(/console/statistics/cases\?[^"]+)" data-count="(\d+)"')


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Cases of the last weeks in every stage, some long overdue."""
    now = datetime.now(UTC)
    for ago in (0, 1, 12, 30):
        for stage in ("reported", "dispatched", "handling", "handled", "closed"):
            desk.at_stage(stage, at=now - ago * DAY - timedelta(hours=2))
    rated = desk.closed(at=now - DAY)
    cases.evaluate(desk.cast.resident, case=rated, at=now - DAY + timedelta(hours=1), stars=5, solved="solved")
    folding.fold_all(at=now)
    return desk


@pytest.mark.parametrize("period", ["today", "month", "year"])
def test_every_number_of_the_home_has_as_many_cases(busy: Desk, sign_in: SignIn, period: str) -> None:
    leader = sign_in("leader")

    page = leader.get(f"/console/work?period={period}")

    text = text_of(page)
    assert "件事等您过问" in text
    assert len(page.content) < MOST_BYTES
    told = [(unescape(url), int(count)) for url, count in _NUMBER.findall(text)]
    assert len(told) > 5
    for url, count in told:
        found = re.search(r'id="statistics-total"[^>]*>([\d,]+)<', text_of(leader.get(url)))
        assert found, url
        assert int(found[1].replace(",", "")) == count, url


def test_who_handles_keeps_the_desk_and_who_leads_sees_the_home(busy: Desk, sign_in: SignIn) -> None:
    assert "lead-grid" in text_of(sign_in("leader").get("/console/work"))
    for name in ("seat", "supervisor", "handler"):
        assert "lead-grid" not in text_of(sign_in(name).get("/console/work"))


def test_the_office_prepares_and_a_unit_sees_its_own_items_only(busy: Desk, sign_in: SignIn) -> None:
    seat, leader, handler = sign_in("seat"), sign_in("leader"), sign_in("handler")
    begins = datetime.now(UTC) + 7 * DAY
    joint = busy.handling("paishui", at=begins - 27 * DAY, text="井盖翘起来了，车过去咣当响，夜里睡不着。")
    other = busy.filed(at=begins - 27 * DAY, text="公园长椅断了一条腿。")

    put = leader.post("/console/dispatch-days/put", {"case": [joint.number], "next": "/console/work"})
    assert put.status_code == 302
    form = {
        "on": str(begins.date()), "begins": "09:00", "ends": "11:30", "answers_on": str((begins - DAY).date()),
        "place": "三楼", "leader": str(factories.post_of(busy.cast.leader).pk),
    }  # fmt: skip
    made = seat.post("/console/dispatch-days/add", form)
    assert made.status_code == 302, text_of(made)
    day = DispatchDay.objects.get()
    assert [item.case_id for item in day.items.all()] == [joint.pk]
    seat.post(f"{made['Location']}proposals", {"number": other.number})
    assert handler.get(made["Location"]).status_code == 404  # nobody has told the unit yet
    seat.post(f"{made['Location']}announce")

    told = text_of(handler.get(made["Location"]))
    assert joint.title in told
    assert other.title not in told
    assert sign_in("handler_next_door").get(made["Location"]).status_code == 404
    item = Item.objects.get(day=day, case=joint)
    said = {"unit": str(busy.cast.county.units["cgj"].id), "key": str(uuid4()), "words": "配件周三到。"}
    assert handler.post(f"{made['Location']}items/{item.key}/answer", said).status_code == 302
    empty = handler.post(f"{made['Location']}items/{item.key}/answer", said | {"words": "", "key": str(uuid4())})
    assert empty.status_code == 422
    assert handler.post(f"{made['Location']}items/{item.key}/decide", {"words": "办"}).status_code == 403
    whole = seat.get(made["Location"])
    assert "配件周三到。" in text_of(whole)
    assert len(whole.content) < MOST_BYTES


def test_the_record_and_the_file_name_nobody(busy: Desk, sign_in: SignIn) -> None:
    cast, now = busy.cast, datetime.now(UTC)
    wanted = days.Wanted(
        now + DAY, now + 1.1 * DAY, now + DAY / 2, factories.post_of(cast.leader).pk, [cast.county.units["cgj"].id]
    )
    day = days.prepare(cast.seat, key=uuid4(), area=cast.county.city, wanted=wanted, at=now)
    case = busy.handling(at=now - 20 * DAY)
    days.add_cases(cast.seat, day=day, cases=[case], at=now)
    days.start(cast.leader, day=day, at=now)
    verdict = days.Verdict("=三天内修好")
    days.decide(cast.leader, day=day, item=day.items.get(), key=uuid4(), verdict=verdict, at=now)
    days.close(cast.leader, day=day, words="", at=now)
    leader = sign_in("leader")

    record = text_of(leader.get(f"/console/dispatch-days/{day.key}/record"))
    paper = record[record.index('class="card paper"') :]
    file = leader.get(f"/console/dispatch-days/{day.key}/list.csv").content.decode("utf-8-sig")

    assert case.number in paper
    assert "三天内修好" in paper
    for name in (cast.leader.name, cast.seat.name, cast.resident.name):
        assert name not in paper + file
    assert "\n=三" not in file
    assert ",=三" not in file  # no formula of a spreadsheet


def test_counts_of_a_leaders_places_open_their_lists(busy: Desk, sign_in: SignIn) -> None:
    cast = busy.cast
    tie = liaison.bind(
        cast.seat, key=uuid4(), account_id=cast.leader.account_id or 0, area=cast.county.community(11),
        at=datetime.now(UTC),
    )  # fmt: skip
    leader = sign_in("leader")

    text = text_of(leader.get("/console/liaison/mine"))

    for label, query in (("在办", ""), ("超时", "clock=overdue")):
        found = re.search(rf'data-label="{label}"><a[^>]*href="([^"]+)">([\d,]+)</a>', text)
        assert found, label
        assert query in found[1]
        listed = text_of(leader.get(unescape(found[1])))
        assert re.search(rf">\s*{found[2]}\s*(件|<)", listed), (label, found[2])
    gaps = text_of(sign_in("seat").get("/console/liaison/"))
    assert "没有人联系" in gaps
    assert (
        cast.county.community(12).name
        in gaps[gaps.index("没有人联系") : gaps.index("</section>", gaps.index("没有人联系"))]
    )
    wrote = leader.post(
        f"/console/liaison/{tie.key}/visit",
        {"on": str(datetime.now(UTC).date()), "notes": "张三电话 13812345678", "key": str(uuid4())},
    )
    assert wrote.status_code == 422  # nobody's number stands in a visit
