"""Phones without a signal read danger from words as the server does."""

import json
from pathlib import Path

import pytest

from lianxin.work.dispatch import rules

WORKER = Path(__file__).parents[3] / "frontend" / "worker"
SAMPLES = json.loads((WORKER / "tests" / "danger-samples.json").read_text("utf-8"))


def test_the_app_carries_the_very_patterns_of_the_server():
    carried = json.loads((WORKER / "src" / "proposing" / "danger.json").read_text("utf-8"))

    wanted = rules.danger_patterns()

    assert carried == wanted, f"Write this to danger.json:\n{json.dumps(wanted, ensure_ascii=False, indent=2)}"


@pytest.mark.parametrize(("text", "told"), SAMPLES)
def test_what_the_app_is_tested_with_is_what_the_server_says(text, told):
    hint = rules.severity_of(text)

    assert (hint.value if hint else None) == told
