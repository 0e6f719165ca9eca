"""The launcher writes through nobody's link."""

from pathlib import Path

import pytest

from lianxin.operations.launch import environment, frontend, places


def test_a_linked_environment_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    others = tmp_path / "others"
    others.mkdir()
    link = tmp_path / ".venv"
    link.symlink_to(others)
    monkeypatch.setattr(environment, "VENV", link)
    monkeypatch.setattr(environment, "STAMP", link / "stamp")
    with pytest.raises(SystemExit):
        environment.prepare("runtime")
    assert str(others) in capsys.readouterr().err
    assert list(others.iterdir()) == []

    modules = tmp_path / "node_modules"
    modules.symlink_to(others)
    monkeypatch.setattr(frontend, "INSTALLED", modules / ".lianxin-stamp")
    with pytest.raises(SystemExit):
        frontend.install()
    assert list(others.iterdir()) == []


def test_a_folder_of_ones_own_is_let_be(tmp_path: Path) -> None:
    places.refuse_strange(tmp_path, "frontend/node_modules")
