"""Self-service tables and lists of cases at the screen: they say what they count, and take along what they say."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags
from openpyxl import load_workbook

import factories
from casework import Desk, make_desk
from cast import Cast
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.audit.models import AuditEntry
from lianxin.insight.statistics import folding
from lianxin.insight.tables import actions, counting, lists, rules
from lianxin.insight.tables.models import CaseList, SavedTable, Schedule, State, TableFile
from lianxin.registry.exports import store
from lianxin.work.cases.models import Case

MAKE = "/console/statistics/tables/make"
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def sign_in(actor: Actor) -> Client:
    client = Client()
    entered = begin_session(factories.account_of(actor), device="test", address=None, at=datetime.now(UTC))
    client.cookies[SESSION] = entered.key
    return client


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """A few cases of today, in the facts and cubes."""
    desk = make_desk(cast)
    desk.handling(at=NOW - HOUR, name="王芳", phone="13855500001")
    desk.filed(at=NOW - 2 * HOUR, text="路灯不亮好几天了，电话13912345678")
    desk.closed(at=NOW - 3 * HOUR)
    folding.build(at=NOW)
    return desk


def linked(html: str) -> list[tuple[str, int]]:
    """Return the addresses behind the numbers of a page, with what each number says."""
    return [
        (address.replace("&amp;", "&"), int(count))
        for address, count in re.findall(r'<a href="([^"]+)" data-count="(\d+)"', html)
    ]


@pytest.mark.parametrize("words", [
    "f=reported&f=due&f=rate-on_time&period=year", "rows=major&across=channel&period=year", "rows=day&f=reported",
    "rows=stage&f=reported&f=ended&period=year&severity=normal",
])  # fmt: skip
def test_every_number_opens_as_many_cases(desk: Desk, words: str) -> None:
    client = sign_in(desk.cast.leader)
    html = client.get(f"{MAKE}?{words}").content.decode()

    numbers = linked(html)
    assert numbers
    assert len(html.encode()) < 40_000
    for address, count in numbers:
        listed = client.get(f"/console/statistics/tables/{address}").content.decode()
        assert f'data-total="{count}"' in listed, address
        assert listed.count('class="case-link"') == min(count, 20)


def test_a_fault_is_said_and_the_form_stays(desk: Desk) -> None:
    answer = sign_in(desk.cast.leader).get(f"{MAKE}?rows=unit&f=rate-filed")

    assert answer.status_code == 422
    assert "按承办单位分时没有" in strip_tags(answer.content.decode())
    assert 'name="rows"' in answer.content.decode()


def test_another_streets_table_is_not_there(desk: Desk) -> None:
    clerk = sign_in(desk.cast.street_seat)
    assert clerk.get(f"{MAKE}?area=340881002").status_code == 404
    assert clerk.get("/console/statistics/tables/cases?what=reported&area=340881").status_code == 404
    assert clerk.get("/console/statistics/tables/file?area=340881002").status_code == 404


def test_what_takes_a_moment_is_said_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MANY", -1)
    client = sign_in(desk.cast.leader)
    first = client.get(f"{MAKE}?rows=channel").content.decode()
    assert "两三秒就好" in first
    assert not linked(first)

    found = re.search(r'hx-get="([^"]+)"', first)
    assert found
    assert linked(client.get(found[1].replace("&amp;", "&")).content.decode())
    assert linked(client.get(f"{MAKE}?rows=channel&run=1").content.decode())


def test_the_file_says_what_the_page_says(desk: Desk) -> None:
    client = sign_in(desk.cast.leader)
    words = "rows=street&f=reported&f=rate-on_time&period=year"
    said = client.get(f"/console/statistics/tables/file?{words}&format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(said)))
    assert rows[2] == ["街道", "上报", "按期处置率"]
    assert rows[-1][:2] == ["合计", "3"]

    book = load_workbook(io.BytesIO(client.get(f"/console/statistics/tables/file?{words}").content))
    assert [sheet.title for sheet in book] == ["表", "口径"]
    assert book["表"].cell(book["表"].max_row, 2).value == 3


def test_kept_shared_scheduled_and_thrown_away(desk: Desk) -> None:
    leader, street = sign_in(desk.cast.leader), sign_in(desk.cast.street_seat)
    words = "rows=community&f=reported&period=year"
    made = leader.post(f"/console/statistics/tables/save?{words}", {"name": "各社区今年", "shared": "all"})
    assert made.status_code == 302
    page = street.get(made["Location"]).content.decode()
    assert "各社区今年" in page
    assert "删掉" not in page

    sent = {"every": "day", "weekday": "1", "day": "1", "hour": "8", "is_on_workdays": "on", "format": "csv"}
    assert street.post(made["Location"], sent).status_code == 302
    (schedule,) = Schedule.objects.all()
    assert schedule.next_at is not None
    (file,) = actions.fall_due(at=schedule.next_at)
    actions.make(file, at=schedule.next_at)
    page = street.get(made["Location"]).content.decode()
    (address,) = re.findall(r'href="([^"]+/files/[^"]+)"', page)
    content = street.get(address).getvalue().decode("utf-8-sig")
    assert "东苑社区" in content
    assert "西山社区" not in content
    assert leader.get(address).status_code == 404

    assert street.post(f"{made['Location']}end").status_code == 404
    assert leader.post(f"{made['Location']}end").status_code == 302
    assert not SavedTable.objects.exists()
    assert not TableFile.objects.exists()


def take(client: Client, words: str = "", **more: str) -> Any:
    return client.post(f"/console/lists/add?{words}", {"purpose": "月度分析会用", "format": "csv"} | more)


def test_a_list_of_cases_is_written_fetched_in_parts_and_holds_no_persons(desk: Desk) -> None:
    client = sign_in(desk.cast.seat)
    made = take(client, "state=all")
    assert made.status_code == 302
    one = CaseList.objects.get()
    assert "正在生成" in client.get(made["Location"]).content.decode()
    lists.make(one.pk, at=NOW)
    one.refresh_from_db()

    whole = client.get(f"{made['Location']}file").getvalue()
    rows = list(csv.reader(io.StringIO(whole.decode("utf-8-sig"))))
    assert (one.state, one.rows, one.size, len(rows)) == (State.READY, 3, len(whole), 5)
    assert "用途：月度分析会用" in rows[-1][0]
    for secret in ("王芳", "13855500001", "13912345678"):
        assert secret not in whole.decode()

    rest = client.get(f"{made['Location']}file", headers={"Range": "bytes=100-", "If-Range": f'"{one.key.hex}"'})
    assert rest.status_code == 206
    assert rest["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert rest.getvalue() == whole[100:]
    assert client.get(f"{made['Location']}file", headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    actions_ = set(AuditEntry.objects.filter(subject_kind="case_list").values_list("action", "reason"))
    assert actions_ == {("tables.list", "月度分析会用"), ("tables.list_download", "月度分析会用")}

    lists.expire(at=datetime.now(UTC) + rules.LIST_LIVES + HOUR)
    assert client.get(f"{made['Location']}file").status_code == 409


def test_pieces_of_a_long_file_are_fetched_from_anywhere(tmp_path: Any, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path
    key, content = UUID(int=7), Random(1).randbytes(3_500_000)
    with store.Writer(key) as target:
        target.write(content)
    for start in (0, 1, 1_048_575, 1_048_576, 2_500_000, 3_499_999):
        assert b"".join(store.read(key, start)) == content[start:]


def test_a_list_asks_for_a_purpose_and_is_for_who_may(desk: Desk) -> None:
    seat = sign_in(desk.cast.seat)
    assert take(seat, purpose="看").status_code == 422
    assert take(sign_in(desk.cast.community_clerk)).status_code == 403
    assert take(seat).status_code == 302
    one = CaseList.objects.get()
    for who in ("leader", "street_seat"):
        assert sign_in(getattr(desk.cast, who)).get(f"/console/lists/{one.key}/").status_code == 404
    assert seat.post(f"/console/lists/{one.key}/cancel").status_code == 302
    assert lists.make(one.pk, at=NOW) is None


def test_a_list_left_in_the_middle_is_written_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    take(sign_in(desk.cast.street_seat), "state=all")
    one = CaseList.objects.get()
    with monkeypatch.context() as broken:
        broken.setattr(lists, "_write", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            lists.make(one.pk, at=NOW)
    assert lists.resume(at=NOW) == 0
    assert lists.resume(at=NOW + HOUR) == 1
    done = lists.make(one.pk, at=NOW + HOUR)
    assert done is not None
    assert (done.state, done.attempts) == (State.READY, 1)


def test_the_cases_behind_a_number_are_taken_along(desk: Desk) -> None:
    seat = sign_in(desk.cast.seat)
    page = seat.get("/console/statistics/tables/cases?rows=channel&period=year&what=reported").content.decode()
    found = re.search(r'href="(/console/lists/add\?number=[^"]+)"', page)
    assert found
    made = seat.post(found[1], {"purpose": "月度分析会用", "format": "xlsx"})
    assert made.status_code == 302
    one = lists.make(CaseList.objects.get().pk, at=NOW)
    assert one is not None
    assert one.rows == 3
    book = load_workbook(io.BytesIO(seat.get(f"{made['Location']}file").getvalue()))
    numbers = {row[0].value for row in book["案卷"].iter_rows(min_row=2)}
    assert numbers == set(Case.objects.values_list("number", flat=True))
    assert seat.get(f"{found[1]}x").status_code == 404


def test_a_number_of_the_overview_is_taken_along(desk: Desk) -> None:
    street = sign_in(desk.cast.street_seat)
    page = street.get("/console/statistics/cases?what=reported&period=year").content.decode()
    found = re.search(r'href="(/console/lists/add\?number=[^"]+)"', page)
    assert found
    assert street.post(found[1], {"purpose": "月度分析会用", "format": "csv"}).status_code == 302
    made = lists.make(CaseList.objects.get().pk, at=NOW)
    assert made is not None
    assert (made.state, made.rows) == (State.READY, 3)
