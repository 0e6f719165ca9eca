"""Finding in free text what looks like a person's number, so that someone reads it before it becomes public.

Written apart, in full width or in Chinese numerals counts too. Fixed-line numbers are let through: in
practice they are those of offices.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple


class Finding(NamedTuple):
    """What it looks like (phone, id_number, bank_card, plate, email) and where it stands in the text."""

    kind: str
    start: int
    end: int


_NUMERALS = dict(zip("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸", "001234567891123456789236", strict=True))
_GAP = re.compile(r"[\s\-‐-―−.·•_*/()（）]{1,3}")
_LONGEST = 19  # digits of the longest bank card
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]\s?[A-HJ-NP-Z]\s?[·•\-.]?\s?"
    r"(?=[A-Z]*\d)[A-HJ-NP-Z\d]{4,6}[挂学警港澳领]?(?![A-Z\d])"
)
# Begins where a word begins: without that, a long run of letters costs its length squared.
_EMAIL = re.compile(r"(?<![A-Z0-9._%+-])[A-Z0-9._%+-]{1,64}@[A-Z0-9-]{1,63}(?:\.[A-Z0-9-]{1,63}){1,8}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def looks_personal(text: str) -> list[Finding]:
    """Return what looks personal, in the order of the text; empty means none was seen, not that none is there."""
    plain = "".join(map(_folded, text))
    found = [Finding("plate", *match.span()) for match in _PLATE.finditer(plain)]
    found += [Finding("email", *match.span()) for match in _EMAIL.finditer(plain)]
    for chunks in _numbers(plain):
        found += _in_number(plain, chunks)
    return sorted(found, key=lambda finding: finding.start)


def is_identity_number(text: str) -> bool:
    """Say whether this is an 18-character identity number (GB 11643): a real birth date and the right check."""
    text = text.upper()
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", text, re.ASCII) or not _is_birth_date(text[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return text[17] == "10X98765432"[total % 11]


def _folded(char: str) -> str:
    """Return one character for one, so that places in the text stay."""
    if char in _NUMERALS:
        return _NUMERALS[char]
    folded = unicodedata.normalize("NFKC", char).upper()
    return folded if len(folded) == 1 else char


def _numbers(plain: str) -> Iterator[list[tuple[int, int]]]:
    """Yield stretches of digits as lists of (start, end), grouped where only a small gap parts them."""
    group: list[tuple[int, int]] = []
    for match in re.finditer(r"[0-9]+X?", plain):
        if group and not _GAP.fullmatch(plain, group[-1][1], match.start()):
            yield group
            group = []
        group.append(match.span())
    if group:
        yield group


def _in_number(plain: str, chunks: list[tuple[int, int]]) -> Iterator[Finding]:
    """Look at every row of neighbouring chunks, the longest first, and take each chunk once."""
    first = 0
    while first < len(chunks):
        for last in range(min(len(chunks), first + _LONGEST), first, -1):
            digits = "".join(plain[start:end] for start, end in chunks[first:last])
            if len(digits) <= _LONGEST and (kind := _kind(digits)):
                yield Finding(kind, chunks[first][0], chunks[last - 1][1])
                first = last - 1
                break
        first += 1


def _kind(digits: str) -> str | None:
    if is_identity_number(digits) or (re.fullmatch(r"[1-8]\d{14}", digits) and _is_birth_date("19" + digits[6:12])):
        return "id_number"
    if re.fullmatch(r"(?:00)?(?:86)?1[3-9]\d{9}", digits):
        return "phone"
    if re.fullmatch(r"[3-6]\d{15,18}", digits) and _passes_luhn(digits):
        return "bank_card"
    return None


def _is_birth_date(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year >= 1850
    except ValueError:
        return False


def _passes_luhn(digits: str) -> bool:
    total = sum(int(digit) for digit in digits[::-2])
    total += sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return total % 10 == 0
