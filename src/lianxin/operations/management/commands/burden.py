"""`lianxin burden`: print what each task of the field asks of people for what it stores."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.operations.burden.finding import find
from lianxin.operations.burden.page import page
from lianxin.operations.burden.tasks import TASKS, count

DOCUMENT = Path(__file__).resolve().parents[5] / "docs/burden.md"


class Command(BaseCommand):
    """Do each task once for trial, undo it, print the table."""

    help = "Print, for each task, the fields a person gives and the columns stored; nothing is changed."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take whether to write the document."""
        parser.add_argument("--write", action="store_true", help="write docs/burden.md")

    def handle(self, *_: Any, **options: Any) -> None:
        """Count and print."""
        ground = find(datetime.now(UTC))
        if ground is None:
            raise CommandError("这里还没有网格员和住户，没有可以试做的事。演示：./run demo")
        told = page([count(task, ground) for task in TASKS])
        self.stdout.write(told)
        if options["write"]:
            DOCUMENT.write_text(told, encoding="utf-8")
