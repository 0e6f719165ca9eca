"""Labels of a drawing moved apart until none covers another. Pure."""

from collections.abc import Sequence

Spot = tuple[float, float]
ROUNDS = 30


def apart(spots: Sequence[Spot], sizes: Sequence[Spot]) -> list[Spot]:
    """Return where labels go: each box (wide, high) around its spot, moved as little as lets it stand free.

    Two boxes that overlap go apart along the shorter way, half each; crowds may still touch after `ROUNDS`.
    """
    placed = [list(spot) for spot in spots]
    for _round in range(ROUNDS):
        moved = False
        for one in range(len(placed)):
            for other in range(one):
                moved |= _part(placed[one], placed[other], sizes[one], sizes[other])
        if not moved:
            break
    return [(x, y) for x, y in placed]


def _part(one: list[float], other: list[float], size: Spot, other_size: Spot) -> bool:
    """Move two spots apart if their boxes overlap; tells whether they did."""
    deep = [(size[axis] + other_size[axis]) / 2 - abs(one[axis] - other[axis]) for axis in (0, 1)]
    if min(deep) <= 0:
        return False
    axis = deep.index(min(deep))
    step = deep[axis] / 2 + 0.5
    side = 1 if one[axis] >= other[axis] else -1
    one[axis] += side * step
    other[axis] -= side * step
    return True
