"""`lianxin restore FOLDER`: a backup into an empty installation, and the proof that it is whole."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from lianxin.operations.backup.manifest import BackupError
from lianxin.operations.backup.restoring import restore


class Command(BaseCommand):
    """Restore, check, and bring the tables up to this version."""

    help = "把备份恢复到一个空的数据库和文件目录，并逐表核对"
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take where from."""
        parser.add_argument("folder", type=Path)

    def handle(self, *_: Any, folder: Path, **__: Any) -> None:
        """Restore and tell."""
        try:
            made = restore(folder, told=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(
            f"恢复完成：{sum(made.rows.values()):,} 行、{made.files:,} 个文件，均与 {made.taken_at} 的清单相符。"
        )
