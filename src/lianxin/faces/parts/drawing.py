"""Sizes of the small drawings: pure arithmetic, percent and points out."""

from collections.abc import Sequence
from dataclasses import dataclass

LIMIT_AT = 66.0  # percent of the width: the black limit line stands at the same place in all rows


@dataclass(frozen=True)
class Bar:
    """A bar against a limit, all in percent of the width."""

    width: float
    limit: float = LIMIT_AT
    late: bool = False
    thin: float = 0.0


def bar(used: float, limit: float, p90: float | None = None) -> Bar:
    """Place a dwell (and its 90th percentile) so that the limit falls on the common line."""
    scale = LIMIT_AT / limit if limit > 0 else 0.0

    def place(seconds: float) -> float:
        return round(min(100.0, max(0.0, seconds) * scale), 1)

    return Bar(width=place(used), late=used > limit > 0, thin=place(p90) if p90 is not None else 0.0)


def spark(points: Sequence[float], width: float = 96, height: float = 30, rim: float = 4) -> str:
    """Return the points of a spark line; a level line runs through the middle. Empty for fewer than two."""
    if len(points) < 2:
        return ""
    low, high = min(points), max(points)
    span = high - low
    step = (width - 2 * rim) / (len(points) - 1)

    def lift(value: float) -> float:
        return height / 2 if not span else height - rim - (value - low) / span * (height - 2 * rim)

    return " ".join(f"{rim + index * step:.1f},{lift(value):.1f}" for index, value in enumerate(points))
