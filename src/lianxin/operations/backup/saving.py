"""Save everything of a running installation but its keys into one new folder."""

import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from lianxin.kernel.crypto.sealing import key_ring

from .manifest import DUMP, FILES, BackupError, Manifest, sum_of
from .programs import run

Told = Callable[[str], object]
_TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1
"""


def save(folder: Path, *, told: Told = lambda _words: None) -> Manifest:
    """Save database and files into `folder`, which must not exist yet; raise BackupError.

    The database first, then the files: a file without a row does no harm, a row without its file does.
    """
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        raise BackupError(f"{folder} 已经存在。请给一个新文件夹。") from None
    rows, migrations = _dump(folder, told)
    told("正在打包照片和文件")
    files = _pack(folder / FILES)
    manifest = Manifest(
        taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
        migrations=migrations,
        key_ids=list(key_ring().keys),
        rows=rows,
        files=files,
        sums={part: sum_of(folder / part) for part in (DUMP, FILES)},
    )
    manifest.write(folder)
    return manifest


def _dump(folder: Path, told: Told) -> tuple[dict[str, int], int]:
    with psycopg.connect(settings.DATABASE_DIRECT_URL) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        # The dump and the counts see the same moment, whatever people do meanwhile.
        snapshot = _one(connection, sql.SQL("SELECT pg_export_snapshot()"))
        told("正在导出数据库")
        run(
            "pg_dump", "--format=custom", "--compress=gzip:3", f"--snapshot={snapshot}", f"--file={folder / DUMP}",
            url=settings.DATABASE_DIRECT_URL,
        )  # fmt: skip
        return counts(connection), int(_one(connection, sql.SQL("SELECT count(*) FROM django_migrations")))


def counts(connection: psycopg.Connection) -> dict[str, int]:
    """Return how many rows each table has; partitions are counted with their table."""
    tables = [row[0] for row in connection.execute(_TABLES).fetchall()]
    counted = "SELECT count(*) FROM {}"
    return {table: int(_one(connection, sql.SQL(counted).format(sql.SQL(table)))) for table in tables}


def _one(connection: psycopg.Connection, query: sql.SQL | sql.Composed) -> str:
    row = connection.execute(query).fetchone()
    if row is None:
        raise BackupError("数据库没有回答。")
    return str(row[0])


def _pack(target: Path) -> int:
    root, count = Path(settings.FILES_ROOT), 0
    # Photos are compressed already; uploads under way are resumed or begun anew by who sends them.
    with tarfile.open(target, "w") as tar:
        for path in sorted(root.rglob("*")) if root.is_dir() else []:
            if path.is_file() and path.parent.name != "incoming":
                tar.add(path, arcname=str(path.relative_to(root)), recursive=False)
                count += 1
    return count
