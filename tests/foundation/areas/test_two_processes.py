"""A border changed in one process routes right in another, from the commit on."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from factories import SIDE, make_county, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

# Answers "lon lat" lines with the code of the grid, from its own memory, as a web process would.
OTHER = """
import sys, datetime, django
django.setup()
from lianxin.foundation.areas import queries
for line in sys.stdin:
    lon, lat, at = line.split()
    print(queries.locate(float(lon), float(lat), datetime.datetime.fromisoformat(at)).code, flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_border_changed_in_one_process_routes_right_in_another() -> None:
    county = make_county()
    lon, lat = 117.0 + SIDE * 0.7, 31.0 + SIDE / 2
    environment = {
        "DATABASE_URL": settings.DATABASE_URL,
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "LIANXIN_DATA": str(settings.DATA),
        "LIANXIN_DEBUG": "1",
        "PYTHONPATH": ":".join(path for path in sys.path if path),
    }
    with subprocess.Popen(
        [sys.executable, "-c", OTHER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None

        def ask() -> str:
            print(lon, lat, LATER.isoformat(), file=other.stdin, flush=True)
            return other.stdout.readline().strip()  # type: ignore[union-attr]

        before = ask()
        west = Successor(county.grid(111).code, "第一网格", square(117.0, 31.0, 117.0 + SIDE / 2, 31.0 + SIDE), 400)
        east = Successor("34088100100109", "第九网格", square(117.0 + SIDE / 2, 31.0, 117.0 + SIDE, 31.0 + SIDE), 400)
        actions.plan_redivision(
            SYSTEM, kind="split", old=[Area.objects.get(pk=county.grid(111).id)], successors=[west, east],
            effective_at=LATER, reason="批复", at=NOW,
        )  # fmt: skip
        planned = ask()
        actions.apply_due_redivisions(SYSTEM, at=LATER)
        after = ask()
        other.stdin.close()

    assert (before, planned, after) == (county.grid(111).code, county.grid(111).code, "34088100100109")
