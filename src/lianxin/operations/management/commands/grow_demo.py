"""`lianxin grow_demo --cases N`: give a demo county years of history."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lianxin.insight.statistics import folding
from lianxin.operations.demo.scale import NothingToCopyError, grow, tell_everything


class Command(BaseCommand):
    """Copy ended lives back through the years until there are so many cases."""

    help = "把演示案件往前复制若干年，直到有这么多件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many and how far back."""
        parser.add_argument("--cases", type=int, required=True)
        parser.add_argument("--years", type=float, default=4)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Let the feed come to its end, grow, and say how fast."""
        tell_everything(at=datetime.now(UTC))
        try:
            with psycopg.connect(settings.DATABASE_DIRECT_URL) as connection:
                grown = grow(connection, cases=options["cases"], years=options["years"], told=self.stderr.write)
        except NothingToCopyError as error:
            raise CommandError(str(error)) from error
        folding.build(at=datetime.now(UTC))
        self.stdout.write(
            f"{grown.cases:,} 件，复制 {grown.copied_in:.1f} 秒，建索引 {grown.indexed_in:.1f} 秒，"
            f"每秒 {grown.cases_per_second:,.0f} 件"
        )
