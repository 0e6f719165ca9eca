"""`lianxin intake`: take what devices send through the MQTT broker. Runs until SIGTERM; several may run."""

import argparse
import logging
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lianxin.faces.gateways.mqtt.gate import Gate
from lianxin.faces.gateways.mqtt.intake import Intake
from lianxin.faces.gateways.mqtt.link import Address, Link, Replaced
from lianxin.faces.gateways.mqtt.setting_aside import Shelf
from lianxin.faces.gateways.mqtt.taking import take_again


class Command(BaseCommand):
    """Listen at the broker, store in batches, acknowledge after the commit."""

    help = "Take what devices send through the MQTT broker (LIANXIN_MQTT_URL). Runs until SIGTERM."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take which of several intakes this is, and whether to store again what was set aside."""
        parser.add_argument("--number", type=int, default=1, help="which of several intakes this is; the first is 1")
        parser.add_argument("--again", action="store_true", help="store what was set aside, then end")

    def handle(self, *_: Any, number: int, again: bool, **__: Any) -> None:
        """Run until asked to stop."""
        shelf = Shelf(settings.DATA / "intake" / f"set-aside-{number}.jsonl")
        if again:
            stored, left = take_again(shelf, at=datetime.now(UTC))
            self.stdout.write(f"补存 {stored} 条，仍存不进 {left} 条 · stored {stored}, left {left}")
            return
        if not settings.MQTT_URL:
            raise CommandError("没有配置消息代理 LIANXIN_MQTT_URL · no broker is named; see docs/operate/sensors.md")
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
        address = Address.parse(
            settings.MQTT_URL,
            user=settings.MQTT_USER,
            password=settings.MQTT_PASSWORD,
            authorities=settings.MQTT_AUTHORITIES,
        )
        gate = Gate(Path(settings.BROKER_FOLDER) if settings.BROKER_FOLDER else None)
        ending = threading.Event()

        def stop(_signum: int, _frame: FrameType | None) -> None:
            ending.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        try:
            link = Link(address, name=f"lianxin-intake-{number}", hears_log=number == 1)
            Intake(link, shelf=shelf, gate=gate).run(ending)
        except Replaced as replaced:
            raise CommandError(str(replaced)) from None
