"""Pieces of text to search and compare by: pairs of Chinese characters, whole words and numbers otherwise."""

import re
import unicodedata

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUNS = re.compile(rf"([{HAN}]+)|((?:(?![{HAN}])[^\W_])+)")
_LONGEST_WORD = 60


def runs(text: str) -> list[tuple[bool, str]]:
    """Return stretches of Chinese (true) and words or numbers (false), widths and case made equal."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return [(bool(han), han or word[:_LONGEST_WORD]) for han, word in _RUNS.findall(folded)]


def bigrams(text: str) -> list[str]:
    """Return the pieces in order: 路灯坏了 A12 → 路灯, 灯坏, 坏了, a12; a lone character stands for itself."""
    pieces: list[str] = []
    for is_han, run in runs(text):
        if is_han and len(run) > 1:
            pieces.extend(run[place : place + 2] for place in range(len(run) - 1))
        else:
            pieces.append(run)
    return pieces


def likeness(one: str, other: str) -> float:
    """Return how alike two short texts are, 0 to 1: shared pieces among all, and among the shorter text's."""
    left, right = set(bigrams(one)), set(bigrams(other))
    if not left or not right:
        return 0.0
    shared = len(left & right)
    return (shared / len(left | right) + shared / min(len(left), len(right))) / 2
