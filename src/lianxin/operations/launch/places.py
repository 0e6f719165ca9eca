"""Where things are in a clone, and the lock that lets two `./run` share one."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from lianxin.operations.launch.console import fail, say

ROOT = Path(__file__).resolve().parents[4]
SRC = ROOT / "src"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
STATIC_BUILD = SRC / "lianxin" / "faces" / "static_build"
LOCAL = ROOT / ".run"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let only one `./run` of this clone prepare at a time; a second one waits, and says so."""
    try:
        LOCAL.mkdir(exist_ok=True)
        handle = os.open(LOCAL / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        fail(
            f"无法写入 {LOCAL}:{error.strerror}。请换用有权限的用户,或另外克隆一份。",
            f"{LOCAL} cannot be written ({error.strerror}): use its owner, or a clone of your own.",
        )
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个 ./run 正在准备,稍候", "another ./run is preparing, waiting")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def refuse_strange(folder: Path, what: str) -> None:
    """End the run before it would write through a link into somebody else's folder."""
    if folder.is_symlink():
        fail(
            f"{what} 是指向 {folder.resolve()} 的链接,装依赖会改掉别人的那一份。请删掉这个链接再运行,会另建一份。",
            f"{what} is a link to {folder.resolve()}: installing would rewrite it. Remove the link, run again.",
        )


def content_hash(paths: Iterable[Path]) -> str:
    """Hash names and contents of files, so that a touched but equal file changes nothing."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_stamp(path: Path) -> str:
    """Return what a stamp file says, empty when there is none."""
    with contextlib.suppress(OSError):
        return path.read_text(encoding="utf-8")
    return ""
