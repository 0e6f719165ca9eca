"""A department pushes what it owns, with a key of its own; each record has its result."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from cast import Cast
from factories import account_of
from homes import ID_NUMBER, PHONE, make_building, make_dwelling, make_establishment, make_estate, make_person
from lianxin.foundation.accounts import actions as accounts
from lianxin.registry.people.actions import confirm_person
from lianxin.registry.people.models import Person
from lianxin.registry.places.actions.dwellings import confirm_dwelling
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources import queries
from lianxin.registry.sources.models import Conflict, Revision, Source
from register import load_register

from .conftest import Caller

pytestmark = pytest.mark.django_db
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).isoformat()


@pytest.fixture
def department(cast: Cast) -> Caller:
    """A program of 市城管局, which owns names here; its key pushes and nothing else."""
    load_register(owners={"person.name": "cgj", "dwelling.number": "cgj"})
    _token, key = accounts.create_token(
        cast.admin, account=account_of(cast.handler), name="人口库", scopes=["sources.push"], days=9,
        at=datetime.now(UTC),
    )  # fmt: skip
    return Caller(bearer=key)


@pytest.fixture
def person(cast: Cast) -> Person:
    """王秀英 in grid 111."""
    home = make_dwelling(make_building(make_estate(cast.county.grid(111))))
    return make_person(home=home, id_number=ID_NUMBER, phone=PHONE, since=datetime.now(UTC) - timedelta(days=500))


def record(**values: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "find": {"id_number": ID_NUMBER}, "values": values}


def push(caller: Caller, *records: dict[str, Any], subject: str = "person", **more: Any) -> Any:
    return caller.post(f"/push/{subject}", {"name": "11月名册", "at": YESTERDAY, "records": list(records)} | more)


def results(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    return [one["result"] for one in answer.json()["results"]]


def test_what_the_department_owns_is_taken_over_and_leaves_a_trace(department: Caller, person: Person) -> None:
    answer = push(department, record(name="王秀瑛"))

    assert results(answer) == ["applied"]
    person.refresh_from_db()
    assert (person.name, person.initials) == ("王秀瑛", "wxy")
    source = Source.objects.get(pk=answer.json()["source"])
    assert (source.kind, source.name, source.counts) == ("push", "11月名册", {"applied": 1})
    revision = Revision.objects.get(subject="person", subject_id=person.pk)
    assert (revision.source_id, revision.actor_label, revision.fields) == (source.pk, "程管", ["name"])
    confirmed = queries.confirmed("person", person.pk)["person.name"]
    assert confirmed.at == datetime.fromisoformat(YESTERDAY)
    assert confirmed.unit_id == source.unit_id


def test_sent_again_nothing_happens_even_if_others_have_changed_it_since(department: Caller, person: Person) -> None:
    sent = record(name="王秀瑛")
    push(department, sent)
    Person.objects.filter(pk=person.pk).update(name="王秀莹")

    assert results(push(department, sent)) == ["same"]

    person.refresh_from_db()
    assert person.name == "王秀莹"
    reused = push(department, sent | {"values": {"name": "别人"}})
    assert results(reused) == ["refused"]


def test_against_what_the_community_confirmed_it_is_a_conflict(cast: Cast, department: Caller, person: Person) -> None:
    confirm_person(cast.grid_worker, person=person, at=datetime.now(UTC), fields=["phone"])

    answer = push(department, record(phone="13900001111"))

    assert results(answer) == ["conflict"]
    assert answer.json()["results"][0]["fields"] == {"phone": "conflict"}
    conflict = Conflict.objects.get()
    assert (conflict.held, conflict.offered) == (PHONE, "13900001111")
    person.refresh_from_db()
    assert person.phone == PHONE


def test_one_wrong_record_refuses_itself_only(department: Caller, person: Person) -> None:
    answer = push(
        department,
        record(phone="12"),
        record(faith="无"),
        record(home="和平小区3幢"),
        record() | {"values": {"name": "甲"}, "find": {"id_number": "110101199003078515"}},
        record(name="王秀瑛", phone=PHONE),
    )

    assert results(answer) == ["refused", "refused", "refused", "refused", "applied"]
    faults = [list(one["errors"]) for one in answer.json()["results"]]
    assert faults == [["phone"], ["faith"], ["home"], ["find"], []]


def test_places_are_found_by_code_and_read_as_text(cast: Cast, department: Caller, person: Person) -> None:
    home = person.home
    assert home is not None
    assert home.building.estate is not None
    shop = make_establishment(home.building.estate, contact="钱老板")
    flat = {"id": str(uuid4()), "find": {"code": home.code}}

    assert results(push(department, flat | {"values": {"square_metres": "89.50"}}, subject="dwelling")) == ["applied"]
    told = {"id": str(uuid4()), "find": {"code": shop.code}, "values": {"staff_count": "12", "has_party_branch": "否"}}
    assert results(push(department, told, subject="establishment")) == ["applied"]

    home.refresh_from_db()
    shop.refresh_from_db()
    assert str(Dwelling.objects.get(pk=home.pk).square_metres) == "89.50"
    assert (shop.staff_count, shop.has_party_branch) == (12, False)
    again = told | {"id": str(uuid4()), "values": {"staff_count": "很多"}}
    assert push(department, again, subject="establishment").json()["results"][0]["errors"] == {
        "staff_count": "写法不对，请核对。"
    }


def test_what_somebody_saw_at_a_place_stands_against_a_list(cast: Cast, department: Caller, person: Person) -> None:
    home = person.home
    assert home is not None
    confirm_dwelling(cast.grid_worker, dwelling=home, at=datetime.now(UTC))

    told = {"id": str(uuid4()), "find": {"code": home.code}, "values": {"use": "let", "number": "102"}}
    answer = push(department, told, subject="dwelling")

    # The use is the community's to say, the number is the department's.
    assert answer.json()["results"][0]["fields"] == {"use": "conflict", "number": "applied"}
    home.refresh_from_db()
    assert (home.use, home.number) == ("self", "102")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda sent: sent | {"records": []}, 422),
        (lambda sent: sent | {"records": sent["records"] * 501}, 422),
        (lambda sent: sent | {"records": sent["records"] * 2}, 422),
        (lambda sent: sent | {"unit": "jiaojing"}, 403),
        (lambda sent: sent | {"unit": "nobody"}, 422),
        (lambda sent: {**sent, "at": "不知道"}, 422),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_whole(
    department: Caller, person: Person, change: Callable[[dict[str, Any]], dict[str, Any]], status: int
) -> None:
    answer = department.post("/push/person", change({"name": "名册", "at": YESTERDAY, "records": [record(name="甲")]}))

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert not Source.objects.exists()


def test_the_key_opens_nothing_else(department: Caller, person: Person) -> None:
    assert department.get("/cases").status_code == 403
    assert push(department, record(name="甲"), subject="care").status_code == 404


def test_the_register_is_read_by_programs(cast: Cast, department: Caller) -> None:
    answer = department.get("/fields?subject=dwelling")

    number = next(one for one in answer.json()["items"] if one["code"] == "dwelling.number")
    assert (number["owner"], number["column"], number["required"]) == ("cgj", "number", True)
    assert department.get("/fields?subject=dwelling", if_none_match=answer["ETag"]).status_code == 304
