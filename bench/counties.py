"""Made-up counties of any number of cases, made once and cloned for each run."""

import contextlib
from collections.abc import Iterator

from bench.figures import say
from bench.servers import manage, seeded

SMALL = 1_300  # about as many as the demo makes by acts


@contextlib.contextmanager
def county(cases: int) -> Iterator[str]:
    """Give the address of a Tongcheng with its staff and so many cases; none, the demo's own, or copies of them."""

    def seed(address: str) -> None:
        scale = "small" if cases else "staff"
        manage(address, "demo_data", "--profile", "tongcheng", "--seed", "1", "--scale", scale)
        if cases > SMALL:
            say(f"growing to {cases:,} cases …")
            manage(address, "grow_demo", "--cases", str(cases))

    with seeded(f"county_{cases}", seed, version=f"seed1-{cases}") as address:
        yield address
