"""What residents, grid workers and callers of a made-up county report: words, place, who, by which channel."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Final

from lianxin.kernel.geometry.points import Point
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.operations.profiles.model import Profile

from .county import Geography
from .people import Person
from .wording import Ground, Saying, Spot, saying, worded

CHANNELS: Final = {"resident": 58, "worker": 20, "call": 14, "hotline": 8}
# Hours at which people report: few by night, most after breakfast and after work.
_HOURS: Final = (1, 1, 1, 1, 1, 2, 5, 12, 20, 22, 20, 16, 10, 10, 14, 17, 18, 18, 16, 14, 12, 9, 5, 2)
# Patrols go by day: whoever reports by night is no grid worker.
_BY_DAY: Final = range(7, 19)
_OPENINGS: Final = ("", "", "", "", "您好，", "麻烦看一下，", "反映个事：", "住在附近，")
_ENDINGS: Final = ("", "", "", "谢谢。", "盼处理。", "请尽快安排人来看看。", "附近老人孩子多。")
_OF_PATROLS: Final = ("", "", "巡查发现，", "日常巡查看到，")
# Who begins or ends like this needs no more words.
_OPENED: Final = re.compile(
    "^(领导|您好|你好|反映|社区|网格员|麻烦|请问|想问|帮|投诉|我|咱|感谢|建议|希望|[^，。]{2,14}(这边|的居民|，在))"
)
_CLOSED: Final = re.compile("(请|谢|盼|求|希望|麻烦|吗|能不能|快来|怎么|怎样|谁)[^，。！？]*[。！？]?$")
_SEEN: Final = frozenset({"problem", "hazard"})  # kinds of matters that lie somewhere; others are asked for
_TRIES: Final = 40
_UNPLACED, _ANONYMOUS, _CONFIDENTIAL, _CONSENT = 0.2, 0.07, 0.03, 0.55


@dataclass(frozen=True, slots=True)
class Told:
    """One report that is about to come."""

    at: datetime
    text: str
    category: str
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
        """Sort what people say by category and by the ground it suits."""
        self._people, self._rng, self._ground = people, rng, Ground(county)
        self._said: dict[str, dict[str, list[Saying]]] = {"urban": {}, "rural": {}}
        for example in profile.examples:
            said = saying(example.text)
            for ground in said.grounds:
                self._said[ground].setdefault(example.category, []).append(said)
        self._kinds = {category.code: category.kind for category in profile.categories}
        codes = sorted({example.category for example in profile.examples})
        # Some matters come far more often than others.
        self._weights = {code: 1 / (1 + rng.random() * 8) for code in codes}
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
        channel = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        if channel == "worker" and at.hour not in _BY_DAY:
            channel = "resident"
        code, said, spot = self._matter(channel)
        is_unplaced = channel != "worker" and not said.kind and rng.random() < _UNPLACED
        is_anonymous = channel == "resident" and rng.random() < _ANONYMOUS
        has_person = channel != "worker" and not is_anonymous
        return Told(
            at=at, text=self._words(code, said, spot, channel), category=code, channel=channel,
            point=None if is_unplaced else Point(spot.lon, spot.lat), grid=spot.grid, address=spot.address,
            person=rng.choice(self._people) if has_person else None,
            is_confidential=has_person and rng.random() < _CONFIDENTIAL, has_consent=rng.random() < _CONSENT,
            has_photo=channel in {"resident", "worker"} and self._kinds[code] in _SEEN and rng.random() < 0.7,
        )  # fmt: skip

    def _matter(self, channel: str) -> tuple[str, Saying, Spot]:
        """Return a category, an example and a place that fit each other and who reports."""
        rng = self._rng
        for _each in range(_TRIES):
            grid = rng.choices(self._grids, self._crowds)[0]
            sayings = self._said["rural" if grid.kind == "rural" else "urban"]
            code = rng.choices(list(self._weights), list(self._weights.values()))[0]
            if code not in sayings or (channel == "worker" and self._kinds[code] not in _SEEN):
                continue
            said = rng.choice(sayings[code])
            spot = self._ground.spot(said.kind, grid, rng)
            if spot is not None and not (channel == "worker" and said.is_personal):
                return code, said, spot
        raise LookupError("The profile's examples do not fit the places of its county.")

    def _words(self, code: str, said: Saying, spot: Spot, channel: str) -> str:
        """Return the words with a greeting, the place and a plea where they have none."""
        rng, text = self._rng, worded(said, spot)
        is_seen = self._kinds[code] in _SEEN
        if is_seen and not said.kind and rng.random() < 0.6:
            text = f"{spot.address}，{text}"
        if channel == "worker":
            return rng.choice(_OF_PATROLS) + text
        if is_seen and not _OPENED.search(said.text):
            text = rng.choice(_OPENINGS) + text
        if is_seen and not _CLOSED.search(said.text):
            ending = rng.choice(_ENDINGS)
            text = f"{text}。{ending}" if ending and text[-1] not in "。！？" else text + ending
        return text
