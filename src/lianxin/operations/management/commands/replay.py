"""`lianxin replay FILE`: real messages through the public API, carried on by simulated staff, and counted."""

import argparse
import json
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lianxin.operations.launch.console import say
from lianxin.operations.profiles.reader import profiles
from lianxin.operations.replay import counting, ground, hosting
from lianxin.operations.replay.client import Client, Ledger, Refusal
from lianxin.operations.replay.messages import LONG, TOO_LONG, Message, default_file, made_up, read
from lianxin.operations.replay.staging import Staging
from lianxin.operations.simulation.deck import Deck
from lianxin.operations.simulation.scene import Scene


class Command(BaseCommand):
    """Without `--url` a server of its own is started in an empty folder and stopped afterwards."""

    help = "Send messages (JSON lines) through the public API as residents would, and count what came of them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the file and how to play it."""
        parser.add_argument(
            "file", nargs="?", type=Path, default=default_file(), help="JSON lines with text, title, reported_at"
        )
        parser.add_argument("--staff", choices=["simulated", "none"], default="none", help="who carries the cases on")
        parser.add_argument(
            "--speed", type=float, default=0, metavar="N", help="at most N messages a second; 0: no limit"
        )
        parser.add_argument(
            "--url", default="", help="an installation that runs already; DATABASE_URL must lead to its database"
        )
        parser.add_argument("--profile", default="tongcheng", choices=profiles(), help="for a server of its own")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *_: Any, **options: Any) -> None:
        """Start a server where none is named; else play."""
        if not options["file"].is_file():
            raise CommandError(f"没有这个文件：{options['file']} · There is no such file.")
        if not options["url"]:
            raise SystemExit(hosting.run(_again(options), profile=options["profile"]))
        self._tell(_play(options), as_json=options["json"])

    def _tell(self, figures: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        for name, value in figures.items():
            self.stdout.write(f"{name:18} {value}")


def _again(options: dict[str, Any]) -> list[str]:
    """Return the command for the process that plays against the server."""
    command = ["replay", str(options["file"].resolve()), "--staff", options["staff"], "--speed", str(options["speed"])]
    command += ["--seed", str(options["seed"]), "--profile", options["profile"]]
    return [*command, "--json"] if options["json"] else command


def _play(options: dict[str, Any]) -> dict[str, Any]:
    at = datetime.now(UTC)
    try:
        messages = list(read(options["file"]))
    except ValueError as error:
        raise CommandError(str(error)) from None
    seed = options["seed"]
    scene = Scene(at=at, rng=Random(seed))
    if not scene.players:
        raise CommandError("这个系统里还没有工作人员。· The installation has no staff yet; see `lianxin demo_data`.")
    ledger = Ledger()
    client = Client(options["url"].rstrip("/"), ledger, seed=seed)
    staging = Staging(
        client, scene, ground.tokens(scene, at=at), Deck(Random(seed)), seed, speed=options["speed"],
        with_staff=options["staff"] == "simulated", at_half=_kill_one_worker,
    )  # fmt: skip
    extra = [made_up(LONG, seed), made_up(TOO_LONG, seed)]
    staging.run([*messages, *extra], told=lambda line: say(line, ""))
    _check_extra(staging, extra)
    counting.settle()
    return _figures(messages, staging, ledger, extra)


def _figures(messages: list[Message], staging: Staging, ledger: Ledger, extra: list[Message]) -> dict[str, Any]:
    found = counting.figures(ledger.sent, aside=[message.name for message in extra])
    for told, times in sorted(staging.refusals.items(), key=lambda each: -each[1])[:20]:
        say(f"{times} × {told}", "refused")
    say(f"{dict(ledger.counts)}", "answers dropped and broken connections")
    return {
        "read": len(messages),
        "reported": found.pop("reported"),
        "refused": len(staging.unsent),
        **found,
        "replay_mismatches": counting.count_mismatches(),
        "latency_ms": counting.latencies(ledger),
    }


def _check_extra(staging: Staging, extra: list[Message]) -> None:
    """The long message must go through, the far too long one be refused in a sentence that names the field."""
    long, too_long = extra
    if long.name in staging.unsent:
        raise CommandError(f"{LONG} 字的信没有送进去：{staging.unsent[long.name]}")
    refusal: Refusal | None = staging.unsent.get(too_long.name)
    if refusal is None or refusal.status != 422 or "text" not in json.dumps(refusal.problem):
        raise CommandError(f"{TOO_LONG} 字的信没有说清楚为什么不收：{refusal}")


def _kill_one_worker() -> None:
    """Kill a web worker outright, as a machine short of memory would; where the server is not ours, none."""
    workers = hosting.web_workers(Path(settings.DATA))
    if workers:
        say("杀掉一个网页进程", f"killing the web worker {workers[0]}")
        with suppress(ProcessLookupError):
            os.kill(workers[0], signal.SIGKILL)
