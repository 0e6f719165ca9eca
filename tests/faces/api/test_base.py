"""People and places over the API: the same walls as the pages'."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

import factories
import homes
from cast import Cast
from lianxin.faces.api.people import LookField, LookReason
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.registry.people import looks
from lianxin.registry.people.models import Look

pytestmark = pytest.mark.django_db
SECRETS = ("王秀英", homes.ID_NUMBER, homes.PHONE, "1949-12-31")


@pytest.fixture
def old(cast: Cast) -> Any:
    """An old woman with number, phone and a care tag in grid 111."""
    building = homes.make_building(homes.make_estate(cast.county.grid(111)))
    flat = homes.make_dwelling(building)
    person = homes.make_person(home=flat, id_number=homes.ID_NUMBER, phone=homes.PHONE)
    homes.make_household(flat, person)
    homes.make_care(person)
    return person


def caller(cast: Cast, who: str) -> Client:
    """Return a client with a key of one of the cast."""
    account = factories.account_of(getattr(cast, who))
    entered = begin_session(account, device="test", address=None, at=datetime.now(UTC) - timedelta(minutes=1))
    client = Client(raise_request_exception=False)
    client.cookies["lx_session"] = entered.key
    return client


def test_a_person_comes_masked_with_home_household_and_care(cast: Cast, old: Any) -> None:
    answer = caller(cast, "grid_worker").get(f"/api/v1/people/{old.key}")

    told = answer.json()
    assert (told["name"], told["sex"], told["care"]) == ("王**", "女", ["lone_elder"])
    assert told["home"]["code"] == "B3-1-101"
    assert told["household"]
    assert [one["kind"] for one in told["residences"]] == ["lives"]
    assert [secret for secret in SECRETS if secret in answer.content.decode()] == []


@pytest.mark.parametrize(("who", "status"), [("grid_worker_next_door", 404), ("leader", 403), ("handler", 403)])
def test_who_may_not_see_people_there_gets_nothing(cast: Cast, old: Any, who: str, status: int) -> None:
    client = caller(cast, who)

    assert client.get(f"/api/v1/people/{old.key}").status_code == status
    look = client.post(
        f"/api/v1/people/{old.key}/look", {"fields": ["phone"], "reason": "visit"}, content_type="application/json"
    )
    assert look.status_code in {403, 404}
    assert homes.PHONE not in look.content.decode()
    assert client.get("/api/v1/people/nobody").status_code == status


def test_a_look_needs_its_reason_and_stays_on_record(cast: Cast, old: Any) -> None:
    client = caller(cast, "grid_worker")
    path = f"/api/v1/people/{old.key}/look"

    refused = client.post(path, {"fields": ["phone"], "reason": "other"}, content_type="application/json")
    told = client.post(path, {"fields": ["phone"], "reason": "visit"}, content_type="application/json")

    assert refused.status_code == 422
    assert told.json()["values"] == {"phone": homes.PHONE}
    assert Look.objects.get().fields == ["phone"]


def test_who_keeps_data_does_not_learn_who_needs_care(cast: Cast, old: Any) -> None:
    client = caller(cast, "data_officer")

    assert client.get(f"/api/v1/people/{old.key}").json()["care"] is None
    building = client.get("/api/v1/buildings/B3").json()
    assert [room["needs_care"] for room in building["rooms"]] == [None]
    assert "care" not in building["counts"]


def test_search_finds_masked_and_asks_for_a_reason(cast: Cast, old: Any) -> None:
    client = caller(cast, "grid_worker")

    def ask(**told: str) -> Any:
        return client.post("/api/v1/search", told, content_type="application/json")

    named = ask(words="王秀英")
    number = ask(words=homes.PHONE)
    reasoned = ask(words=homes.PHONE, reason="visit")

    assert [one["key"] for one in named.json()["people"]] == [str(old.key)]
    assert "王秀英" not in named.content.decode()
    assert (number.json()["needs_reason"], number.json()["people"]) == (True, [])
    assert [one["key"] for one in reasoned.json()["people"]] == [str(old.key)]


def test_places_are_open_to_a_leader_and_people_are_a_count(cast: Cast, old: Any) -> None:
    client = caller(cast, "leader")

    estates = client.get("/api/v1/estates?area=34088100100101").json()
    estate = client.get("/api/v1/estates/E1").json()
    building = client.get("/api/v1/buildings/B3").json()
    dwelling = client.get("/api/v1/dwellings/B3-1-101").json()

    assert [one["code"] for one in estates["items"]] == ["E1"]
    assert [(one["code"], one["dwellings"]) for one in estate["buildings"]] == [("B3", 1)]
    assert [(room["number"], room["use"], room["needs_care"]) for room in building["rooms"]] == [("101", "self", None)]
    assert (dwelling["people"], dwelling["people_count"]) == (None, None)
    assert str(old.key) not in str(dwelling)


def test_a_dwelling_names_masked_whom_one_may_see(cast: Cast, old: Any) -> None:
    told = caller(cast, "community_clerk").get("/api/v1/dwellings/B3-1-101").json()

    assert [(one["kind"], one["name"], one["key"]) for one in told["people"]] == [("lives", "王**", str(old.key))]
    assert told["people_count"] == 1


def test_the_words_of_the_api_are_those_of_looks() -> None:
    assert [field.value for field in LookField] == list(looks.FIELDS)
    assert [reason.value for reason in LookReason] == list(looks.REASONS)
