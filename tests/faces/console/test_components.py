"""Components at the desk, without script: the list and its counts, one with its history, forms, labels, the table."""

import io
import re
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

import filming
from casework import Desk
from figures_shown import shown
from lianxin.foundation.audit.models import AuditEntry
from lianxin.kernel.files import actions as files
from lianxin.kernel.geometry.points import Point
from lianxin.operations.demo.pictures import draw
from lianxin.registry.components import actions as components
from lianxin.registry.components.models import Component, State
from lianxin.registry.imports import straight
from lianxin.work.cases import actions as cases
from sensing import make_device
from standing_on import make_component

from .conftest import SignIn, text_of

LIST = "console:components"
IN_111, IN_112, IN_211 = Point(117.01, 31.01), Point(117.03, 31.01), Point(117.05, 31.01)


@pytest.fixture
def city(desk: Desk) -> list[Component]:
    """Return two covers and two lamps in three grids; one cover broken."""
    keeper = desk.cast.county.units["paishui"].id
    covers = [
        make_component(IN_111, name="同安路 1 号井盖", maintaining_unit_id=keeper),
        make_component(IN_112, name="同安路 2 号井盖", state=State.DAMAGED, maintaining_unit_id=keeper),
    ]
    lamps = [make_component(spot, category="0137", name=f"文昌路 {spot.lon} 灯") for spot in (IN_111, IN_211)]
    return [*covers, *lamps]


def listed(client: Any, query: str = "") -> str:
    """Open the list."""
    return text_of(client.get(f"{reverse(LIST)}?{query}"))


def fetched(client: Any, path: str) -> int:
    """Fetch a file to its end and return the status."""
    answer = client.get(path)
    for close in answer._resource_closers:  # closing the response would close the connection of this test, too
        close()
    return int(answer.status_code)


def follow(response: Any, client: Any) -> str:
    """Open where a form led to."""
    assert response.status_code == 302, text_of(response)[-3000:]
    return text_of(client.get(response["Location"]))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 4),
        ("class=0137", 2),
        ("class=01", 4),
        ("state=damaged", 1),
        ("state=amiss", 1),
        ("unit=paishui", 2),
        ("words=同安路", 2),
        ("words=排水所", 2),
        ("words=3408810137", 2),
        ("words=340881 0102 000001", 1),
        ("words=0002", 2),
        ("area=340881001002", 0),
        ("stale=never", 4),
        ("stale=year", 4),
        ("class=9999&state=nonsense&unit=nobody&area=nowhere", 4),
    ],
)
def test_the_list_is_narrowed_by_words_of_the_address(
    city: list[Component], sign_in: SignIn, query: str, found: int
) -> None:
    said = listed(sign_in("seat"), query)
    assert f'data-total="{found}"' in said
    assert len(re.findall('name="pick"', said)) == found


def test_counts_lead_to_lists_of_that_many_and_follow_the_filters(city: list[Component], sign_in: SignIn) -> None:
    client = sign_in("seat")
    said = listed(client, "class=0102")
    links = re.findall(r'href="([^"]+)"[^>]*data-count="(\d+)"', said)
    assert len(links) >= 4
    for url, count in links:
        path = url.replace("&amp;", "&")
        assert f'data-total="{count}"' in text_of(client.get(path)), url


def test_no_number_stands_bare(desk: Desk, city: list[Component], sign_in: SignIn) -> None:
    client = sign_in("seat")
    pages = [f"{reverse(LIST)}?state=damaged", f"{reverse(LIST)}?class=0137",
             reverse("console:component", args=[city[0].key]), reverse("console:component_labels")]  # fmt: skip
    assert {path: shown(text_of(client.get(path))).bare for path in pages} == {path: [] for path in pages}


def test_everybody_sees_what_lies_with_them(city: list[Component], sign_in: SignIn) -> None:
    assert 'data-total="2"' in listed(sign_in("grid_worker"))  # of grid 111
    assert 'data-total="3"' in listed(sign_in("community_clerk"))  # of community 11
    assert 'data-total="2"' in listed(sign_in("assist_handler"))  # what 排水所 maintains
    other = sign_in("handler").get(reverse("console:component", args=[city[0].key]))
    assert other.status_code == 404
    assert sign_in("auditor").get(reverse(LIST)).status_code == 403


def test_who_may_not_register_is_offered_nothing_to_press(city: list[Component], sign_in: SignIn) -> None:
    client = sign_in("seat")
    said = text_of(client.get(reverse("console:component", args=[city[0].key])))
    assert "改资料" not in said
    assert "核对</a>" not in said
    assert client.post(reverse("console:component_end", args=[city[0].key]), {"reason": "拆了"}).status_code == 403


def test_registered_on_the_map_with_a_photo_then_checked_amended_and_struck_off(
    desk: Desk, city: list[Component], sign_in: SignIn
) -> None:
    client = sign_in("community_clerk")
    photo = SimpleUploadedFile("a.jpg", draw(Random(1), "井盖"), "image/jpeg")
    told = {
        "category": "0102", "name": "", "lon": "117.0301", "lat": "31.0102", "address": "南门外", "state": "intact",
        "maintaining_unit_id": "排水所", "surveyed_how": "field", "accuracy": "B", "photos": photo,
    }  # fmt: skip
    said = follow(client.post(reverse("console:component_add"), told), client)
    assert "已登记“污水井盖”，标识码 340881 0102 000003" in said
    made = Component.objects.get(number="3408810102000003")
    assert "/api/v1/files/" in said
    assert fetched(client, re.findall(r"/api/v1/files/[0-9a-f-]+", said)[0]) == 200

    key = str(uuid4())
    check = {"key": key, "state": "damaged", "note": "缺了一角", "lon": "117.0301", "lat": "31.0102"}
    for _again in range(2):
        said = follow(client.post(reverse("console:component_check", args=[made.key]), check), client)
    assert "完好 → 破损" in said
    assert said.count("缺了一角") == 1

    told = {**told, "name": "南门井盖", "state": "damaged", "seen": "2", "photos": ""}
    assert "改好了" in follow(client.post(reverse("console:component_amend", args=[made.key]), told), client)
    stale = client.post(reverse("console:component_amend", args=[made.key]), told)
    assert stale.status_code == 422
    assert "刚被别人改过" in text_of(stale)

    end = reverse("console:component_end", args=[made.key])
    assert "已注销" in follow(client.post(end, {"reason": "道路改造拆除", "seen": "3"}), client)
    assert 'data-total="3"' in listed(client)
    assert "道路改造拆除" in text_of(client.get(reverse("console:component", args=[made.key])))
    assert 'data-total="1"' in listed(client, "gone=1")


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(city: list[Component], sign_in: SignIn) -> None:
    told = {"category": "0137", "name": "试一盏", "number": "123", "state": "intact", "surveyed_how": "field",
            "accuracy": "C", "lon": "117.03", "lat": "31.01"}  # fmt: skip
    answer = sign_in("community_clerk").post(reverse("console:component_add"), told)
    assert answer.status_code == 422
    assert "标识码应是 16 位" in text_of(answer)
    assert "试一盏" in text_of(answer)


def test_the_page_shows_its_cases_and_who_turned_its_state(desk: Desk, city: list[Component], sign_in: SignIn) -> None:
    case = desk.filed(text="井盖响得睡不着", at=datetime.now(UTC))
    cases.amend(desk.cast.seat, case=case, seen=None, at=datetime.now(UTC), component=city[0].key)
    said = text_of(sign_in("seat").get(reverse("console:component", args=[city[0].key])))
    assert "井盖响得睡不着" in said
    assert reverse("console:case", args=[case.number]) in said


def test_labels_of_what_was_picked_are_a_pdf_with_codes(city: list[Component], sign_in: SignIn) -> None:
    client = sign_in("community_clerk")
    picked = f"pick={city[0].number}&pick={city[1].number}&pick=;drop"
    said = text_of(client.get(f"{reverse('console:component_labels')}?{picked}"))
    assert "2 张标签，A4 1 页" in said
    answer: Any = client.get(re.findall(r'href="([^"]+/labels/file[^"]+)"', said)[0].replace("&amp;", "&"))
    paper = b"".join(answer.streaming_content)
    assert paper.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
    # One of another's is not printed, and nobody learns that it is there.
    assert "没有可打印的标签" in text_of(client.get(f"{reverse('console:component_labels')}?pick={city[3].number}"))
    assert client.get(f"{reverse('console:component_label_file')}?from=9").status_code == 404


def test_the_list_leaves_as_a_table_that_can_come_back_and_says_who_took_it(
    desk: Desk, city: list[Component], sign_in: SignIn, tmp_path: Any
) -> None:
    client = sign_in("community_clerk")
    url = f"{reverse('console:components_export')}?class=0102"
    assert client.post(url, {"purpose": "看"}).status_code == 422
    answer: Any = client.post(url, {"purpose": "给排水所核对"})
    table = b"".join(answer.streaming_content)
    rows = list(load_workbook(io.BytesIO(table), read_only=True).active.values)
    assert [row[1] for row in rows[1:]] == ["同安路 1 号井盖", "同安路 2 号井盖"]
    audit = AuditEntry.objects.get(action="components.export")
    assert (audit.reason, audit.detail) == ("给排水所核对", {"rows": 2})

    path = tmp_path / "back.xlsx"
    path.write_bytes(table)
    run = straight.check(desk.cast.community_clerk, straight.Plan("components", path), at=datetime.now(UTC))
    assert run.counts.get("same") == 2, run.counts


def test_a_list_costs_few_statements_however_long_it_is(desk: Desk, city: list[Component], sign_in: SignIn) -> None:
    client = sign_in("seat")
    listed(client)
    with CaptureQueriesContext(
        connection,
    ) as few:
        listed(client)
    for number in range(20):
        make_component(Point(117.01 + number / 10_000, 31.011), category="0137")
    listed(client)
    with CaptureQueriesContext(connection) as many:
        listed(client)
    assert len(many) == len(few)
    assert len(few) <= 10


def test_an_empty_town_says_what_to_do(desk: Desk, sign_in: SignIn) -> None:
    assert "导入普查表" in listed(sign_in("community_clerk"))
    said = listed(sign_in("seat"))
    assert "还没有登记部件" in said
    assert "登记部件</a>" not in said


def test_a_photo_of_a_component_is_seen_by_who_sees_it(desk: Desk, city: list[Component], sign_in: SignIn) -> None:
    photo = files.store(
        draw(Random(2), "灯"), kind="photo", at=datetime.now(UTC), by_id=desk.cast.grid_worker.account_id
    )
    components.check(
        desk.cast.grid_worker, key=uuid4(), component=city[0], state="intact", files=[photo.key], at=datetime.now(UTC)
    )
    assert fetched(sign_in("grid_worker"), f"/api/v1/files/{photo.key}") == 200
    assert fetched(sign_in("grid_worker_next_door"), f"/api/v1/files/{photo.key}") == 404


def test_the_portrait_of_an_area_counts_its_components(desk: Desk, city: list[Component], sign_in: SignIn) -> None:
    community = desk.cast.county.community(11)
    said = text_of(sign_in("community_clerk").get(reverse("console:portrait", args=[community.code])))
    url = re.findall(r'href="([^"]+)">部件 3</a>', said)[0]
    assert 'data-total="3"' in text_of(sign_in("community_clerk").get(url))


def test_what_is_fitted_on_it_stands_on_its_page_for_who_may_see_it(
    desk: Desk, city: list[Component], sign_in: SignIn
) -> None:
    make_device("M-0001", at=datetime.now(UTC), component_id=city[0].pk, name="一号智能井盖")
    filming.camera(desk.cast, component_id=city[0].pk)
    path = reverse("console:component", args=[city[0].key])

    said = text_of(sign_in("seat").get(path))
    assert "一号智能井盖" in said
    assert "同安路口1号" in said
    assert "一号智能井盖" not in text_of(sign_in("verifier").get(path))
