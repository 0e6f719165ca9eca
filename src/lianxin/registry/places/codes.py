"""Codes of organisations as the nation gives them (GB 32100, GB 11714), and codes of places as we give them.

A place's code is a letter for its kind, the six digits of the county, a running number and a check digit (ISO 7064
MOD 11-10): `B340881-00012345-6` is written without the dashes. It says nothing that can change: streets are
redivided, buildings renumbered, and a code on a door plate stays.
"""

import re
from collections.abc import Sequence
from typing import Literal

from django.db import connection

Kind = Literal["estate", "building", "dwelling", "establishment"]

_LETTERS: dict[str, str] = {"estate": "E", "building": "B", "dwelling": "D", "establishment": "U"}
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_UNKNOWN_DIVISION = "000000"


def tidy_credit_code(text: str) -> str:
    """Return the code without blanks and dashes, in capitals, full-width letters made plain."""
    from unicodedata import normalize

    return re.sub(r"[\s\-]", "", normalize("NFKC", text)).upper()


def is_credit_code(text: str) -> bool:
    """Say whether this is a unified social credit code (统一社会信用代码): 18 characters whose last one checks."""
    if len(text) != 18 or any(char not in _CREDIT for char in text):
        return False
    return text[17] == credit_check(text)


def credit_check(text: str) -> str:
    """Return the check character that belongs to the first 17."""
    total = sum(weight * _CREDIT.index(char) for weight, char in zip(_CREDIT_WEIGHTS, text[:17], strict=True))
    return _CREDIT[-total % 31]


def is_organisation_code(text: str) -> bool:
    """Say whether this is an organisation code (组织机构代码, GB 11714): 8 characters and the one that checks."""
    if not re.fullmatch(r"[0-9A-Z]{8}-?[0-9X]", text, re.ASCII):
        return False
    return text[-1] == organisation_check(text)


def organisation_check(text: str) -> str:
    """Return the check character that belongs to the first 8; letters count from 10."""
    total = sum(weight * int(char, 36) for weight, char in zip(_ORGANISATION_WEIGHTS, text[:8], strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def place_code(kind: Kind, division: str, number: int) -> str:
    """Return the code of a place by its running number, which is its row's id."""
    digits = f"{division[:6] or _UNKNOWN_DIVISION}{number:08d}"
    return f"{_LETTERS[kind]}{digits}{_check_digit(digits)}"


def is_place_code(text: str) -> bool:
    """Say whether a code read from a plate or typed in is whole."""
    if not re.fullmatch(r"[EBDU]\d{15,}", text, re.ASCII):
        return False
    return text[-1] == _check_digit(text[1:-1])


def new_ids(table: Kind, count: int) -> Sequence[int]:
    """Take ids ahead, since a code holds its row's own."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _check_digit(digits: str) -> str:
    """Return the digit of ISO 7064 MOD 11-10: finds each wrong digit and each two that changed places."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)
