"""The classifier on real messages, where they are at hand; `bench dispatch` measures the same more often."""

import json
import os
from pathlib import Path

import pytest

from lianxin.work.dispatch.learning.training import Sample, train

DATA = Path(os.environ.get("LIANXIN_REAL_DATA", Path(__file__).parents[4] / "shared" / "data"))
MESSAGES = DATA / "messages_labelled.jsonl"


@pytest.mark.skipif(not MESSAGES.exists(), reason=f"real messages are not at {MESSAGES} (LIANXIN_REAL_DATA)")
def test_real_messages_are_told_apart_with_honest_confidence() -> None:
    rows = [json.loads(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]

    metrics = train(Sample(row["text"], row["label"]) for row in rows).metrics

    assert metrics.macro_f1 >= 0.88
    assert metrics.calibration_error <= 0.05
    assert metrics.sure_share >= 0.7
    assert metrics.sure_error <= 0.06
