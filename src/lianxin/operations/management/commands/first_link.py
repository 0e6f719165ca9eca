"""`lianxin first_link`: where the first administrator of an empty installation begins."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.operations.founding import key


class Command(BaseCommand):
    """Print the address of the first page, with its key."""

    help = "Print where the first administrator begins; only while nobody has an account."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the address people use."""
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="the address of this installation")

    def handle(self, *_: Any, url: str, **__: Any) -> None:
        """Print it."""
        found = key.lay()
        if found is None:
            raise CommandError("已经有人有账号了,请直接登录。 Somebody has an account already.")
        self.stdout.write(f"{url.rstrip('/')}{key.path(found)}")
