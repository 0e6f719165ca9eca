"""`lianxin import FILE --target people`: check a table, and with --apply bring in what is right."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import LianxinError
from lianxin.registry.imports import papers, queries, straight
from lianxin.registry.imports.models import ImportRun
from lianxin.registry.imports.targets.registry import TARGETS, target


class Command(BaseCommand):
    """Say what a table would change; with --apply, change it."""

    help = "Check a table (Excel, CSV, GeoJSON, GeoPackage, Shapefile in a zip); with --apply bring in what is right."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the file, what it is, and what to do."""
        parser.add_argument("file", help="the table; with --undo the key of an import")
        parser.add_argument("--target", choices=sorted(TARGETS), default="people")
        parser.add_argument("--apply", action="store_true", help="bring it in; without this only say what would change")
        parser.add_argument("--undo", action="store_true", help="take an import of the last 24 hours back")
        parser.add_argument("--as", dest="username", default="", help="in whose name; without: the system's")
        parser.add_argument("--sheet", default="", help="the sheet or layer; without: the one with the most rows")
        parser.add_argument(
            "--head", type=int, default=None, help="the row that names the columns; without: looked for"
        )
        parser.add_argument("--column", action="append", default=[], metavar="FIELD=NAME", help="which column is which")
        parser.add_argument("--area", default="", help="code of the area where rows lie that do not say")
        parser.add_argument("--unit", default="", help="code of the unit whose data it is")
        parser.add_argument("--make-places", action="store_true", help="make estates that are not known yet")
        parser.add_argument(
            "--wrong", default="", metavar="FILE", help="write the rows that are wrong to an Excel file"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object, for machines")

    def handle(self, *_: Any, **options: Any) -> None:
        """Check, tell, apply."""
        at = datetime.now(UTC)
        try:
            self._handle(options, at)
        except LianxinError as error:
            raise CommandError(error.sentence) from error

    def _handle(self, options: dict[str, Any], at: datetime) -> None:
        actor = _actor(options["username"], at)
        if options["undo"]:
            run = ImportRun.objects.filter(key=UUID(options["file"])).select_related("source").first()
            if run is None:
                raise CommandError("没有这次导入。")
            self._tell(straight.take_back(actor, run, at=at), options)
            return
        plan = _plan(options, actor, at)
        run = straight.check(actor, plan, at=at)
        if options["wrong"]:
            Path(options["wrong"]).write_bytes(papers.wrong_rows(run))
        if options["apply"] and (run.counts.get("new") or run.counts.get("change")):
            run = straight.let_in(actor, run, at=at, is_trusted=plan.is_trusted)
        self._tell(run, options)

    def _tell(self, run: ImportRun, options: dict[str, Any]) -> None:
        problems = [{"title": each.title, "count": each.count, "words": each.words} for each in queries.groups(run)]
        if options["json"]:
            told = {"key": str(run.key), "state": run.state, "counts": run.counts, "changes": run.changes}
            self.stdout.write(json.dumps({**told, "problems": problems}, ensure_ascii=False))
            return
        labels = {"new": "新增", "change": "修改", "same": "与现有相同", "ask": "请确认", "wrong": "有错",
                  "skip": "不导",
                  "undone": "已撤回", "kept": "后来有人动过，留着"}  # fmt: skip
        counts = [f"{label} {run.counts[name]:,}" for name, label in labels.items() if run.counts.get(name)]
        self.stdout.write(f"{run.file_name}：{'，'.join(counts) or '没有行'}")
        for touch, count in run.changes.items():
            self.stdout.write(f"  {target(run.target).touches.get(touch, touch)} {count:,}")
        for problem in problems:
            self.stdout.write(f"  ✗ {problem['title']} {problem['count']:,}  {problem['words']}")
        if run.state == ImportRun.State.DONE:
            self.stdout.write(f"已导入。24 小时内可撤回：lianxin import {run.key} --undo")
        elif run.state == ImportRun.State.CHECKED:
            self.stdout.write("以上只是检查，没有写入任何数据；加上 --apply 才导入。")


def _actor(username: str, at: datetime) -> Actor:
    if not username:
        return SYSTEM
    account = Account.objects.filter(username=username).first()
    actor = actor_of(account.pk, at=at) if account else None
    if actor is None:
        raise CommandError(f"没有账号 {username}，或已停用。")
    return actor


def _plan(options: dict[str, Any], actor: Actor, at: datetime) -> straight.Plan:
    path = Path(options["file"])
    if not path.is_file():
        raise CommandError(f"没有文件 {path}。")
    area = areas.atlas(at).by_code.get(options["area"]) if options["area"] else None
    unit = organizations.directory().by_code.get(options["unit"]) if options["unit"] else None
    if (options["area"] and area is None) or (options["unit"] and unit is None):
        raise CommandError("没有这个区域或单位，请核对编码。")
    post = actor.post
    columns = dict(each.split("=", 1) for each in options["column"] if "=" in each)
    return straight.Plan(
        options["target"], path, options["sheet"], options["head"], columns, area.id if area else None,
        unit.id if unit else (post.unit_id if post else None), options["make_places"],
    )  # fmt: skip
