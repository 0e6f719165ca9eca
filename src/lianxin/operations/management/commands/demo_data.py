"""`lianxin demo_data`: a made-up but believable county, of a place's profile, dated relative to today."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.operations.demo import making
from lianxin.operations.launch.console import say
from lianxin.operations.profiles.reader import profiles
from lianxin.operations.profiles.tables import ProfileInvalid


class Command(BaseCommand):
    """Load the profile, hire the staff, let a month pass."""

    help = "Fill an empty database with a made-up county: places, staff, cases in every stage. Same seed, same county."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the place, the seed and the size."""
        parser.add_argument("--profile", default="tongcheng", choices=profiles())
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--scale",
            default="small",
            choices=making.SCALES,
            help="staff: no cases; month: some 1,230; small: a year, 15,000; county: 170,000; prefecture: 1,000,000",
        )
        parser.add_argument("--if-empty", action="store_true", help="do nothing where somebody's areas are already")

    def handle(self, *_: Any, **options: Any) -> None:
        """Make it; progress goes to the terminal."""
        if making.is_taken():
            if options["if_empty"]:
                return
            raise CommandError(
                "这个库里已有区域数据，演示数据只能放进空库。· There are areas already; use an empty database."
            )
        try:
            made = making.make(
                options["profile"], seed=options["seed"], scale=options["scale"],
                told=say if options["verbosity"] else _silent,
            )  # fmt: skip
        except ProfileInvalid as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            say(
                f"完成：{made.cases} 件案件，{made.people} 位居民，{made.staff} 名工作人员",
                f"made in {made.seconds:.0f} s",
            )


def _silent(_chinese: str, _english: str) -> None:
    """Say nothing."""
