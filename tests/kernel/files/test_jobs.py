"""The nightly job is known to the worker and removes what was left."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django import app

from lianxin.kernel.files import jobs
from lianxin.kernel.files.actions import begin
from lianxin.kernel.files.models import StoredFile

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 19, 53, tzinfo=UTC)


def test_the_night_removes_what_was_left_and_nothing_else() -> None:
    begin(kind="photo", size=1000, at=AT - timedelta(days=2))
    fresh = begin(kind="photo", size=1000, at=AT - timedelta(hours=1))

    jobs.expire_left(int(AT.timestamp()))

    assert "files.expire" in app.tasks
    assert list(StoredFile.objects.all()) == [fresh]
