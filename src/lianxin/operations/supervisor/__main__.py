"""Where `./run demo`, `serve` and `lianxin` enter, in the environment's Python."""

import argparse
import os
import sys
from pathlib import Path

from lianxin.operations.supervisor import demo, session

DATA = Path(__file__).resolve().parents[4] / ".run" / "data"


def main() -> int:
    """Read the arguments and run what they ask for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run", description="Lianxin 连心")
    words = parser.add_subparsers(dest="word", required=True)
    _demo_arguments(words.add_parser("demo", prog="./run demo", help="everything, on a made-up county"))
    _common_arguments(words.add_parser("serve", prog="./run serve", help="a real installation, on DATABASE_URL"))
    within = words.add_parser("with-database", help="a management command with the installation's database")
    within.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if arguments.word in {"demo", "serve"}:
        is_demo = arguments.word == "demo"
        return demo.run(
            demo.Options(
                data=arguments.data,
                port=arguments.port,
                host=arguments.host,
                live_port=arguments.live_port,
                mqtt_port=arguments.mqtt_port,
                demo=is_demo,
                profile=arguments.profile if is_demo else "none",
                headless=arguments.headless if is_demo else True,
            )
        )
    return session.run(_default_data(), [word for word in arguments.command if word != "--"])


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    _common_arguments(parser)
    parser.add_argument("--profile", default="tongcheng", help="地方配置,none 为空库 · the place, or none")
    parser.add_argument("--headless", action="store_true", help="不打开浏览器 · open no browser")


def _common_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=None, help="端口;默认从 8000 起第一个空闲的 · the port")
    parser.add_argument("--live-port", type=int, default=None, help="实时推送的端口 · the port of the live process")
    parser.add_argument("--mqtt-port", type=int, default=None, help="设备接入端口;默认 1883 · the broker's port")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 · the address to listen on")
    parser.add_argument("--data", type=Path, default=_default_data(), help="数据目录 · the data folder")


def _default_data() -> Path:
    return Path(os.environ.get("LIANXIN_DATA", DATA))


if __name__ == "__main__":
    sys.exit(main())
