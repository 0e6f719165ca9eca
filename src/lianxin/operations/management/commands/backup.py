"""`lianxin backup FOLDER`: database and files into a new folder, while people work."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.operations.backup.manifest import BackupError
from lianxin.operations.backup.saving import save


class Command(BaseCommand):
    """Save everything but the keys, which belong in another place."""

    help = "把数据库和文件备份到一个新文件夹，不影响使用；密钥另行保管"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take where to."""
        parser.add_argument("folder", type=Path)

    def handle(self, *_: Any, folder: Path, **__: Any) -> None:
        """Save and tell."""
        try:
            made = save(folder, told=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"备份完成：{sum(made.rows.values()):,} 行、{made.files:,} 个文件，在 {folder}。")
        self.stdout.write(f"恢复时还要用密钥 {'、'.join(made.key_ids)}：请确认 keys.json 另有备份。")
