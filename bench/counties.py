"""Demo counties of any number of cases, made once and cloned for each run."""

import contextlib
from collections.abc import Iterator

from bench.figures import say
from bench.servers import manage, seeded

SMALL = 1_200


@contextlib.contextmanager
def county(cases: int) -> Iterator[str]:
    """Give the address of a Tongcheng with so many cases; below the demo's own number it is the demo itself."""

    def seed(address: str) -> None:
        manage(address, "demo_data", "--profile", "tongcheng", "--seed", "1", "--scale", "small")
        if cases > SMALL:
            say(f"growing to {cases:,} cases …")
            manage(address, "grow_demo", "--cases", str(cases))

    with seeded(f"county_{cases}", seed, version=f"seed1-{cases}") as address:
        yield address
