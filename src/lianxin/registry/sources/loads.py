"""How much the running requests ask of each grid worker, in minutes a week; and what one more would add."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count

from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode

from .models import Abstention, DataRequest
from .requests import effort, reach, today
from .rules import HEAVY, shared


@dataclass(slots=True)
class GridLoad:
    """What falls on one grid: minutes a week for each of its workers, by the unit that asks."""

    area: AreaNode
    workers: int
    by_unit: dict[int, float] = field(default_factory=dict)

    @property
    def minutes(self) -> float:
        """Minutes a week for one worker; a grid without a worker counts as one."""
        return sum(self.by_unit.values()) / max(1, self.workers)

    @property
    def is_heavy(self) -> bool:
        """Whether it is more than half a day a week."""
        return self.minutes > HEAVY


@dataclass(frozen=True, slots=True)
class Load:
    """The whole: grids in the order of the tree, and minutes a week by unit."""

    grids: list[GridLoad]
    by_unit: Mapping[int, float]

    @property
    def mean(self) -> float:
        """Minutes a week for the average grid worker."""
        workers = sum(max(1, grid.workers) for grid in self.grids)
        return sum(self.by_unit.values()) / workers if workers else 0.0

    @property
    def heaviest(self) -> GridLoad | None:
        """The grid on whose worker most falls."""
        return max(self.grids, key=lambda grid: grid.minutes, default=None)


def running(at: datetime) -> list[DataRequest]:
    """Return the requests that run today, the first to end first. One statement."""
    day = today(at)
    found = DataRequest.objects.filter(state=DataRequest.State.APPROVED, from_date__lte=day, until_date__gte=day)
    return list(found.order_by("until_date", "pk"))


def load(at: datetime, numbers: Mapping[str, int] | None = None, *, extra: DataRequest | None = None) -> Load:
    """Return the load of today, with one more request if `extra` is given. Three statements."""
    asked = [*running(at), *([extra] if extra is not None else [])]
    out: dict[int, set[int]] = defaultdict(set)
    for request_id, area_id in Abstention.objects.filter(request__in=asked).values_list("request_id", "area_id"):
        out[request_id].add(area_id)
    atlas = areas.atlas(at, numbers)
    workers = _workers(at)
    grids = {node.id: GridLoad(node, workers.get(node.id, 0)) for node in atlas if node.role == "grid"}
    by_unit: dict[int, float] = defaultdict(float)
    for request in asked:
        for grid_id, minutes in _falls(request, grids.values(), out[request.pk]).items():
            grid = grids[grid_id]
            grid.by_unit[request.unit_id] = grid.by_unit.get(request.unit_id, 0.0) + minutes
            by_unit[request.unit_id] += minutes
    return Load(list(grids.values()), dict(by_unit))


def _workers(at: datetime) -> dict[int, int]:
    posts = current_posts(at).filter(area__role="grid", role__permissions__contains=["people.edit"])
    counted = posts.values_list("area_id").annotate(count=Count("account_id", distinct=True))
    return {area_id: count for area_id, count in counted if area_id is not None}


def _falls(request: DataRequest, grids: Iterable[GridLoad], out: set[int]) -> dict[int, float]:
    within = reach(request)
    asked = {grid.area.id: grid.area for grid in grids if within is None or set(within) & set(grid.area.path_ids)}
    shares = shared(effort(request).minutes_a_week, {pk: node.households for pk, node in asked.items()})
    return {pk: minutes for pk, minutes in shares.items() if not out & set(asked[pk].path_ids)}


@dataclass(frozen=True, slots=True)
class Added:
    """What a request would add for the average grid worker it falls on, and for whom it would be too much."""

    minutes: float
    before: float
    after: float
    too_much: list[GridLoad]


def added(request: DataRequest, at: datetime, numbers: Mapping[str, int] | None = None) -> Added:
    """Return what letting a request in would add. Six statements."""
    now, then = load(at, numbers), load(at, numbers, extra=request)
    within = reach(request)
    touched = [
        (one, other)
        for one, other in zip(now.grids, then.grids, strict=True)
        if within is None or set(within) & set(one.area.path_ids)
    ]
    count = max(1, len(touched))
    before, after = (sum(pair[n].minutes for pair in touched) / count for n in (0, 1))
    too_much = [other for one, other in touched if other.is_heavy and not one.is_heavy]
    return Added(after - before, before, after, too_much)
