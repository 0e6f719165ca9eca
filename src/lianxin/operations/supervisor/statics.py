"""Collect static files once for each state of their sources, for all installations of a clone."""

import hashlib
import os
import shutil
from importlib.metadata import version
from pathlib import Path

from lianxin.operations.launch.places import LOCAL, SRC

KEPT = 4  # states kept beside the newest, for installations that still serve them


def folder(data: Path) -> Path:
    """Name the folder for the sources as they are: in the clone, or in the data folder when that is closed to us."""
    home = LOCAL if os.access(LOCAL if LOCAL.exists() else LOCAL.parent, os.W_OK) else data
    return home / "static" / _sources_hash()


def publish(fresh: Path, target: Path) -> None:
    """Move collected files to where they are served, all at once; of two at the same time, one is enough."""
    try:
        fresh.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(fresh)
    states = sorted(target.parent.iterdir(), key=lambda state: state.stat().st_mtime, reverse=True)
    for old in states[KEPT + 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _sources_hash() -> str:
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}".encode())
    sources = [*SRC.glob("lianxin/**/static/**/*"), *SRC.glob("lianxin/faces/static_build/**/*")]
    for path in sorted(path for path in sources if path.is_file()):
        digest.update(f"{path.relative_to(SRC)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
