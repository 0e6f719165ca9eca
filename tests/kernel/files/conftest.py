from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Settings) -> Path:
    """Keep the files of a test in a folder of its own."""
    settings.FILES_ROOT = tmp_path / "files"
    return tmp_path / "files"
