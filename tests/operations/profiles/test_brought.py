"""Archives that were brought and never loaded do not lie there for ever."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from lianxin.operations import jobs
from lianxin.operations.profiles import brought

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path, settings: Settings) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path / "profiles"


def bring(at: datetime) -> Path:
    home = brought.begin(at)
    (home / "tongcheng").mkdir(parents=True)
    (home / "tongcheng" / "profile.toml").write_text("x")
    os.utime(home, (at.timestamp(), at.timestamp()))
    return home


def test_what_nobody_loaded_in_its_days_goes_and_nothing_else(kept: Path) -> None:
    jobs.tidy(int(NOW.timestamp()))  # no folder yet
    loaded = kept / "tongcheng"
    loaded.mkdir(parents=True)
    os.utime(loaded, (0, 0))
    old, young = bring(NOW - brought.KEPT), bring(NOW - brought.KEPT + timedelta(minutes=1))

    jobs.tidy(int(NOW.timestamp()))

    assert (old.exists(), young.exists(), loaded.exists()) == (False, True, True)
    assert brought.find(old.name) is None
    assert brought.find(young.name) == young / "tongcheng"
    assert brought.find("../tongcheng") is None
    brought.drop(young.name)
    assert not young.exists()
