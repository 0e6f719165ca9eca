"""A made-up county behaves: each shipped place runs its whole loop, and the same seed makes the same county."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from database import Databases
from lianxin.foundation.accounts.models import Account, DutyShift, Post
from lianxin.foundation.notifications.models import Delivery, Message
from lianxin.kernel.journal.models import Entry
from lianxin.operations.demo import making
from lianxin.operations.demo.filling import Filled
from lianxin.operations.profiles.reader import profiles
from lianxin.work.cases.models import Case
from lianxin.work.cases.replay import mismatches

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CASES = 60
Make = Callable[[str, int], Filled]


@pytest.fixture
def make(databases: Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[Make]:
    """Make small counties, each in a database of its own that the test's connection then leads to.

    The helping process sees only what is committed, so this is no test inside a transaction.
    """
    closing: list[Any] = []

    def _make(name: str, cases: int) -> Filled:
        clone = databases.clone(f"county{len(closing)}")
        url = clone.__enter__()
        pointed = databases.pointed_at(url)
        pointed.__enter__()
        closing.extend([clone, pointed])
        founded = making.found(name, seed=1, now=NOW, told=lambda *_: None)
        return making.pass_a_month(founded, cases=cases) if cases else Filled()

    with django_db_blocker.unblock():
        yield _make
        for each in reversed(closing):
            each.__exit__(None, None, None)


def told() -> dict[str, list[str]]:
    """Return what happened to each case, by the words reported."""
    entries = Entry.objects.filter(subject_kind="case").order_by("subject_id", "version")
    texts = dict(Case.objects.values_list("pk", "text"))
    story: dict[str, list[str]] = {}
    for entry in entries:
        story.setdefault(f"{entry.subject_id} {texts[entry.subject_id]}", []).append(f"{entry.action} {entry.at}")
    return story


@pytest.mark.parametrize("name", profiles())
def test_each_place_runs_its_loop_from_first_report_to_evaluation(make: Make, name: str):
    filled = make(name, CASES)

    acts = {case: [line.split()[0] for line in lines] for case, lines in told().items()}
    whole = ["report", "file", "dispatch", "accept", "handle", "verify", "close", "evaluate"]
    assert any(in_order(whole, lines) for lines in acts.values()), filled.acts
    assert list(mismatches()) == []
    assert sum(filled.refusals.values()) <= CASES // 10, filled.refusals
    assert filled.cases >= CASES * 0.95
    assert Message.objects.exists()
    assert Delivery.objects.filter(kind="cases.received", sent_at__isnull=False).exists()


def in_order(wanted: list[str], lines: list[str]) -> bool:
    """Tell whether the acts come in this order, others between them."""
    rest = iter(lines)
    return all(act in rest for act in wanted)


def test_the_same_seed_and_day_make_the_same_county(make: Make):
    make("zuoyun", 20)
    one = told()
    make("zuoyun", 20)

    assert told() == one


def test_staff_have_posts_substitutes_and_a_rota(make: Make):
    make("tongcheng", 0)

    grids = Post.objects.filter(role="grid_worker").values("area").distinct().count()
    assert grids == 304
    assert Post.objects.filter(role="handler", substitute=None).count() == 0
    assert DutyShift.objects.filter(post__role="seat", starts_at__lte=NOW, ends_at__gt=NOW).count() == 1
    seat = Account.objects.get(username="zuoxi01")
    assert seat.check_password("lianxin-demo-2026")
    assert seat.password_changed_at is not None  # nothing to change at the first sign-in
