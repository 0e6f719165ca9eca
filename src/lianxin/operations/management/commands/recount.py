"""`lianxin recount`: compare statistics with a full count of all cases; `--write` makes them anew."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.insight.statistics import folding


class Command(BaseCommand):
    """Say where facts and cubes differ from the cases; figures of closed months stay as they were closed."""

    help = "核对统计：和全部案件逐件数的结果比；--write 重新统计（封存的月份不改）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to write."""
        parser.add_argument("--write", action="store_true", help="重新统计全部案件")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Compare, or make anew. Raises CommandError where something differs."""
        now, began = datetime.now(UTC), perf_counter()
        if options["write"]:
            count = folding.build(at=now)
            self.stdout.write(f"重新统计了 {count:,} 件案件，用时 {perf_counter() - began:.1f} 秒。")
            return
        found = folding.differences()
        if behind := folding.standing(at=now).behind:
            self.stdout.write(f"统计还落后 {behind:,} 条流程记录，差异可能由此而来。")
        if not found:
            self.stdout.write(f"统计和逐件数的一致，用时 {perf_counter() - began:.1f} 秒。")
            return
        for each in found:
            self.stdout.write(f"{each.table}：{each.rows:,} 行不一致")
        raise CommandError("统计和逐件数的不一致。请运行 lianxin recount --write 重新统计。")
