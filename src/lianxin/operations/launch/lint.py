"""What CI runs besides the tests: each check in turn, all of them, and a list of what failed."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from lianxin.operations.launch import tree
from lianxin.operations.launch.console import fail, say
from lianxin.operations.launch.frontend import node_path, npm_command
from lianxin.operations.launch.places import FRONTEND, PYTHON, ROOT, SRC, VENV


def main(arguments: Sequence[str]) -> int:
    """Run the checks (those named, or all); returns 0 when all pass."""
    failed = [name for name, passed in _outcomes(arguments) if not passed]
    if failed:
        fail(f"未通过:{' '.join(failed)}", f"failed: {' '.join(failed)}")
    say("检查全部通过", "all checks passed")
    return 0


def _outcomes(only: Sequence[str]) -> Iterator[tuple[str, bool]]:
    bin_ = VENV / "bin"
    checks: dict[str, list[str | Path]] = {
        "ruff": [bin_ / "ruff", "check", "."],
        "format": [bin_ / "ruff", "format", "--check", "."],
        "contracts": [bin_ / "lint-imports"],
        "types": [PYTHON, "-m", "mypy"],
        # Whether a migration is forgotten is a question to the models, not to a database.
        "migrations": [PYTHON, "-W", "ignore::RuntimeWarning", "-m", "lianxin", "makemigrations", "--check"],
    }
    if (FRONTEND / "package.json").exists():
        checks["typescript"] = [*npm_command(), "run", "--silent", "check"]
    for name, command in checks.items():
        if not only or name in only:
            say(f"检查 {name}", "checking")
            yield name, _passes([str(part) for part in command], FRONTEND if name == "typescript" else ROOT)
    if not only or "tree" in only:
        complaints = list(tree.complaints())
        print(*complaints, sep="\n", end="\n" if complaints else "")
        yield "tree", not complaints


def _passes(command: list[str], folder: Path) -> bool:
    environment = {
        **os.environ,
        "PYTHONPATH": str(SRC),
        "PATH": node_path(),
        "LIANXIN_SECRET_KEY": "checks-need-none",
    }
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode == 0
