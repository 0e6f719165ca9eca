"""Making what people and programs send us fit to store and show."""

import re
import unicodedata

_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
# Control characters, lone surrogates, invisible and direction-changing marks; the joiner inside emoji stays.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LINE_ENDS = re.compile(r"[ \t\u3000]+\n")
_MANY_LINES = re.compile(r"\n{3,}")


def clean(text: str, max_length: int) -> str:
    """Return the text without NUL, control and invisible characters, with plain newlines, cut to a length.

    What people see stays as they wrote it, full-width characters included.
    """
    text = _UNSEEN.sub("", _NEWLINES.sub("\n", text))
    text = unicodedata.normalize("NFC", text)
    text = _MANY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text))
    return text.strip()[:max_length].rstrip()
