"""Take all cases out as one file. Run as a child on a bench's database: FORMAT; prints one JSON object.

The list is asked for, written and fetched as a person and the worker do; the largest memory is that of this process.
"""

import hashlib
import json
import resource
import sys
import time
from datetime import UTC, datetime

import django

django.setup()

from lianxin.foundation.accounts.queries import actor_of, current_posts  # noqa: E402 - after setup
from lianxin.insight.tables import lists  # noqa: E402
from lianxin.work.cases.queries import Filters  # noqa: E402


def peak() -> float:
    """Return the most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(format_: str) -> None:
    """Ask, write, fetch whole and from the middle on."""
    at = datetime.now(UTC)
    post = next(post for post in current_posts(at).filter(area__role="city").select_related("role").order_by("pk")
                if "tables.export" in post.role.permissions)  # fmt: skip
    actor = actor_of(post.account_id, at=at)
    assert actor is not None  # noqa: S101 - it holds a post
    asked = lists.ask(
        actor,
        wanted=lists.of_filters(Filters(ended=None)),
        about="全部",
        purpose="测一测导出有多快",
        format=format_,
        at=at,
    )
    before, begun, used = peak(), time.perf_counter(), time.process_time()
    made = lists.make(asked.pk, at=at)
    took, used = time.perf_counter() - begun, time.process_time() - used
    assert made is not None  # noqa: S101 - nobody else works here
    half = (made.size or 0) // 2
    whole, end = hashlib.sha256(), hashlib.sha256()
    begun, seen = time.perf_counter(), 0
    for piece in lists.fetch(actor, asked=made, at=datetime.now(UTC)):
        whole.update(piece)
        if seen + len(piece) > half:
            end.update(piece[max(0, half - seen) :])
        seen += len(piece)
    fetched = time.perf_counter() - begun
    rest = hashlib.sha256()
    for piece in lists.fetch(actor, asked=made, at=datetime.now(UTC), start=half):
        rest.update(piece)
    told = {
        "state": made.state, "rows": made.rows, "seconds": took, "processor_s": used, "mb": seen / 1e6,
        "fetch_s": fetched, "start_mb": before, "peak_mb": peak(),
        "resumes": rest.digest() == end.digest() and seen == made.size,
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
