"""The board of likely pairs and the page of periods, and what stands in their bytes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

import factories
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.people import actions as people
from lianxin.registry.people import queries
from neighbours import LI, WANG, WANG_ID, Street

AGO = datetime.now(UTC) - timedelta(hours=1)
BORN = {"name": "王秀英", "birth_date": "1949-12-31", "phone": "13900001111"}


def browser(actor: Actor) -> Client:
    client = Client()
    account = factories.account_of(actor)
    client.cookies[SESSION] = begin_session(account, device="test", address=None, at=datetime.now(UTC)).key
    return client


def test_the_board_shows_pairs_masked_and_leads_to_both_side_by_side(street: Street) -> None:
    one, other = street.lives(WANG, at=AGO), street.lives(BORN, number="102", at=AGO)

    page = browser(street.cast.community_clerk).get("/console/base/people/pairs").content.decode()

    assert "同姓名、同出生日期" in page
    assert f"/console/base/people/{one.key}/merge/{other.key}" in page
    assert "王**" in page
    assert not any(value in page for value in ("王秀英", WANG_ID, "13800001234", "13900001111", "1949-12-31"))


def test_the_board_takes_as_many_statements_for_many_as_for_few(street: Street, django_assert_max_num_queries) -> None:
    client = browser(street.cast.community_clerk)
    for _count in range(6):
        street.lives(BORN, at=AGO)

    with django_assert_max_num_queries(12):
        page = client.get("/console/base/people/pairs")

    assert page.content.count(b"/merge/") == 15
    assert len(page.content) < 40_000


def test_pages_go_on_and_a_cursor_of_ones_own_making_is_refused(street: Street) -> None:
    client = browser(street.cast.community_clerk)
    for _count in range(9):
        street.lives(BORN, at=AGO)

    first = client.get("/console/base/people/pairs").content.decode()
    following = first.partition('href="?after=')[2].partition('"')[0]
    second = client.get(f"/console/base/people/pairs?after={following}").content.decode()

    assert first.count("/merge/") == 30
    assert second.count("/merge/") == 6
    for made_up in ("1;drop", "1", "-", "99999999999999999999-1", "1-%00"):
        assert client.get(f"/console/base/people/pairs?after={made_up}").status_code == 422


def test_nobody_sees_pairs_of_elsewhere(street: Street) -> None:
    street.lives(BORN, grid=222, at=AGO)
    street.lives(BORN, grid=222, number="102", at=AGO)

    page = browser(street.cast.community_clerk).get("/console/base/people/pairs").content.decode()

    assert "没有疑似重复" in page


@pytest.mark.parametrize(("who", "status"), [("community_clerk", 200), ("data_officer", 200), ("grid_worker", 403)])
def test_periods_are_shown_to_who_answers(street: Street, who: str, status: int) -> None:
    person = street.lives(WANG, at=AGO - timedelta(days=800))
    people.end_person(street.cast.grid_worker, person=person, end="left", at=AGO - timedelta(days=740))

    page = browser(getattr(street.cast, who)).get("/console/data/retention/")

    assert page.status_code == status
    if status == 200:
        assert "已去世、已迁出的人" in page.content.decode()
        assert "王" not in page.content.decode().partition("<main")[2]


def test_who_moved_here_is_received_by_the_card(street: Street) -> None:
    there = street.lives(WANG, grid=112, at=AGO)
    flat = street.flat("102")
    client = browser(street.cast.grid_worker)
    told = {"name": "王秀莹", "id_number": WANG_ID, "dwelling": flat.code}

    wrong = client.post("/console/base/people/receive", told)
    right = client.post("/console/base/people/receive", told | {"name": "王秀英"})

    assert wrong.status_code == 422
    assert "都相符" in wrong.content.decode()
    assert right.status_code == 302
    assert right["Location"] == f"/console/base/people/{there.key}/"
    there.refresh_from_db()
    assert there.home == flat


def test_a_number_on_the_books_elsewhere_leads_to_receiving(street: Street) -> None:
    street.lives(WANG, grid=112, at=AGO)
    told = {"name": "王秀英", "id_number": WANG_ID, "dwelling": street.flat("102").code, "residence": "lives"}

    page = browser(street.cast.grid_worker).post("/console/base/people/add", told)

    assert page.status_code == 422
    assert "从别处迁入" in page.content.decode()
    assert "/console/base/people/receive" in page.content.decode()


def test_a_mistaken_end_is_put_back_and_a_mistaken_file_erased_from_the_page(street: Street) -> None:
    person = street.lives(WANG, at=AGO)
    people.end_person(street.cast.grid_worker, person=person, end="died", at=AGO + timedelta(minutes=1))
    client, address = browser(street.cast.community_clerk), f"/console/base/people/{person.key}"

    assert f"{address}/restore" in client.get(f"{address}/").content.decode()
    assert client.post(f"{address}/restore", {"reason": "登记错了人"}).status_code == 302
    person.refresh_from_db()
    assert person.end == ""

    assert f"{address}/erase" in client.get(f"{address}/").content.decode()
    assert client.post(f"{address}/erase", {"reason": "retention"}).status_code == 422
    assert client.post(f"{address}/erase", {"reason": "mistake"}).status_code == 302
    assert client.get(f"{address}/").status_code == 404


def test_a_grid_worker_is_offered_no_erasing(street: Street) -> None:
    person = street.lives(WANG, at=AGO)
    address = f"/console/base/people/{person.key}"

    page = browser(street.cast.grid_worker).get(f"{address}/").content.decode()

    assert f"{address}/end" in page
    assert f"{address}/erase" not in page


def test_a_household_is_split_from_its_page(street: Street) -> None:
    worker, client = street.cast.grid_worker, browser(street.cast.grid_worker)
    wang, li = street.lives(WANG, at=AGO), street.lives(LI, at=AGO)
    girl = street.lives({"name": "李小雨", "birth_date": "2015-06-01"}, at=AGO)
    old = people.form_household(worker, key=uuid4(), dwelling=street.flat(), head=wang, at=AGO)
    for person, relation in ((li, "长子"), (girl, "孙女")):
        people.join_household(worker, household=old, person=person, relation=relation, at=AGO)
    address = f"/console/base/households/{old.key}"

    assert f"{address}/split" in client.get(f"{address}/").content.decode()
    assert client.post(f"{address}/split", {"head": str(li.key), "along": [str(girl.key)]}).status_code == 302

    now = datetime.now(UTC)
    new = queries.household_of(li, at=now)
    assert new is not None
    assert new != old
    assert [(member.person, member.relation) for member in queries.members_of(new, at=now)] == [
        (li, "户主"), (girl, "其他"),
    ]  # fmt: skip
    assert [member.person for member in queries.members_of(old, at=now)] == [wang]
