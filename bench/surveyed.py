"""A survey brought in by a process of its own: `python -m bench.surveyed FILE ROWS` prints what it took."""

import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import django

django.setup()

from lianxin.foundation.accounts.actor import SYSTEM  # noqa: E402 - after setup
from lianxin.operations.demo import surveying  # noqa: E402
from lianxin.operations.demo.geography import make_geography  # noqa: E402
from lianxin.operations.profiles import loader  # noqa: E402
from lianxin.operations.profiles.reader import read  # noqa: E402
from lianxin.registry.imports import straight  # noqa: E402


def main(table: Path, rows: int) -> None:
    """Write the table, check it, bring it in, and check it once more."""
    at = datetime.now(UTC)
    profile = read("tongcheng")
    loader.load_component_classes(profile, SYSTEM, at)  # a template may be older than they are
    surveying.write(table, make_geography(profile, 1), count=rows, seed=1, now=at)
    plan = straight.Plan("components", table)
    begun = perf_counter()
    run = straight.check(SYSTEM, plan, at=at)
    checked = perf_counter()
    run = straight.let_in(SYSTEM, run, at=at)
    applied = perf_counter()
    again = straight.check(SYSTEM, plan, at=at)
    told = {
        "check_s": checked - begun, "apply_s": applied - checked, "again_s": perf_counter() - applied,
        "counts": run.counts, "again": again.counts,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
