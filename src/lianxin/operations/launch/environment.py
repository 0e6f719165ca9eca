"""Make `.venv` from the lock files, and mend what a bare Debian lacks for that."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, NoReturn

from lianxin.operations.launch.console import fail, say
from lianxin.operations.launch.places import PYTHON, ROOT, SRC, VENV, alone, content_hash, read_stamp, refuse_strange

Kind = Literal["runtime", "dev"]
LOCKS: dict[Kind, Path] = {"runtime": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
STAMP = VENV / "lianxin-stamp.json"
SAY_EVERY = 20


def prepare(kind: Kind) -> None:
    """Make sure `.venv` holds what the lock file names; does nothing when it does already."""
    if is_ready(kind):
        return
    refuse_strange(VENV, ".venv")
    with alone():
        if is_ready(kind):
            return
        install = _installer()
        say("正在安装依赖(首次约需 1–2 分钟)", "installing dependencies (1–2 minutes the first time)")
        _run_installer([*install, "--require-hashes", "--requirement", str(LOCKS[kind])], LOCKS[kind])
        _write_path_file()
        _stamp(kind)


def is_ready(kind: Kind) -> bool:
    """Whether the stamp is of this lock; what the dev lock installs includes the runtime."""
    try:
        stamp = json.loads(read_stamp(STAMP) or "{}")
    except ValueError:
        return False
    hashes = {name: content_hash([lock]) for name, lock in LOCKS.items()}
    wanted: Iterable[Kind] = ("runtime", "dev") if kind == "runtime" else ("dev",)
    return any(stamp.get(name) == hashes[name] for name in wanted) and PYTHON.exists()


def _stamp(kind: Kind) -> None:
    # Installing the runtime lock leaves the development tools alone, so both stamps may stand together.
    try:
        stamp = json.loads(read_stamp(STAMP) or "{}")
    except ValueError:
        stamp = {}
    stamp[kind] = content_hash([LOCKS[kind]])
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp), encoding="utf-8")
    fresh.replace(STAMP)


def _write_path_file() -> None:
    """Let the environment's Python find the product without PYTHONPATH."""
    packages = _output([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    Path(packages.strip(), "lianxin.pth").write_text(f"{SRC}\n", encoding="utf-8")


def _installer() -> list[str]:
    """Return the command that installs into `.venv`, making the folder first where it is missing or broken."""
    own = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-deps"]
    if _works([*own[:3], "--version"]):
        return own
    say("正在建立 Python 环境 .venv", "making the Python environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    attempts: tuple[Callable[[], list[str] | None], ...] = (
        lambda: own if _make_venv() else None,
        lambda: own if _install_venv_package() and _make_venv() else None,
        _pip_from_outside,
        _uv,
    )
    return next(filter(None, (attempt() for attempt in attempts)), None) or _explain()


def _explain() -> NoReturn:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    fail(
        f"这台机器的 Python {version} 缺少 venv/ensurepip。请执行:sudo apt-get install python{version}-venv",
        f"Python {version} here has no ensurepip. Run: sudo apt-get install python{version}-venv",
    )


def _make_venv() -> bool:
    return _works([sys.executable, "-m", "venv", "--clear", str(VENV)]) and _works([str(PYTHON), "-m", "pip", "-V"])


def _install_venv_package() -> bool:
    """As root on Debian, fetch the package that holds ensurepip."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("正在安装系统软件包 python3-venv", "installing the system package python3-venv")
    return apt_install("python3-venv", f"python{sys.version_info.major}.{sys.version_info.minor}-venv") or apt_install(
        "python3-venv"
    )


def apt_install(*packages: str) -> bool:
    """Install Debian packages without questions; False when that fails."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    return _works(["apt-get", "update"], env=env) and _works(install, env=env)


def _pip_from_outside() -> list[str] | None:
    """Use another pip of the machine on a `.venv` without one (pip 22.3 and newer can)."""
    outside = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    made = _works([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    if made and _works([*outside, "--version"]):
        return [*outside, "install", "--no-input", "--disable-pip-version-check", "--no-deps"]
    return None


def _uv() -> list[str] | None:
    made = shutil.which("uv") and _works([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    return ["uv", "pip", "install", "--python", str(PYTHON), "--no-deps"] if made else None


def _run_installer(command: list[str], lock: Path) -> None:
    """Run the installer, say how far it is, and show what it said only when it fails."""
    total = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
    lines: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        for line in child.stdout or ():
            lines.append(line)
            seen = sum(line.startswith("Collecting ") for line in lines)
            if line.startswith("Collecting ") and seen % SAY_EVERY == 0:
                say(f"  已取得 {seen}/{total} 个软件包", "packages fetched")
            if line.startswith("Installing collected"):
                say("  正在写入", "unpacking")
    if child.returncode:
        said = "".join(lines[-15:])
        fail(
            f"依赖没有装好。请检查网络后再次运行;清单在 {lock.name}。",
            f"The dependencies of {lock.name} were not installed. Check the network and run again.\n{said}",
        )


def _works(command: list[str], env: dict[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _output(command: list[str]) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
