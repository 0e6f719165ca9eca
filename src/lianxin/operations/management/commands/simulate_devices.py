"""`lianxin simulate_devices`: let the made-up devices of a demo speak, or tell one of them what to suffer."""

import argparse
import logging
import signal
import threading
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection

from lianxin.faces.gateways.mqtt.link import Address
from lianxin.operations.speaking.crowd import Crowd
from lianxin.operations.speaking.faults import FAULTS, LASTS, Faults
from lianxin.operations.speaking.outlets import ByBroker, ByHttp, Outlet
from lianxin.registry.sensors.models import Device

TURN = 1.0  # seconds between two turns
FOLDER = "speaking"


class Command(BaseCommand):
    """Without arguments it runs until SIGTERM; with a device and a fault it tells the running one, and ends."""

    help = "Let the demo's devices speak (through the broker, else by HTTP); or give one a fault."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take a device, its fault and how long it lasts."""
        parser.add_argument("number", nargs="?", help="a device's number")
        parser.add_argument("fault", nargs="?", choices=[*FAULTS, "none"], help="what befalls it; none ends it")
        parser.add_argument("--url", default="", help="where to post without a broker; the public address unless said")
        minutes = int(LASTS.total_seconds() // 60)
        parser.add_argument("--minutes", type=int, default=minutes, help=f"how long; {minutes} unless said")

    def handle(self, *_: Any, number: str | None, fault: str | None, minutes: int, url: str, **__: Any) -> None:
        """Refuse on a real installation: nothing made-up may stand among its readings."""
        if not settings.DEMO:
            raise CommandError("只能在演示环境里模拟设备 · only a demo has made-up devices")
        if number is None:
            _run(url)
            return
        if fault is None:
            raise CommandError(f"请写明故障 · name a fault: {' '.join(FAULTS)} none")
        number = number.upper()
        if not Device.objects.now().filter(number=number).exists():
            raise CommandError(f"没有登记编号 {number} 的设备 · there is no such device")
        told = Faults(settings.DATA / FOLDER / "faults.json")
        told.put(number, None if fault == "none" else fault, at=datetime.now(UTC), lasts=timedelta(minutes=minutes))
        self.stdout.write(f"{number}:{fault},{minutes} 分钟" if fault != "none" else f"{number}:恢复正常")


def _run(url: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    ending = threading.Event()

    def stop(_signum: int, _frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    crowd = Crowd(_outlet(url), settings.DATA / FOLDER)
    while not ending.wait(TURN):
        try:
            crowd.turn(at=datetime.now(UTC))
        except (OperationalError, InterfaceError):
            logging.getLogger(__name__).warning("the database is away; trying again")
            connection.close()


def _outlet(url: str) -> Outlet:
    if settings.MQTT_URL:
        broker = settings.MQTT_PUBLIC_URL or settings.MQTT_URL
        return ByBroker(Address.parse(broker, user="", password="", authorities=settings.MQTT_AUTHORITIES))
    return ByHttp(url or settings.PUBLIC_URL)
