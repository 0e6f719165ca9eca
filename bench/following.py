"""What the bench of screens does inside a database. Run as a child; prints one JSON object."""

import json
import sys
import time
from datetime import UTC, datetime

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup

from lianxin.faces.identity.cookies import SESSION  # noqa: E402
from lianxin.foundation.accounts.actions.signing import begin_session  # noqa: E402
from lianxin.foundation.accounts.models import Post  # noqa: E402
from lianxin.foundation.areas.models import Area  # noqa: E402
from lianxin.foundation.organizations.models import Unit  # noqa: E402
from lianxin.insight.statistics import folding  # noqa: E402
from lianxin.kernel.journal import listening  # noqa: E402

BACK = 100_000  # entries that are followed again


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


if __name__ == "__main__":
    print(json.dumps({"leader": leader, "follow": follow, "rebuild": rebuild}[sys.argv[1]]()))
