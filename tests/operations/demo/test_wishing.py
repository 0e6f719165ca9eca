"""The demo's letters: every state, every topic, the same each time, at the desk of the ready clerk."""

from collections import Counter
from datetime import UTC, datetime

import pytest

import factories
from cast import Cast
from lianxin.operations.demo import wishing
from lianxin.operations.demo.people import Person
from lianxin.operations.demo.staffing import Worker
from lianxin.work.wishes.models import Letter, Note

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


def test_letters_stand_in_every_state(cast: Cast) -> None:
    area = cast.county.community(11)
    second = factories.make_staff("shequ2", "秦二", "community_clerk", area=area)
    staff = [
        Worker(actor.account_id or 0, f"u{actor.account_id}", actor.name, "community_clerk", 0, area.code)
        for actor in (cast.community_clerk, second)
    ]
    residents = [Person(f"王{number}", "female", f"1380000{number:04d}") for number in range(40)]

    made = wishing.make("tongcheng", residents, staff, seed=1, now=NOW)

    assert made == Letter.objects.count() == len(wishing.LETTERS)
    assert set(Counter(Letter.objects.values_list("state", flat=True))) == set(Letter.State.values)
    assert set(Letter.objects.values_list("topic", flat=True)) == set(Letter.Topic.values)
    assert Letter.objects.exclude(case_number="").count() == 1
    assert Letter.objects.exclude(late_told_at=None).exists()
    assert Letter.objects.filter(asks__state="agreed", asks__to_id=second.account_id).exists()
    assert Note.objects.filter(is_relayed=True).count() == 4
