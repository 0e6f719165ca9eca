"""`lianxin broker`: write Mosquitto's lists of who may log in and where each may write, and let it read them."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lianxin.faces.gateways.mqtt.gate import keep_lists


class Command(BaseCommand):
    """For a broker of ours the intake does it by itself; for another one call this when the register has changed."""

    help = "Write the broker's password file and access list from the register of devices, and tell the broker."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument(
            "--folder", type=Path, default=None, help="default: the broker's folder of this installation"
        )

    def handle(self, *_: Any, folder: Path | None, **__: Any) -> None:
        """Write what has changed."""
        folder = folder or (Path(settings.BROKER_FOLDER) if settings.BROKER_FOLDER else None)
        if folder is None or not folder.is_dir():
            raise CommandError("没有代理的目录，请用 --folder 指定 · name the broker's folder with --folder")
        if not settings.MQTT_PASSWORD:
            raise CommandError("没有配置 LIANXIN_MQTT_PASSWORD · the intake has no password for the broker")
        changed = keep_lists(folder)
        self.stdout.write("名单已更新 · written" if changed else "名单没有变化 · nothing has changed")
