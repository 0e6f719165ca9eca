"""What a bench says: figures, each with its aim and, where one was measured, the limit of the machine."""

import sys
from dataclasses import asdict, dataclass
from typing import Literal, Protocol

Size = Literal["small", "full"]


@dataclass(frozen=True)
class Figure:
    """One measured number.

    `limit` is what the machine itself can do at the same work (pgbench, memory speed …) and `ratio` is
    value / limit. `aim` is text such as "≥ 300"; `ok` is None for a figure that has no aim.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    aim: str | None = None
    ok: bool | None = None


class Bench(Protocol):
    """A bench module: its `run` measures and returns."""

    def run(self, size: Size) -> list[Figure]:
        """Return the figures; progress goes to standard error."""
        ...


def at_least(name: str, value: float, unit: str, aim: float, limit: float | None = None) -> Figure:
    """Return a figure that is right when it reaches the aim."""
    return Figure(name, value, unit, limit, _ratio(value, limit), f"≥ {aim:g}", value >= aim)


def at_most(name: str, value: float, unit: str, aim: float, limit: float | None = None) -> Figure:
    """Return a figure that is right while it stays within the aim."""
    return Figure(name, value, unit, limit, _ratio(value, limit), f"≤ {aim:g}", value <= aim)


def told(name: str, value: float, unit: str, limit: float | None = None) -> Figure:
    """Return a figure without an aim."""
    return Figure(name, value, unit, limit, _ratio(value, limit))


def _ratio(value: float, limit: float | None) -> float | None:
    return value / limit if limit else None


def say(words: str) -> None:
    """Show progress on standard error, so that standard output stays one JSON object."""
    print(words, file=sys.stderr, flush=True)


def as_json(bench: str, size: Size, figures: list[Figure]) -> dict[str, object]:
    """Return the one object that `--json` prints."""
    return {"bench": bench, "size": size, "figures": [_plain(figure) for figure in figures]}


def _plain(figure: Figure) -> dict[str, object]:
    """Return the fields, numbers to six digits: more would claim what no measurement knows."""
    fields: dict[str, object] = asdict(figure)
    return {name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in fields.items()}


def as_table(figures: list[Figure]) -> str:
    """Return the figures as lines for people."""
    lines = [f"{'figure':<28}{'value':>14}  {'unit':<14}{'limit':>12}{'ratio':>8}  {'aim':<10}ok"]
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:,.4g}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        verdict = {None: "", True: "yes", False: "NO"}[figure.ok]
        value = f"{figure.value:,.4g}" if abs(figure.value) < 1000 else f"{figure.value:,.0f}"
        lines.append(
            f"{figure.name:<28}{value:>14}  {figure.unit:<14}{limit:>12}{ratio:>8}  {figure.aim or '':<10}{verdict}"
        )
    return "\n".join(lines)
