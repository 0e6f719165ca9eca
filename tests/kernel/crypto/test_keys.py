import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lianxin.kernel.crypto import keys


def test_a_made_file_is_private_and_readable(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"

    keys.generate(path, "aes")

    ring = keys.read(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ring.active.id == "k1"
    assert len(ring.active.encryption) == len(ring.active.lookup) == 32
    assert ring.active.encryption != ring.active.lookup
    assert [child.name for child in path.parent.iterdir()] == ["keys.json"]


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys.generate(path)
    before = path.read_bytes()

    keys.generate(path)

    assert path.read_bytes() == before


def test_a_new_key_becomes_active_and_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys.generate(path, "aes")
    old = keys.read(path).active

    assert keys.add(path, "sm4") == "k2"

    ring = keys.read(path)
    assert ring.active.id == "k2"
    assert ring.active.cipher == "sm4"
    assert ring.first == old
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_environment_names_the_cipher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_CIPHER", "sm4")
    keys.generate(tmp_path / "keys.json")

    assert keys.read(tmp_path / "keys.json").active.cipher == "sm4"

    monkeypatch.setenv("LIANXIN_CIPHER", "rot13")
    with pytest.raises(keys.KeyFileError, match="rot13"):
        keys.generate(tmp_path / "other.json")


GOOD = {"encryption": "A" * 43 + "=", "lookup": "A" * 43 + "="}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        json.dumps({"active": "k1", "keys": {}}),
        json.dumps({"active": "k2", "keys": {"k1": GOOD}}),
        json.dumps({"active": "k1", "keys": {"k1": GOOD | {"lookup": "AAAA"}}}),
        json.dumps({"active": "k1", "keys": {"k1": GOOD | {"lookup": "***"}}}),
        json.dumps({"active": "k1", "keys": {"k1": GOOD | {"cipher": "des"}}}),
        json.dumps({"active": "K:1", "keys": {"K:1": GOOD}}),
    ],
)
def test_a_damaged_file_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)

    with pytest.raises(keys.KeyFileError, match=r"keys\.json"):
        keys.read(path)


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(keys.KeyFileError, match="backup"):
        keys.read(tmp_path / "keys.json")


def test_keys_show_no_secret_in_logs(tmp_path: Path) -> None:
    keys.generate(tmp_path / "keys.json", "aes")

    assert repr(keys.read(tmp_path / "keys.json").active) == "<Key k1 aes>"


def test_the_module_runs_without_django(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    code = (
        "import sys; from lianxin.kernel.crypto import keys; keys.generate(sys.argv[1]); print('django' in sys.modules)"
    )

    told = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True, cwd="src")

    assert told.stdout.strip() == "False"
    assert path.exists()
