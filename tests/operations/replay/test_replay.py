"""The replay as a whole: a server of its own, residents, staff, lost answers, a killed worker, and the count."""

import json
import subprocess
from pathlib import Path
from random import Random

import pytest

from lianxin.operations.profiles.reader import read
from lianxin.operations.supervisor import services

KEYS = [
    "read", "reported", "refused", "filed_auto", "filed_seat", "dispatched", "handled", "closed", "answered", "merged",
    "declined", "ended", "journal_entries", "notifications", "actions", "lost", "doubled", "replay_mismatches",
    "latency_ms",
]  # fmt: skip


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    """Twenty made-up messages, two of them word for word the same."""
    rng = Random(7)
    texts = rng.sample([example.text for example in read("tongcheng").examples], 19)
    file = tmp_path / "messages.jsonl"
    lines = [{"text": text, "title": text[:12], "reported_at": "2019/4/25 9:32:09"} for text in [*texts, texts[0]]]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return file


def test_twenty_messages_reach_their_ends_and_nothing_is_lost_or_doubled(messages: Path):
    command = services.lianxin_command("replay", str(messages), "--staff", "simulated", "--json")
    # Whatever database the tests have, the replay makes its own.
    env = services.environment({"LIANXIN_DEMO": "1"})

    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=540, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout)
    assert list(figures) == KEYS
    assert (figures["read"], figures["reported"], figures["ended"]) == (20, 20, 20)
    assert (figures["lost"], figures["doubled"], figures["replay_mismatches"]) == (0, 0, 0)
    assert figures["refused"] == 1  # the one of 100,000 characters; the one of 13,000 went through
    assert figures["actions"]["report"] >= 21
    assert figures["filed_auto"] + figures["filed_seat"] >= 10
    assert figures["notifications"] > 20
    assert "killing the web worker" in done.stderr


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    command = services.lianxin_command("replay", str(tmp_path / "none.jsonl"))

    done = subprocess.run(command, env=services.environment({}), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "没有这个文件" in done.stderr
    assert list(tmp_path.iterdir()) == []
