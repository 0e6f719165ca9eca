"""The commands of `./run`."""

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lianxin.operations.launch import chromium, environment, frontend, lint, mosquitto
from lianxin.operations.launch.console import fail
from lianxin.operations.launch.places import FRONTEND, PYTHON, ROOT, SRC

PARALLEL = 4


@dataclass(frozen=True)
class Command:
    """One word after `./run`: what it takes, what it is for, and what does it."""

    arguments: str
    purpose: str
    act: Callable[[Sequence[str]], int]


def main(arguments: Sequence[str]) -> int:
    """Run the command that the first argument names; returns the exit code."""
    name, *rest = arguments or ["help"]
    command = COMMANDS.get("help" if name in {"-h", "--help"} else name)
    if command is None:
        fail(f"没有 {name!r} 这个命令。可用:{' '.join(COMMANDS)}", f"There is no {name!r}. See ./run help")
    return command.act(rest)


def demo(arguments: Sequence[str]) -> int:
    """Run everything on this machine until Ctrl-C."""
    environment.prepare("runtime")
    _build_frontend()
    return _become("-m", "lianxin.operations.supervisor", "demo", *arguments)


def serve(arguments: Sequence[str]) -> int:
    """Run a real installation, on DATABASE_URL, until it is stopped."""
    environment.prepare("runtime")
    _build_frontend()
    return _become("-m", "lianxin.operations.supervisor", "serve", *arguments)


def test(arguments: Sequence[str]) -> int:
    """Run the whole suite in parallel, or what is named, alone and at once."""
    environment.prepare("dev")
    whole = not arguments
    if whole or any("journeys" in argument for argument in arguments):
        _build_frontend()
        chromium.prepare()
        mosquitto.prepare()
    workers = min(len(os.sched_getaffinity(0)), PARALLEL)
    parallel = ["-n", str(workers), "--dist", "worksteal"] if whole else []
    return _become("-m", "pytest", *parallel, *arguments)


def check(arguments: Sequence[str]) -> int:
    """Run what CI runs besides the tests."""
    environment.prepare("dev")
    if has_frontend():
        frontend.install()
    return lint.main(arguments)


def bench(arguments: Sequence[str]) -> int:
    """Measure; see bench/README.md."""
    environment.prepare("dev")
    _build_frontend()
    return _become("-m", "bench", *arguments)


def lianxin(arguments: Sequence[str]) -> int:
    """Run a management command on the installation of --data, with its database."""
    environment.prepare("runtime")
    return _become("-m", "lianxin.operations.supervisor", "with-database", "--", *(arguments or ["help"]))


def shell(arguments: Sequence[str]) -> int:
    """Open a Python shell on the installation."""
    return lianxin(["shell", *arguments])


def help_(_: Sequence[str]) -> int:
    """Print what there is."""
    lines = [f"  ./run {name + ' ' + command.arguments:34} {command.purpose}" for name, command in COMMANDS.items()]
    print("Lianxin 连心", *lines, sep="\n")
    return 0


def has_frontend() -> bool:
    """Whether this clone has the front end's sources."""
    return (FRONTEND / "package.json").exists()


def _build_frontend() -> None:
    if has_frontend():
        frontend.prepare()


def _become(*arguments: str) -> int:
    """Turn into the environment's Python, so that signals reach the real program."""
    variables = {**os.environ, "PYTHONPATH": str(SRC)}
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), *arguments], variables)  # noqa: S606 - there is no shell to want


def run(*arguments: str) -> int:
    """Run the environment's Python and return its exit code."""
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT, check=False).returncode


COMMANDS = {
    "demo": Command("[--port N] [--data DIR] …", "演示:整套系统 · everything, on a made-up county", demo),
    "serve": Command("[--port N] [--data DIR]", "正式运行 · a real installation, on DATABASE_URL", serve),
    "test": Command("[path…]", "测试 · all tests, or those of a path", test),
    "lint": Command("", "检查 · style, types, contracts, migrations", check),
    "bench": Command("NAME… [--json]", "测速 · measure", bench),
    "lianxin": Command("COMMAND …", "管理命令 · a management command (doctor, …)", lianxin),
    "shell": Command("", "Python 交互 · a Python shell", shell),
    "help": Command("", "本页 · this page", help_),
}
