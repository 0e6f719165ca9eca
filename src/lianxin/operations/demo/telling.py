"""What residents, grid workers and callers of a made-up county report: words, place, who, by which channel."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Final

from lianxin.kernel.geometry.points import Point
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.operations.profiles.model import Profile

from .county import Area, Geography
from .people import Person

CHANNELS: Final = {"resident": 58, "worker": 20, "call": 14, "hotline": 8}
# Hours at which people report: few by night, most after breakfast and after work.
_HOURS: Final = (1, 1, 1, 1, 1, 2, 5, 12, 20, 22, 20, 16, 10, 10, 14, 17, 18, 18, 16, 14, 12, 9, 5, 2)
_OPENINGS: Final = ("", "", "", "", "您好，", "麻烦看一下，", "反映个事：", "早上路过发现，", "住在附近，")
_ENDINGS: Final = ("", "", "", "谢谢。", "盼处理。", "已经好几天了。", "请尽快安排人来看看。", "附近老人孩子多。")
_UNPLACED, _ANONYMOUS, _CONFIDENTIAL, _CONSENT = 0.03, 0.07, 0.03, 0.55


@dataclass(frozen=True, slots=True)
class Told:
    """One report that is about to come."""

    at: datetime
    text: str
    channel: str
    point: Point | None
    grid: str
    address: str
    person: Person | None
    is_confidential: bool
    has_consent: bool
    has_photo: bool


class Teller:
    """Makes reports up from the profile's examples and the county's map."""

    def __init__(self, profile: Profile, county: Geography, people: list[Person], rng: Random) -> None:
        """Sort what people say by category."""
        self._county, self._people, self._rng = county, people, rng
        self._said: dict[str, list[str]] = {}
        for example in profile.examples:
            self._said.setdefault(example.category, []).append(example.text)
        self._codes = sorted(self._said)
        # Some matters come far more often than others.
        self._weights = [1 / (1 + rng.random() * 8) for _code in self._codes]
        self._grids = county.of_role("grid")
        self._crowds = [grid.households * (3 if grid.kind != "rural" else 1) for grid in self._grids]

    def reports(self, count: int, *, since: datetime, until: datetime) -> list[Told]:
        """Return so many reports in order of time."""
        instants = sorted(self._instant(since, until) for _each in range(count))
        return [self._tell(at) for at in instants]

    def _instant(self, since: datetime, until: datetime) -> datetime:
        rng, days = self._rng, (until - since).days
        while True:
            # Busier of late, as a platform that is taking root.
            day = (since + timedelta(days=int(days * rng.random() ** 0.85))).astimezone(ZONE).date()
            hour = rng.choices(range(24), _HOURS)[0]
            at = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), ZONE)
            if since <= at < until:
                return at

    def _tell(self, at: datetime) -> Told:
        rng = self._rng
        code = rng.choices(self._codes, self._weights)[0]
        channel = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        grid = rng.choices(self._grids, self._crowds)[0]
        point, address = self._place(grid)
        is_unplaced = channel != "worker" and rng.random() < _UNPLACED
        is_anonymous = channel == "resident" and rng.random() < _ANONYMOUS
        has_person = channel != "worker" and not is_anonymous
        return Told(
            at=at, text=self._words(code, address), channel=channel, point=None if is_unplaced else point,
            grid=grid.code, address=address, person=rng.choice(self._people) if has_person else None,
            is_confidential=has_person and rng.random() < _CONFIDENTIAL, has_consent=rng.random() < _CONSENT,
            has_photo=channel in {"resident", "worker"} and rng.random() < 0.6,
        )  # fmt: skip

    def _place(self, grid: Area) -> tuple[Point, str]:
        lon, lat = self._county.point_in(grid.code, self._rng)
        return Point(lon, lat), self._county.address_near(lon, lat)

    def _words(self, code: str, address: str) -> str:
        rng = self._rng
        text = rng.choice(self._said[code])
        where = f"{address}，" if rng.random() < 0.35 and "位置" not in text else ""
        return f"{rng.choice(_OPENINGS)}{where}{text}{rng.choice(_ENDINGS)}"
