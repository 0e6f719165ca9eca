"""One import in a process of its own: `python -m bench.importing TARGET FILE` prints what it took."""

import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import django

django.setup()

from lianxin.foundation.accounts.actor import SYSTEM  # noqa: E402 - after setup
from lianxin.foundation.areas.models import Area  # noqa: E402
from lianxin.registry.imports import straight  # noqa: E402


def main(target: str, path: Path) -> None:
    """Check, then bring in; every row must be new."""
    area = Area.objects.filter(role="community", valid_to=None).order_by("code").first()
    at = datetime.now(UTC)
    begun = perf_counter()
    plan = straight.Plan(target, path, area_id=area.pk if area else None, is_trusted=True)
    run = straight.check(SYSTEM, plan, at=at)
    checked = perf_counter()
    run = straight.let_in(SYSTEM, run, at=at, is_trusted=True)
    told = {
        "check_s": checked - begun, "apply_s": perf_counter() - checked, "counts": run.counts,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
