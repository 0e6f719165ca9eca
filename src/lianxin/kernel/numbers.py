"""Numbers for people to read out: unique, not to be guessed, silent about how many there are."""

import hashlib
from datetime import date

_HALF = 1000
_DOMAIN = _HALF * _HALF
# Small domains leak after few rounds; ten is what the standard for such ciphers (FF1) takes.
_ROUNDS = 10


def permute(value: int, key: bytes, context: str) -> int:
    """Return the place of a value of 0 … 999,999 in the permutation that key and context choose."""
    left, right = divmod(_inside(value), _HALF)
    rounds = _keyed(key, context)
    for number in range(_ROUNDS):
        left, right = right, (left + _round(rounds, number, right)) % _HALF
    return left * _HALF + right


def restore(value: int, key: bytes, context: str) -> int:
    """Return the value that `permute` turned into this one."""
    left, right = divmod(_inside(value), _HALF)
    rounds = _keyed(key, context)
    for number in reversed(range(_ROUNDS)):
        left, right = (right - _round(rounds, number, left)) % _HALF, left
    return left * _HALF + right


def case_number(division: str, day: date, sequence: int, key: bytes) -> str:
    """Return a number such as `340881-20261121-730418`.

    A running sequence may be handed in as it is: its last six digits count, so numbers of a division
    are unique while one day takes fewer than a million. `key` is secret, 16 to 64 bytes.
    """
    if sequence < 0:
        raise ValueError("A sequence counts from 0.")
    head = f"{division}-{day:%Y%m%d}"
    return f"{head}-{permute(sequence % _DOMAIN, key, head):06d}"


def _inside(value: int) -> int:
    if not 0 <= value < _DOMAIN:
        raise ValueError(f"{value} is not within 0 … {_DOMAIN - 1}.")
    return value


def _keyed(key: bytes, context: str) -> "hashlib.blake2b":
    if not 16 <= len(key) <= 64:
        raise ValueError("The key of a permutation has 16 to 64 bytes.")
    return hashlib.blake2b(context.encode() + b"\0", key=key, digest_size=8, person=b"number")


def _round(keyed: "hashlib.blake2b", number: int, half: int) -> int:
    # 64 bits modulo 1000 is even enough: the bias is below one in 10^16.
    state = keyed.copy()
    state.update(bytes((number, half >> 8, half & 255)))
    return int.from_bytes(state.digest(), "big") % _HALF
