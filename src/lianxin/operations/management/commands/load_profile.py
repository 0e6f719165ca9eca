"""`lianxin load_profile NAME`: say what a profile would change here; with --apply, change it."""

import argparse
import getpass
import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianxin.operations.demo.geography import make_geography
from lianxin.operations.demo.mapping import county_map
from lianxin.operations.profiles import amending, loader
from lianxin.operations.profiles.reader import read
from lianxin.operations.profiles.tables import ProfileInvalid


class Command(BaseCommand):
    """Print each table with what is added, changed and removed."""

    help = "Say what a profile would change in this installation; with --apply, change it. Loading twice is harmless."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the profile, and what to do."""
        parser.add_argument("profile", help="the name of a folder below profiles/, or a path")
        parser.add_argument("--apply", action="store_true", help="change it; without this only say what would change")
        parser.add_argument("--made-up-map", type=int, metavar="SEED", help="with the borders of a made-up county")
        parser.add_argument("--no-training", action="store_true", help="leave the classifier to the nightly training")
        parser.add_argument("--json", action="store_true", help="one JSON list, for machines")

    def handle(self, *_: Any, **options: Any) -> None:
        """Read, then plan or apply."""
        name = options["profile"]
        try:
            profile = read(Path(name).resolve() if "/" in name else name)
        except ProfileInvalid as error:
            raise CommandError(str(error)) from error
        seed = options["made_up_map"]
        county = None if seed is None else county_map(make_geography(profile, seed))
        at = datetime.now(UTC)
        if options["apply"]:
            changes = amending.load_by_operator(profile, user=_user(), county=county, at=at)
        else:
            changes = loader.plan(profile, at=at, county=county)
        if options["apply"] and not options["no_training"]:
            # Here, not above: training brings 80 MB of scikit-learn.
            from lianxin.work.dispatch import training

            training.retrain(at=at)
        self._tell(changes, options)

    def _tell(self, changes: list[loader.TableChange], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps([asdict(change) for change in changes], ensure_ascii=False))
            return
        if options["verbosity"] == 0:
            return
        for change in changes:
            self.stdout.write(_line(change))
        if not changes:
            self.stdout.write("已与方案一致，没有改动。")
        elif not options["apply"]:
            self.stdout.write("以上只是预告，没有改动任何数据；加上 --apply 才载入。")


def _user() -> str:
    """Return the name of whoever sits at the machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())


def _line(change: loader.TableChange) -> str:
    words = (("新增", change.added), ("更改", change.changed), ("停用", change.removed), ("不予更改", change.refused))
    parts = [f"{word} {_count(change, keys)}" for word, keys in words if keys]
    return f"{change.label}：{'，'.join(parts)}"


def _count(change: loader.TableChange, keys: tuple[str, ...]) -> str:
    if change.table == "examples":
        return keys[0]
    shown = "、".join(keys[:5]) + ("…" if len(keys) > 5 else "")
    return f"{len(keys)}（{shown}）"
