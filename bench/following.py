"""What the bench of screens does inside a database. Run as a child; prints one JSON object."""

import json
import sys
import time
from datetime import UTC, datetime
from statistics import quantiles

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup

from lianxin.faces.identity.cookies import SESSION  # noqa: E402
from lianxin.foundation.accounts.actions.signing import begin_session  # noqa: E402
from lianxin.foundation.accounts.models import Post  # noqa: E402
from lianxin.foundation.areas.models import Area  # noqa: E402
from lianxin.foundation.organizations.models import Unit  # noqa: E402
from lianxin.insight.statistics import figures, folding, places  # noqa: E402
from lianxin.kernel.journal import listening  # noqa: E402

BACK = 100_000  # entries that are followed again
STANDING = 100_000  # cases that stand open for the funnel


def leader() -> dict[str, object]:
    """Sign the leader in, and tell which areas and units may be asked for."""
    post = Post.objects.filter(role__code="leader", valid_to=None).order_by("pk")[0]
    entered = begin_session(post.account, device="bench", address=None, at=datetime.now(UTC))
    codes = {
        role: list(Area.objects.filter(role=role, valid_to=None).values_list("code", flat=True))
        for role in ("street", "community")
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT unit_id FROM case_fact WHERE unit_id IS NOT NULL")
        busy = [row[0] for row in cursor.fetchall()]
    units = list(Unit.objects.filter(pk__in=busy).values_list("code", flat=True))
    return {"cookie": SESSION, "key": entered.key, "unit": units, **codes}


def follow() -> dict[str, float]:
    """Forget what the last entries told, and follow them again as if they had just come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM feed_head")
        (head,) = cursor.fetchone()
        touched = "SELECT subject_id FROM feed WHERE number > %s AND subject_kind = 'case'"
        for table in ("case_fact", "stage_spell"):
            cursor.execute(f"DELETE FROM {table} WHERE case_id IN ({touched})", [head - BACK])
        folding.build_cubes()
        cursor.execute("UPDATE feed_cursor SET number = %s WHERE consumer = %s", [head - BACK, folding.CONSUMER])
    consumer, count, begun = listening.consumers[folding.CONSUMER], 0, time.perf_counter()
    while taken := listening.follow(consumer, at=datetime.now(UTC)):
        count += taken
    return {"entries_per_s": count / (time.perf_counter() - begun)}


def rebuild() -> dict[str, float]:
    """Make all statistics anew."""
    begun = time.perf_counter()
    folding.build(at=datetime.now(UTC))
    return {"seconds": time.perf_counter() - begun}


def stand() -> dict[str, float]:
    """Let many cases stand open in a stage they once left, spread over years; ask where they stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE stage_spell SET left_at = NULL WHERE (case_id, version) IN (SELECT case_id, max(version)"
            " FROM stage_spell WHERE stage = ANY(%s) GROUP BY case_id ORDER BY case_id LIMIT %s)",
            [list(figures.STAGES), STANDING],
        )
    folding.build_cubes()
    now = datetime.now(UTC)
    everywhere, times = places.whole(at=now), []
    for _turn in range(40):
        begun = time.perf_counter()
        found = figures.standings(everywhere, at=now)
        times.append(time.perf_counter() - begun)
    return {"cases": sum(each.count for each in found), "p95_ms": quantiles(times, n=20)[-1] * 1000}


if __name__ == "__main__":
    print(json.dumps({"leader": leader, "follow": follow, "rebuild": rebuild, "stand": stand}[sys.argv[1]]()))
