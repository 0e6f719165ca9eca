"""A bug is shown with a number, and the log says under that number what happened."""

import re

import pytest
from django.test import RequestFactory

from lianxin.faces.parts.faults import broken


@pytest.mark.django_db
def test_a_bug_leaves_its_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/console/cases")

    try:
        int("a bug of ours")
    except ValueError:
        page = broken(request)  # as Django calls it: while the failure is being handled

    assert page.status_code == 500
    number = re.search(r"[0-9A-F]{8}", page.content.decode())
    assert number is not None
    assert number[0] in caplog.text
    assert "ValueError: invalid literal" in caplog.text
    assert "a bug of ours" not in page.content.decode()
