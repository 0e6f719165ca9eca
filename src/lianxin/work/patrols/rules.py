"""Pure rules of patrols: days of a plan, hours of a round, whether somebody was at a point. No database, no clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from lianxin.kernel.geometry.points import Point, distance
from lianxin.kernel.worktime.calendars import ZONE

from .words import Answer, HazardKind, PointKind, Rhythm


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a plan has its rounds."""

    rhythm: str
    begins: time
    ends: time
    from_date: date
    until_date: date | None = None
    days: tuple[int, ...] = ()  # 1 Monday … 7 Sunday, or days of the month
    every_days: int | None = None

    def falls_on(self, day: date) -> bool:
        """Tell whether there is a round on this day."""
        if day < self.from_date or (self.until_date is not None and day > self.until_date):
            return False
        if self.rhythm == Rhythm.WEEKLY:
            return day.isoweekday() in self.days
        if self.rhythm == Rhythm.EVERY:
            return (day - self.from_date).days % (self.every_days or 1) == 0
        # The 31st of a short month is its last day.
        return any(min(wanted, _last_day(day)) == day.day for wanted in self.days)

    def between(self, first: date, last: date) -> Iterator[date]:
        """Yield the days with a round, both ends inside."""
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if self.falls_on(day):
                yield day

    def window(self, day: date) -> tuple[datetime, datetime]:
        """Return from when until when the round of a day may be walked, past midnight where the hours do."""
        opens = datetime.combine(day, self.begins, ZONE)
        closes = datetime.combine(day, self.ends, ZONE)
        return opens, closes if closes > opens else closes + timedelta(days=1)


def _last_day(day: date) -> int:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - timedelta(days=1)).day


def round_key(plan_key: UUID, day: date) -> UUID:
    """Return the key of a plan's round on a day: known to a device days before the round is made."""
    return uuid5(plan_key, day.isoformat())


@dataclass(frozen=True, slots=True)
class Nearness:
    """How far somebody was from a point, and whether that is there."""

    distance: int | None
    is_there: bool


def nearness(point: Point, radius: int, place: Point | None, accuracy: int | None, most: int) -> Nearness:
    """Tell whether a place is at a point: within its radius and what the phone is unsure of, believed up to `most`."""
    if place is None:
        return Nearness(None, is_there=False)
    apart = round(distance(point, place))
    return Nearness(apart, apart <= radius + min(accuracy if accuracy is not None else 0, most))


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a checklist. `photo`: a problem wants one; `hazard`: what kind of hazard a problem here is."""

    code: str
    text: str
    photo: bool = True
    hazard: str = HazardKind.OTHER.value

    @classmethod
    def read(cls, row: Mapping[str, object]) -> "Question":
        """Return a question as a checklist keeps it."""
        hazard = str(row.get("hazard") or "")
        return cls(
            code=str(row["code"]), text=str(row["text"]), photo=bool(row.get("photo", True)),
            hazard=hazard if hazard in HazardKind.values else HazardKind.OTHER.value,
        )  # fmt: skip

    def kept(self) -> dict[str, object]:
        """Return the question as a checklist keeps it."""
        return {"code": self.code, "text": self.text, "photo": self.photo, "hazard": self.hazard}


def judged(answers: Mapping[str, str], questions: Sequence[Question]) -> tuple[dict[str, str], int]:
    """Return the answers that belong to these questions, and how many problems they tell of."""
    known = {question.code for question in questions}
    kept = {code: answer for code, answer in answers.items() if code in known and answer in Answer.values}
    return kept, sum(answer == Answer.PROBLEM for answer in kept.values())


_Q = Question
_K = HazardKind
# What is asked where no area has a list of its own (version 0).
BUILT_IN: Mapping[str, tuple[Question, ...]] = {
    PointKind.ROAD: (
        _Q("surface", "路面、人行道没有塌陷和大坑", hazard=_K.ROAD),
        _Q("cover", "井盖、护栏齐全稳固", hazard=_K.ROAD),
        _Q("lamp", "路灯、标牌完好", hazard=_K.POWER),
        _Q("tidy", "没有占道经营和乱堆乱放", hazard=_K.OTHER),
    ),
    PointKind.MARKET: (
        _Q("exit", "消防通道和出口畅通", hazard=_K.FIRE),
        _Q("wire", "没有私拉电线、飞线充电", hazard=_K.POWER),
        _Q("gas", "经营户燃气瓶使用规范", hazard=_K.GAS),
        _Q("clean", "地面、下水和摊位卫生", hazard=_K.FOOD),
    ),
    PointKind.ESTATE: (
        _Q("fire", "消防通道、楼道没有堵占", hazard=_K.FIRE),
        _Q("charge", "没有电动车进楼、飞线充电", hazard=_K.POWER),
        _Q("wall", "外墙、窗台没有坠落危险", hazard=_K.BUILDING),
        _Q("gate", "单元门、电梯、照明正常", hazard=_K.OTHER),
        _Q("tidy", "垃圾点和绿地整洁", hazard=_K.OTHER),
    ),
    PointKind.SCHOOL: (
        _Q("traffic", "上下学通行有序、护栏完好", hazard=_K.ROAD),
        _Q("stall", "门口没有流动食品摊", hazard=_K.FOOD),
        _Q("fire", "消防通道畅通", hazard=_K.FIRE),
    ),
    PointKind.WATER: (
        _Q("sign", "警示牌、救生圈齐全", hazard=_K.WATER),
        _Q("rail", "护栏、台阶稳固", hazard=_K.WATER),
        _Q("level", "水位正常、没有漂浮物和排污", hazard=_K.WATER),
        _Q("play", "没有人下水游泳、野泳", photo=False, hazard=_K.WATER),
    ),
    PointKind.FIRE: (
        _Q("free", "通道没有停车和堆物", hazard=_K.FIRE),
        _Q("mark", "禁停标线、标牌清楚", hazard=_K.FIRE),
        _Q("gear", "消火栓、灭火器在位可用", hazard=_K.FIRE),
    ),
    PointKind.SITE: (
        _Q("fence", "围挡牢固、夜间有灯", hazard=_K.SITE),
        _Q("dust", "裸土覆盖、车辆冲洗", hazard=_K.SITE),
        _Q("crane", "吊装、脚手架没有伸出围挡", hazard=_K.SITE),
    ),
    PointKind.OTHER: (_Q("safe", "现场没有安全问题", hazard=_K.OTHER), _Q("tidy", "环境整洁", hazard=_K.OTHER)),
}
