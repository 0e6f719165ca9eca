"""The app's own tests and its types, where Node's packages are installed."""

import os
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from lianxin.operations.launch import frontend
from lianxin.operations.launch.places import FRONTEND

HAS_TOOLS = (FRONTEND / "node_modules/vitest").is_dir()


@pytest.fixture(autouse=True)
def tools() -> None:
    """Ask for the front end's tools; where the whole suite is promised, their want is a failure."""
    if not HAS_TOOLS:
        stop = pytest.fail if "CI" in os.environ else pytest.skip
        stop("The front end's tools are not installed: npm ci in frontend/.")


def run(*command: str) -> str:
    """Run a program in the front end's folder; fail with what it said."""
    env = {**os.environ, "PATH": frontend.node_path(), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=FRONTEND, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_the_store_keeps_its_promises() -> None:
    run(*frontend.npm_command(), "run", "--silent", "unit")


def test_types_are_those_of_the_api(tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_bytes(Client().get("/api/v1/openapi.json").content)

    made = run("node", "scripts/types.mjs", str(document))

    kept = (FRONTEND / "worker/src/api.d.ts").read_text(encoding="utf-8")
    assert made == kept, "The API has changed: run `npm run types` in frontend/ and commit worker/src/api.d.ts."
