"""Portraits and lists: figures equal their lists, small ones are left out, a page costs the same however full it is."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import homes
from casework import Desk
from lianxin.insight.portraits import counting
from lianxin.registry.people.models import Person

from .conftest import Home, SignIn, text_of

pytestmark = pytest.mark.django_db
BASE = "/console/base"
GRID = "34088100100101"
MOST_BYTES = 40_000


def statements(client: Client, path: str) -> int:
    client.get(path)  # what a process keeps in memory is there from now on
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200, path
    return len(seen)


def fill(home: Home, count: int) -> None:
    for number in range(count):
        born = date(1990 + number % 20, 3, 1)
        homes.make_person(f"张{'一二三四五六七八九十'[number % 10]}", home=home.dwelling, sex="m", birth_date=born)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (f"{BASE}/", 14),
        (f"{BASE}/areas/{GRID}/", 10),
        (f"{BASE}/people/", 5),
        (f"{BASE}/dwellings/", 5),
        (f"{BASE}/estates/", 5),
        (f"{BASE}/buildings/", 5),
        (f"{BASE}/establishments/", 5),
        (f"{BASE}/estates/E1/", 9),
        (f"{BASE}/buildings/B3/", 7),
        (f"{BASE}/dwellings/B3-1-101/", 7),
        (f"{BASE}/care/", 6),
    ],
)
def test_a_page_costs_the_same_however_full_it_is(sign_in: SignIn, home: Home, path: str, most: int) -> None:
    client = sign_in("grid_worker")
    counting.count_all(at=datetime.now(UTC))
    few = statements(client, path)
    fill(home, 45)
    counting.count_all(at=datetime.now(UTC))

    many = statements(client, path)

    assert many == few <= most
    assert len(client.get(path).content) < MOST_BYTES


def test_each_count_opens_the_list_behind_it(sign_in: SignIn, home: Home) -> None:
    fill(home, 12)
    counting.count_all(at=datetime.now(UTC))
    client = sign_in("grid_worker")
    page = text_of(client.get(f"{BASE}/areas/{GRID}/"))

    links = re.findall(r'<b><a href="([^"]+people/\?[^"]+)" data-count="[\d,]+">([\d,]+)</a></b>', page)

    assert links
    for url, said in links:
        listed = text_of(client.get(url.replace("&amp;", "&")))
        assert f'<span class="muted">{said} 人</span>' in listed, url


def test_a_leader_is_not_told_small_counts_nor_what_gives_them_away(sign_in: SignIn, home: Home) -> None:
    fill(home, 30)
    counting.count_all(at=datetime.now(UTC))

    page = text_of(sign_in("leader").get(f"{BASE}/areas/{GRID}/"))

    pyramid = page.split('class="pyramid"')[1].split("</table>")[0]
    told = [int(said) for said in re.findall(r"<b>(\d+)</b>", pyramid)]
    assert all(count == 0 or count >= 5 for count in told)
    assert "少于 5" in pyramid
    assert "people/?" not in page
    assert "独居老人需照应" in page  # a need, its count too small to be told


def test_what_is_left_out_for_anothers_sake_is_not_called_small(sign_in: SignIn, home: Home) -> None:
    for _number in range(10):
        homes.make_person("张三", home=home.dwelling, sex="m", birth_date=date(1990, 3, 1))
    Person.objects.filter(pk=home.child.pk).update(birth_date=home.old.birth_date)  # both of one band now
    homes.make_person("高龄", home=home.dwelling, sex="f", birth_date=date(1930, 1, 1))
    for _number in range(5):
        homes.make_person("老年", home=home.dwelling, sex="f", birth_date=home.old.birth_date)
    counting.count_all(at=datetime.now(UTC))

    page = text_of(sign_in("leader").get(f"{BASE}/areas/{GRID}/"))

    pyramid = page.split('class="pyramid"')[1].split("</table>")[0]
    assert pyramid.count("不列出") == 2  # the one of eighty, and the seven that would give her away
    assert "少于 5" not in pyramid


def test_nothing_counted_yet_is_said(sign_in: SignIn, home: Home) -> None:
    said = text_of(sign_in("leader").get(f"{BASE}/areas/340881/"))

    assert "还没有统计过" in said


def test_next_months_line_begins_with_the_past(sign_in: SignIn, home: Home) -> None:
    fill(home, 6)
    counting.count_all(at=datetime.now(UTC))
    counting.reckon_past(at=datetime.now(UTC))

    said = text_of(sign_in("grid_worker").get(f"{BASE}/areas/{GRID}/"))

    assert 'class="trend"' in said
    assert "看数据" in said


@pytest.mark.parametrize(
    "query",
    [
        "area=nowhere",
        "sex=x",
        "band=999",
        "need=none",
        "use=palace",
        "estate=E9",
        "building=%00",
        "stale=",
        "after=xyz",
    ],
)
def test_an_address_that_means_nothing_is_no_fault_of_ours(sign_in: SignIn, home: Home, query: str) -> None:
    client = sign_in("grid_worker")

    for name in ("people", "dwellings", "estates", "buildings", "establishments"):
        assert client.get(f"{BASE}/{name}/?{query}").status_code in {200, 422}


def test_a_code_that_cannot_be_is_not_there(sign_in: SignIn, home: Home) -> None:
    client = sign_in("grid_worker")

    for kind in ("estates", "buildings", "dwellings", "establishments", "areas"):
        assert client.get(f"{BASE}/{kind}/%00/").status_code == 404
    assert client.get(f"{BASE}/people/add?dwelling=%00").status_code == 200
    assert client.post(f"{BASE}/people/add", {"dwelling": "\0", "name": "\0"}).status_code == 422


def test_dark_corners(sign_in: SignIn, desk: Desk, home: Home) -> None:
    """A long name, nobody's home, a foreigner, a baby without papers, a dwelling without a floor."""
    grid: dict[str, Any] = homes.placed(desk.cast.county.grid(111))
    long = homes.make_person("阿卜杜勒·艾哈迈德·穆罕默德·本·萨利赫·阿勒哈希米", home=home.dwelling, id_kind="passport")
    nowhere = homes.make_person("无家可", sex="", birth_date=None, **grid)
    homes.make_dwelling(home.building, "", "车库3", floor=None, use="unknown", confirmed_at=None)
    client = sign_in("grid_worker")

    pages = {each.pk: text_of(client.get(f"{BASE}/people/{each.key}/")) for each in (long, nowhere, home.child)}

    assert "阿**" in pages[long.pk]
    assert "护照" in pages[long.pk]
    assert "没有住处" in pages[nowhere.pk]
    assert "性别不详 · 年龄不详" in pages[nowhere.pk]
    assert "没有证件" in pages[home.child.pk]
    assert "个月" in pages[home.child.pk]
    chart = text_of(client.get(f"{BASE}/buildings/B3/"))
    assert "楼层不详" in chart
    assert "车库3" in chart
