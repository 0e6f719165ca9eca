"""Restore a backup into an empty installation and prove that all of it is there."""

import tarfile
from pathlib import Path

import psycopg
from django.conf import settings

from lianxin.foundation.audit.queries import verify_chain
from lianxin.kernel.crypto import rotation
from lianxin.kernel.crypto.sealing import Tampered, key_ring

from .manifest import DUMP, FILES, BackupError, Manifest
from .programs import run
from .saving import Told, counts


def restore(folder: Path, *, told: Told = lambda _words: None) -> Manifest:
    """Restore into the empty database and file folder of the settings; raise BackupError, before anything is written
    where the backup is damaged, the target is not empty or a key is missing.
    """
    told("正在核对备份")
    manifest = Manifest.read(folder)
    _demand_room(manifest)
    told("正在恢复数据库")
    run(
        "pg_restore", "--exit-on-error", "--no-owner", "--single-transaction", "--dbname=", str(folder / DUMP),
        url=settings.DATABASE_DIRECT_URL,
    )  # fmt: skip
    told("正在恢复照片和文件")
    _unpack(folder / FILES)
    told("正在检查")
    _prove(manifest)
    return manifest


def _demand_room(manifest: Manifest) -> None:
    with psycopg.connect(settings.DATABASE_DIRECT_URL) as connection:
        if counts(connection):
            raise BackupError("目标数据库不是空的。请新建一个空数据库再恢复，以免覆盖现有数据。")
    root = Path(settings.FILES_ROOT)
    if root.is_dir() and any(path.is_file() for path in root.rglob("*")):
        raise BackupError(f"文件目录 {root} 不是空的。请换一个 LIANXIN_DATA。")
    missing = set(manifest.key_ids) - set(key_ring().keys)
    if missing:
        raise BackupError(f"密钥文件里缺少这份备份用的密钥 {'、'.join(sorted(missing))}。请先放回 keys.json。")


def _unpack(source: Path) -> None:
    root = Path(settings.FILES_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tarfile.open(source) as tar:
        tar.extractall(root, filter="data")


def _prove(manifest: Manifest) -> None:
    """Compare every table with the inventory, follow the audit's chain, and open what is sealed."""
    with psycopg.connect(settings.DATABASE_DIRECT_URL) as connection:
        found = counts(connection)
    differing = sorted(table for table in manifest.rows if found.get(table) != manifest.rows[table])
    if differing:
        raise BackupError(f"这些表的行数与清单不同：{'、'.join(differing)}。")
    if not verify_chain().whole:
        raise BackupError("审计记录的链条断了：备份之前就已被改动。请查明原因。")
    _open_one_of_each()


def _open_one_of_each() -> None:
    for column in rotation.columns():
        try:
            column.model._default_manager.filter(**{f"{column.field.name}__isnull": False}).first()
        except Tampered as error:
            raise BackupError(f"{column.label} 打不开：keys.json 不是这套系统的。") from error
