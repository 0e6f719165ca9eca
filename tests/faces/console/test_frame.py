"""What every console page shares."""

import pytest

from .conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("who", "hears"), [("seat", True), ("handler", True), ("auditor", False), ("admin", False)])
def test_only_who_sees_cases_is_connected_to_what_happens(sign_in: SignIn, who: str, hears: bool) -> None:
    page = sign_in(who).get("/console/me").content.decode()

    assert ('data-live="' in page) is hears


@pytest.mark.parametrize(("who", "home"), [("seat", "/console/"), ("resident", "/")])
def test_a_page_that_is_not_there_leads_everybody_home(sign_in: SignIn, who: str, home: str) -> None:
    response = sign_in(who).get("/console/no-such-page")

    assert response.status_code == 404
    assert f'href="{home}">回首页' in response.content.decode()
