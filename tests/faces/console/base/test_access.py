"""Only what the catalogue allows is in the bytes: who sees a home, who sees counts, who sees nothing."""

import re
from typing import Any

import pytest
from django.test import Client

import factories
from casework import Desk
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.insight.portraits import counting
from lianxin.registry.people.models import Look

from .conftest import ID_NUMBER, NAME, PHONE, Home, SignIn, text_of

pytestmark = pytest.mark.django_db
BASE = "/console/base"
# What no page may hold without a look: names whole, numbers, phones, birth dates.
SECRETS = (NAME, ID_NUMBER, PHONE, "王小丫", "赵地主", "13966667777", "1949-12-31", "1949年12月31日", "2026-09-01")
NOBODY = ("handler", "handler_next_door", "verifier", "auditor")


def person_pages(home: Home) -> list[str]:
    return [
        f"{BASE}/people/{home.old.key}/",
        f"{BASE}/people/{home.old.key}/amend",
        f"{BASE}/people/{home.old.key}/move",
        f"{BASE}/people/{home.old.key}/look",
        f"{BASE}/people/{home.old.key}/end",
        f"{BASE}/people/{home.old.key}/contacts/add",
        f"{BASE}/people/{home.old.key}/join",
        f"{BASE}/households/{home.household.key}/",
    ]


def place_pages(home: Home) -> list[str]:
    return [
        f"{BASE}/estates/E1/",
        f"{BASE}/estates/E1/outlines.geojson",
        f"{BASE}/buildings/B3/",
        f"{BASE}/dwellings/{home.dwelling.code}/",
        f"{BASE}/establishments/S1/",
        f"{BASE}/areas/34088100100101/",
    ]


LISTS = tuple(f"{BASE}/{name}/" for name in ("people", "estates", "buildings", "dwellings", "establishments"))


def test_who_works_next_door_does_not_learn_that_anything_is_there(sign_in: SignIn, home: Home) -> None:
    client = sign_in("grid_worker_next_door")

    found = {path: client.get(path) for path in [*person_pages(home), *place_pages(home)]}

    assert {path for path, response in found.items() if response.status_code != 404} == set()
    assert [path for path, response in found.items() if "和平小区" in text_of(response)] == []


def test_who_works_there_sees_them_masked(sign_in: SignIn, home: Home) -> None:
    client = sign_in("grid_worker")

    pages = {path: client.get(path) for path in [*person_pages(home), *place_pages(home), *LISTS]}

    assert {path for path, response in pages.items() if response.status_code != 200} == set()
    held = {(path, secret) for path, page in pages.items() for secret in SECRETS if secret in text_of(page)}
    assert held == set()
    assert "王**" in text_of(pages[f"{BASE}/people/{home.old.key}/"])
    assert "110***" in text_of(pages[f"{BASE}/people/{home.old.key}/"])


def test_lists_hold_only_ones_own_ground(sign_in: SignIn, home: Home) -> None:
    client = sign_in("grid_worker_next_door")

    said = {path: text_of(client.get(path)) for path in LISTS}

    assert "赵**" in said[f"{BASE}/people/"]
    assert [path for path, page in said.items() if "王**" in page or "和平小区" in page] == []


@pytest.mark.parametrize("who", NOBODY)
def test_departments_firms_and_auditors_see_nothing(sign_in: SignIn, home: Home, who: str) -> None:
    client = sign_in(who)

    found = {path: client.get(path) for path in [*person_pages(home), *place_pages(home), *LISTS]}

    assert {response.status_code for response in found.values()} == {403}
    assert [path for path, response in found.items() if "和平" in text_of(response) or "王*" in text_of(response)] == []


def test_a_property_firm_sees_nothing_of_its_own_estate(desk: Desk, home: Home) -> None:
    firm = factories.make_staff("wuye", "吴业", "handler", unit=desk.cast.county.units["wuye"])
    client = Client()
    client.cookies[SESSION] = begin_session(
        factories.account_of(firm), device="test", address=None, at=home.tag.set_at
    ).key

    for path in [*person_pages(home), *place_pages(home), *LISTS]:
        response = client.get(path)
        assert response.status_code in {302, 403}, path
        assert "王" not in text_of(response).partition("<main")[2]


def test_a_leader_sees_counts_and_nobody(sign_in: SignIn, home: Home) -> None:
    counting.count_all(at=home.tag.set_at)
    client = sign_in("leader")

    for path in person_pages(home):
        assert client.get(path).status_code == 403, path
    for path in place_pages(home):
        said = text_of(client.get(path))
        assert "王*" not in said, path
        assert str(home.old.key) not in said, path
        assert "/base/people/" not in said, path

    estate = text_of(client.get(f"{BASE}/estates/E1/"))
    assert "少于 5" in estate
    assert re.search(r">2</a>\s*<small>人", estate) is None
    dwelling = text_of(client.get(f"{BASE}/dwellings/{home.dwelling.code}/"))
    assert "有人居住，少于 5 人" in dwelling
    building = text_of(client.get(f"{BASE}/buildings/B3/"))
    assert "需要关照" not in building
    assert "独居老人" not in building


def test_care_is_shown_to_who_serves_and_not_to_who_only_keeps_data(sign_in: SignIn, home: Home) -> None:
    path = f"{BASE}/people/{home.old.key}/"

    served, kept = text_of(sign_in("community_clerk").get(path)), text_of(sign_in("data_officer").get(path))

    assert "独居老人需照应" in served
    assert "独居老人" not in kept
    assert "关爱" not in kept.partition("<main")[2]
    listed = text_of(sign_in("data_officer").get(f"{BASE}/people/?need=lone_elder"))
    assert "独居老人" not in listed


def test_who_lives_elsewhere_is_not_named(sign_in: SignIn, home: Home) -> None:
    path = f"{BASE}/dwellings/{home.dwelling.code}/"

    worker, clerk = text_of(sign_in("grid_worker").get(path)), text_of(sign_in("community_clerk").get(path))

    assert "住在别处的人" in worker
    assert "赵*" not in worker
    assert str(home.landlord.key) not in worker
    assert "赵**" in clerk


def look(client: Client, home: Home, **told: Any) -> Any:
    return client.post(f"{BASE}/people/{home.old.key}/look", told, headers={"HX-Request": "true"})


def test_numbers_come_only_with_a_reason_on_record(sign_in: SignIn, home: Home) -> None:
    client = sign_in("grid_worker")

    without = look(client, home, fields=["id_number", "phone"])
    said = look(client, home, fields=["phone"], reason="visit")

    assert without.status_code == 422
    assert ID_NUMBER not in text_of(without)
    assert PHONE in text_of(said)
    assert ID_NUMBER not in text_of(said)  # only what was asked for
    assert "王格" in text_of(said)  # the mark of who looks
    assert [(one.fields, one.reason) for one in Look.objects.all()] == [(["phone"], "visit")]
    # The page itself stays masked; the look stands on it.
    page = text_of(client.get(f"{BASE}/people/{home.old.key}/"))
    assert PHONE not in page
    assert "上门走访" in page


@pytest.mark.parametrize("who", ["grid_worker_next_door", "leader", "handler", "seat"])
def test_who_may_not_reveal_gets_no_number_whatever_they_send(sign_in: SignIn, home: Home, who: str) -> None:
    response = look(sign_in(who), home, fields=["id_number", "phone", "name"], reason="visit")

    assert response.status_code in {403, 404}
    assert [secret for secret in SECRETS if secret in text_of(response)] == []
    assert not Look.objects.exists()


def test_a_merged_record_leads_to_the_one_that_was_kept(sign_in: SignIn, home: Home) -> None:
    clerk = sign_in("community_clerk")
    path = f"{BASE}/people/{home.old.key}/merge/{home.child.key}"
    done = clerk.post(path, {"keep": str(home.old.key), "reason": "核对过身份证"})

    led = clerk.get(f"{BASE}/people/{home.child.key}/")

    assert (done.status_code, led.status_code) == (302, 302)
    assert str(home.old.key) in led["Location"]
