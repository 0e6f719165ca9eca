"""A made-up county with its people and no case yet. Run as a child: `python -m bench.ground LIVES SEED`.

With LIVES, so many whole lives are played on it by actions: templates for the scale writer.
"""

import sys
from datetime import UTC, datetime
from random import Random

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after setup

from lianxin.operations.demo.people import people  # noqa: E402
from lianxin.operations.demo.staffing import make_staff  # noqa: E402


def main(lives: int, seed: int) -> None:
    """Load the profile with its map, hire the staff, play."""
    call_command("load_profile", "tongcheng", apply=True, made_up_map=seed, verbosity=0)
    make_staff(people(Random(seed)), at=datetime.now(UTC))
    if lives:
        # Here: players look for the staff just hired.
        from bench.lives import Player

        player = Player(seed)
        for _ in range(lives):
            player.live()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
