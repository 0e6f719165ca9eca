"""The `served` fixture: a real server that sees what the test commits, in a real browser too."""

import pytest
from django.db import connection
from playwright.sync_api import Page

from serving import Served


@pytest.mark.browser
def test_a_browser_meets_a_server_on_the_database_of_the_test(served: Served, page: Page):
    answer = page.goto(f"{served.url}/readyz")

    assert answer is not None
    assert answer.json() == {"status": "ok", "checks": {"database": True, "migrations": True, "keys": True}}
    assert connection.settings_dict["NAME"] in served.database_url
