"""Signed-in sessions for the queue bench. Run as a child on a bench's database; prints one JSON object a reader.

Grid workers, street seats, city seats and department handlers, as many of each as asked for; with each the
numbers of cases that it may see, and how many statements its pages take.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from lianxin.faces.identity.cookies import SESSION  # noqa: E402
from lianxin.foundation.accounts.actions.signing import begin_session  # noqa: E402
from lianxin.foundation.accounts.models import Account, Post  # noqa: E402
from lianxin.foundation.accounts.queries import actor_of, current_posts  # noqa: E402
from lianxin.work.cases import queries  # noqa: E402
from lianxin.work.cases.queries import Filters  # noqa: E402

NUMBERS = 200
ROLES = ("grid_worker", "street_seat", "seat", "handler")


def readers(count: int) -> Iterator[dict[str, object]]:
    """Yield so many readers of each role, those with the most cases first."""
    at = datetime.now(UTC)
    for role in ROLES:
        posts = list(current_posts(at).filter(role__code=role).select_related("account"))
        busiest = sorted(posts, key=lambda post: (-_open_cases(post, at), post.pk))
        for post in busiest[:count]:
            yield {"role": role, **_reader(post.account, at)}


def _open_cases(post: Post, at: datetime) -> int:
    actor = actor_of(post.account_id, at=at)
    return queries.queue(actor, Filters(), at=at).count() if actor else 0


def _reader(account: Account, at: datetime) -> dict[str, object]:
    actor = actor_of(account.pk, at=at)
    if actor is None:
        raise LookupError(account.username)
    key = begin_session(account, device="bench", address=None, at=at).key
    found = queries.queue(actor, Filters(ended=None, order="newest"), at=at).order_by("-reported_at", "-id")
    numbers = [case.number for case in found[:NUMBERS]]
    return {
        "key": key, "numbers": numbers, "cookie": SESSION,
        "queue_statements": _statements(key, "/console/cases"),
        "case_statements": max(_statements(key, f"/console/cases/{number}") for number in numbers[:5]),
    }  # fmt: skip


def _statements(key: str, path: str) -> int:
    client = Client()
    client.cookies[SESSION] = key
    client.get(path)  # what the process keeps in memory is there
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return len(captured)


if __name__ == "__main__":
    for reader in readers(int(sys.argv[1])):
        print(json.dumps(reader))
