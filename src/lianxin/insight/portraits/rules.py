"""Small counts: what may be told to whom. Pure."""

from collections.abc import Mapping

FEW = 5


def hidden(counts: Mapping[str, int], *, total_is_told: bool = True) -> frozenset[str]:
    """Return which of a group of counts are not told: those from 1 to 4.

    Where the sum is told and only one was left out, the next smallest goes too: else the one is what is missing.
    """
    small = {name for name, count in counts.items() if 0 < count < FEW}
    if total_is_told and len(small) == 1:
        others = [(count, name) for name, count in counts.items() if name not in small and count > 0]
        if others:
            small.add(min(others)[1])
    return frozenset(small)


def tell(count: int, *, has_purpose: bool) -> int | None:
    """Return a count that stands alone, or None where it is too small for who has no purpose."""
    return count if has_purpose or count == 0 or count >= FEW else None
