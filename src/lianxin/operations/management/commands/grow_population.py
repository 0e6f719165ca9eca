"""`lianxin grow_population`: let more made-up people live in a demo county, as many as a real one has."""

import argparse
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.foundation.areas.models import Area
from lianxin.operations.demo import making
from lianxin.operations.demo.geography import make_geography
from lianxin.operations.demo.peopling import populate_to
from lianxin.operations.launch.console import say
from lianxin.operations.profiles.reader import profiles, read


class Command(BaseCommand):
    """Write houses, households and people by COPY."""

    help = (
        "Let so many made-up people live in a demo county: houses, households, who lives, owns, rents where. Nobody "
        "else should work on it meanwhile: the tables of people are locked. Same seed, same county."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take how many, and the map they live on."""
        parser.add_argument("--people", type=int, required=True, help="how many people live there afterwards")
        parser.add_argument("--profile", default="tongcheng", choices=profiles(), help="the place that was loaded")
        parser.add_argument("--seed", type=int, default=1, help="the seed that the county was made with")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Grow, telling how far it is on standard error."""
        profile = read(options["profile"])
        if not Area.objects.filter(code=profile.place.division, valid_to=None).exists():
            raise CommandError("这个数据库里没有这个演示县，请先运行 demo_data。There is no such county here.")
        now = datetime.now(UTC)
        grown = populate_to(
            options["people"], county=make_geography(profile, options["seed"]), seed=options["seed"],
            founded=now - making.FOUNDED, at=now, told=lambda line: say(line, "people"),
        )  # fmt: skip
        say(
            f"完成：{grown.people:,} 人、{grown.households:,} 户、{grown.dwellings:,} 套房，每秒 "
            f"{grown.people_per_second:,.0f} 人",
            f"done: copied in {grown.copied_in:.1f} s, indexed in {grown.indexed_in:.1f} s",
        )
