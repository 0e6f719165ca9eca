"""Words that the public will read: free text that looks like it names a person is held for the seat."""

from typing import Any

from lianxin.kernel.text import looks_personal
from lianxin.work.cases.change import Change


def public_words(change: Change, words: str) -> tuple[str, dict[str, Any]]:
    """Return what may be shown at once, and the facts for the journal; held words raise the follow-up flag."""
    if not looks_personal(words):
        return words, {}
    change.case.needs_follow_up = True
    return "", {"held": True}
