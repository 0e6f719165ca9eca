"""`lianxin prepare`: bring the database of a demo to where the product can serve it."""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from lianxin.faces.gateways.mqtt.gate import keep_lists
from lianxin.operations.founding import key
from lianxin.operations.health.views import pending_migrations
from lianxin.operations.launch.console import say
from lianxin.operations.supervisor import statics
from lianxin.operations.supervisor.folder import UNFINISHED

LOCK = 0x6C78_7072  # one process at a time prepares a database
STYLES = "lx.css"  # on every page: without it there is none


class Command(BaseCommand):
    """Migrate, load the profile, make the county, collect the static files; each only where it is missing."""

    help = "Migrate, load the profile and its made-up county where the database is empty, collect static files."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the profile's name."""
        parser.add_argument("--profile", default="tongcheng", help="a place, or none for empty tables")

    def handle(self, *_: Any, profile: str, **__: Any) -> None:
        """Do what is missing; a second process waits for the first."""
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [LOCK])
        self._migrate()
        self._fill(profile)
        key.lay()
        self._collect()
        self._let_devices_in()

    def _migrate(self) -> None:
        pending = pending_migrations()
        if pending:
            say(f"正在建立数据表({len(pending)} 步)", "migrating the database")
            call_command("migrate", interactive=False, verbosity=0)

    def _collect(self) -> None:
        target = Path(settings.STATIC_ROOT)
        if target.joinpath(STYLES).exists():
            return
        say("正在收集静态文件", "collecting static files")
        target.parent.mkdir(parents=True, exist_ok=True)
        # Collected aside, so that a run cut short leaves no folder that looks whole.
        settings.STATIC_ROOT = Path(tempfile.mkdtemp(dir=target.parent))
        call_command("collectstatic", interactive=False, verbosity=0)
        if not settings.STATIC_ROOT.joinpath(STYLES).exists():
            shutil.rmtree(settings.STATIC_ROOT)
            raise CommandError(
                "The front end is not built: run `npm ci && npm run build` in frontend/, then start again."
            )
        settings.STATIC_ROOT.chmod(0o755)
        statics.publish(settings.STATIC_ROOT, target)

    def _let_devices_in(self) -> None:
        """Write whom a broker of ours lets in: it does not start without."""
        if settings.BROKER_FOLDER:
            keep_lists(Path(settings.BROKER_FOLDER))

    def _fill(self, profile: str) -> None:
        """Load the profile and make its county, unless somebody's data is there already."""
        known = get_commands()
        if profile == "none" or apps.get_model("areas", "Area")._default_manager.exists() or "demo_data" not in known:
            return
        # A run cut short here leaves this mark, and the next one begins with a fresh database.
        settings.DATA.joinpath(UNFINISHED).touch()
        # It loads the profile as of years ago, since its cases are older than this start.
        call_command("demo_data", "--profile", profile, "--seed", "1", "--scale", "small")
        settings.DATA.joinpath(UNFINISHED).unlink()
