"""Pinyin of names, for typing them by their sound.

The dictionary takes some 30 MB, so it is loaded only by processes that spell names.
"""


def initials(name: str) -> str:
    """Return the first letters in small type, other letters and digits kept: 桐城市 → tcs, A栋3号 → ad3h."""
    return _joined(name, "FIRST_LETTER")


def spelling(name: str) -> str:
    """Return the full pinyin without tones or spaces: 文昌 → wenchang."""
    return _joined(name, "NORMAL")


def _joined(name: str, style: str) -> str:
    from pypinyin import Style, lazy_pinyin

    parts = lazy_pinyin(name, style=getattr(Style, style), errors=lambda rest: "".join(filter(str.isalnum, rest)))
    return "".join(parts).lower()
