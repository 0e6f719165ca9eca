"""Answers to machines that watch; both say nothing a stranger should not know."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from lianxin.kernel.crypto import keys

_log = logging.getLogger(__name__)
_seen_migrated: list[bool] = []


@require_safe
def healthz(_: HttpRequest) -> JsonResponse:
    """Answer that this process lives."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_: HttpRequest) -> JsonResponse:
    """Answer 200 when this process can do its work, else 503: database, tables as this code wants them, keys."""
    checks = {"database": _database, "migrations": _migrations, "keys": _keys}
    found = {name: _outcome(name, check) for name, check in checks.items()}
    ready = all(found.values())
    content = {"status": "ok" if ready else "unavailable", "checks": found}
    return JsonResponse(content, status=200 if ready else 503)


def _outcome(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, keys.KeyFileError):
        # The log keeps the reason; a stranger who asks learns only which check failed.
        _log.exception("readyz: %s", name)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        return bool(cursor.fetchone() == (1,))


def _migrations() -> bool:
    # Once whole they stay so for this process: new migrations come with new code.
    if not _seen_migrated and not pending_migrations():
        _seen_migrated.append(True)
    return bool(_seen_migrated)


def _keys() -> bool:
    return bool(keys.read(settings.KEYS_FILE).active)


def pending_migrations() -> list[str]:
    """Name the migrations that this code brings and the database does not have yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
