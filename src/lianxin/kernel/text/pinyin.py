"""Pinyin of names, for typing them by their sound.

The dictionary takes some 30 MB, so it is loaded only by processes that spell names.
"""

import re

from lianxin.kernel.text.words import HAN


def initials(name: str) -> str:
    """Return the first letters in small type, other letters and digits kept: 桐城市 → tcs, A栋3号 → ad3h."""
    return _joined(name, "FIRST_LETTER")


def spelling(name: str) -> str:
    """Return the full pinyin without tones or spaces: 文昌 → wenchang."""
    return _joined(name, "NORMAL")


def sounds(name: str) -> tuple[str, str]:
    """Return initials and spelling at once: for a Chinese name at half the cost."""
    from pypinyin import lazy_pinyin

    if not re.fullmatch(f"[{HAN}]+", name):
        return initials(name), spelling(name)
    syllables = [part.lower() for part in lazy_pinyin(name)]
    if len(syllables) != len(name):  # a character the dictionary lacks
        return initials(name), spelling(name)
    return "".join(part[:1] for part in syllables), "".join(syllables)


def _joined(name: str, style: str) -> str:
    from pypinyin import Style, lazy_pinyin

    parts = lazy_pinyin(name, style=getattr(Style, style), errors=lambda rest: "".join(filter(str.isalnum, rest)))
    return "".join(parts).lower()
