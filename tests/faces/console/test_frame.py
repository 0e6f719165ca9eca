"""What every console page shares."""

import pytest

from .conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("who", "hears"), [("seat", True), ("handler", True), ("auditor", False), ("admin", False)])
def test_only_who_sees_cases_is_connected_to_what_happens(sign_in: SignIn, who: str, hears: bool) -> None:
    page = sign_in(who).get("/console/me").content.decode()

    assert ('data-live="' in page) is hears
