"""One box: what is typed finds people and places of one's own ground; numbers only for a reason."""

import pytest
from django.test import Client

from lianxin.foundation.audit.models import AuditEntry

from .conftest import ID_NUMBER, NAME, PHONE, Home, SignIn, text_of

pytestmark = pytest.mark.django_db
PATH = "/console/base/search"


def asked(client: Client, words: str, **more: str) -> str:
    """Return what the script puts under the box."""
    return text_of(client.post(PATH, {"q": words, **more}, headers={"HX-Request": "true"}))


@pytest.mark.parametrize("words", [NAME, "王秀", "wxy", "wangxiuying", "和平小区3幢1单元101"])
def test_a_person_is_found_by_name_letters_and_address(sign_in: SignIn, home: Home, words: str) -> None:
    said = asked(sign_in("grid_worker"), words)

    assert f"/console/base/people/{home.old.key}/" in said
    assert "王**" in said
    assert NAME not in said.replace(f'value="{NAME}"', "")


def test_next_door_finds_nobody(sign_in: SignIn, home: Home) -> None:
    said = asked(sign_in("grid_worker_next_door"), NAME)

    assert "没有找到" in said
    assert str(home.old.key) not in said


@pytest.mark.parametrize("number", [ID_NUMBER, PHONE])
def test_a_number_asks_for_a_reason_first(sign_in: SignIn, home: Home, number: str) -> None:
    client = sign_in("grid_worker")

    first = asked(client, number)
    second = asked(client, number, reason="visit")

    assert str(home.old.key) not in first
    assert "要先说明理由" in first
    assert str(home.old.key) in second
    assert number not in second
    assert AuditEntry.objects.filter(action="people.find_by_number").count() == 1


def test_a_number_that_cannot_be_is_told(sign_in: SignIn, home: Home) -> None:
    response = sign_in("grid_worker").post(PATH, {"q": "110105194912310021"}, headers={"HX-Request": "true"})

    assert response.status_code == 422
    assert 'class="fault"' in text_of(response)


def test_without_script_a_page_answers_and_no_address_holds_the_words(sign_in: SignIn, home: Home) -> None:
    client = sign_in("grid_worker")

    response = client.post(PATH, {"q": "和平"})

    assert response.status_code == 200
    assert "/console/base/estates/E1/" in text_of(response)
    assert "?q=" not in text_of(response).partition("<main")[2]
    assert text_of(client.get(f"{PATH}?q={NAME}")).count(NAME) == 1  # only in the box of cases above, as any address


def test_a_leader_finds_places_and_nobody(sign_in: SignIn, home: Home) -> None:
    client = sign_in("leader")

    assert "/console/base/estates/E1/" in asked(client, "和平小区")
    assert str(home.old.key) not in asked(client, NAME)
    assert "您的岗位不能" in asked(client, PHONE, reason="visit")


def test_the_hub_shows_the_box_to_who_may_search(sign_in: SignIn, home: Home) -> None:
    assert 'id="find-words"' in text_of(sign_in("grid_worker").get("/console/base/"))
    assert 'id="find-words"' not in text_of(sign_in("handler").get("/console/base/"))
