"""Devices of the made-up county: on its components, with keys, and two months of what they said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import cos, pi, sin
from random import Random
from typing import Final
from uuid import UUID

from django.db import transaction

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel import ids, versions
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.components.models import Component
from lianxin.registry.sensors import actions, counting, history, intake, systems, watching
from lianxin.registry.sensors.counting import Refusal
from lianxin.registry.sensors.inputs import DeviceIn, SystemIn
from lianxin.registry.sensors.intake import Message
from lianxin.registry.sensors.kinds import KINDS
from lianxin.registry.sensors.models import Device, Stream, System

from .county import Area, Geography

DAYS: Final = 60
FOUNDED: Final = timedelta(days=DAYS)
_STEP: Final = 1_800  # seconds; the made-up readings of the past are no closer
_SLOW: Final = timedelta(hours=6)  # battery and signal


@dataclass(frozen=True, slots=True)
class Lot:
    """Devices of one kind: how many, on components of which classes, through which system, whose else."""

    kind: str
    prefix: str
    many: int
    few: int
    classes: tuple[str, ...] = ()
    system: str = ""
    unit: str = ""
    where: str = ""


LOTS: Final = (
    Lot("manhole", "JG", 18, 8, ("0103", "0102", "0101"), "lora"),
    Lot("lamp", "LD", 4, 1, ("0137",), "lora", "chengguan"),
    Lot("bin", "LJ", 6, 2, ("0305",), "lora", "chengguan"),
    Lot("water_level", "SW", 8, 3, system="shuiwu", unit="shuili", where="河道水位"),
    Lot("water_quality", "SZ", 1, 1, system="shuiwu", unit="shuili", where="出境断面水质"),
    Lot("weather", "QX", 4, 2, system="qixiang", unit="yingji", where="自动气象站"),
    Lot("smoke", "YG", 12, 4, unit="xiaofang", where="独立烟感"),
    Lot("gas", "RQ", 5, 2, unit="zhujian", where="燃气管网"),
    Lot("slope", "BP", 2, 2, unit="yingji", where="边坡位移"),
    Lot("air", "KQ", 2, 1, unit="chengguan", where="空气质量"),
    Lot("forest_fire", "LH", 2, 1, unit="linye", where="林火监测"),
)
# code, name, what for, unit, supplier, adapter, how, years ago joined, why closed
_SYSTEMS: Final = (
    ("lora", "城市物联感知网", "井盖、路灯、垃圾箱", "chengguan", "安达科技", "chirpstack",
     "LoRaWAN 网络服务器转发，政务外网", 1, ""),
    ("shuiwu", "智慧水务平台", "河道水位、断面水质", "shuili", "清源信息", "sensorthings",
     "每 10 分钟推一次，前置机在水利局机房", 2, ""),
    ("qixiang", "气象自动站汇集平台", "气温、雨量、风速", "yingji", "", "senml", "气象局推送，每 10 分钟一次", 2, ""),
    ("linfang", "森林防火指挥系统", "林区视频和卡口", "linye", "松涛科技", "",
     "只登记在册，火情由林业局电话通报", 3, ""),
    ("rexian", "12345 热线工单系统", "热线工单", "", "", "", "工单每小时导入一次", 3, ""),
    ("laojinggai", "井盖监测试点系统", "主干道井盖", "chengguan", "安达科技", "", "试点时单独一套", 3,
     "并入城市物联感知网，设备改由它上报"),
    ("wangge1", "社区网格通", "网格员上报", "", "", "", "老的手机应用", 5, "网格员改用连心手机版，数据已导入"),
    ("chengguan1", "数字城管旧系统", "部件事件", "chengguan", "", "", "2016 年建", 5, "案卷和部件库已迁入连心"),
)  # fmt: skip


def make(profile: str, county: Geography, *, seed: int, now: datetime) -> int:
    """Join systems, register devices with keys and let them have spoken for two months; returns how many there are."""
    rng = Random(f"sensing {profile} {seed}")
    with versions.held():
        joined = _join(now)
        devices = _register(profile, county, joined, rng, now)
    _speak(devices, rng, now)
    _refuse(devices, now)
    watching.mark_silent(at=now)
    return len(devices)


def _join(now: datetime) -> dict[str, System]:
    """Put the systems on the books, close those that were merged, give keys to those that push."""
    units, found = organizations.directory().by_code, {}
    for place, (code, name, purpose, unit, supplier, adapter, how, years, why) in enumerate(_SYSTEMS):
        day = now.astimezone(ZONE).date() - timedelta(days=365 * years + 17 * place)
        told = SystemIn(
            code, name, day, purpose=purpose, supplier=supplier, adapter=adapter, how=how,
            owner_unit_id=units[unit].id if unit in units else None,
        )  # fmt: skip
        system = systems.register(SYSTEM, key=_key(Random(f"system {code}"), now), told=told, at=now - FOUNDED)
        if why:
            closed = now.astimezone(ZONE).date() - timedelta(days=40 + 31 * place)
            systems.close(SYSTEM, system=system, seen=1, why=why, closed_on=closed, at=now)
        elif adapter:
            systems.issue_key(SYSTEM, system=system, at=now - FOUNDED)
        found[code] = system
    return found


def _key(rng: Random, at: datetime) -> UUID:
    """Return the same UUIDv7 for the same seed and instant."""
    head = ids.uuid7(at).int >> 80 << 80
    return UUID(int=head | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62))


def _register(
    profile: str, county: Geography, joined: dict[str, System], rng: Random, now: datetime
) -> list[Device]:  # fmt: skip
    units, made = organizations.directory().by_code, []
    spots = county.of_role("community")
    for lot in LOTS:
        count = lot.many if profile == "tongcheng" else lot.few
        things = _components(lot, count, rng)
        for number in range(count):
            system = joined.get(lot.system)
            unit = units.get(lot.unit)
            at = now - FOUNDED + timedelta(minutes=number)
            told = DeviceIn(
                number=f"{lot.prefix}-{number + 1:04}", kind=lot.kind, system_id=system.pk if system else None,
                owning_unit_id=unit.id if unit else None, maintaining_unit_id=unit.id if unit else None,
                installed_on=_day(at) - timedelta(days=100 + 9 * number), note="",
            )  # fmt: skip
            device = _placed(told, lot, things[number] if number < len(things) else None, spots, rng=rng, at=at)
            if device is not None:
                made.append(device)
                if system is None:
                    actions.issue_key(SYSTEM, device=device, at=at)
    return made


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def _components(lot: Lot, count: int, rng: Random) -> list[Component]:
    """Return components of the lot's classes, spread over the county, those on the town's streets first."""
    if not lot.classes:
        return []
    found = list(
        Component.objects.now().filter(category__code__in=lot.classes, state="intact", grid_id__isnull=False)
        .order_by("number").values_list("pk", flat=True)
    )  # fmt: skip
    chosen = sorted(rng.sample(found, min(count, len(found))))
    return list(Component.objects.filter(pk__in=chosen).order_by("number"))


def _placed(
    told: DeviceIn, lot: Lot, on: Component | None, spots: Sequence[Area], *, rng: Random, at: datetime
) -> Device | None:  # fmt: skip
    """Register a device on its component, else near the middle of a community."""
    key = _key(rng, at)
    if on is not None:
        return actions.register(SYSTEM, key=key, told=replace(told, component_id=on.pk), at=at)
    for _try in range(12):
        area = rng.choice(spots)
        middle = area.polygon.representative_point()
        point = Point(round(middle.x + rng.uniform(-0.002, 0.002), 6), round(middle.y + rng.uniform(-0.002, 0.002), 6))
        told = replace(told, point=point, name=f"{area.name}{lot.where}")
        try:
            return actions.register(SYSTEM, key=key, told=told, at=at)
        except LianxinError:  # outside the county
            continue
    return None


# By their place in the list: since how many hours they are silent; whose battery is how low; who is heard badly.
_SILENT: Final = {3: 9.0, 11: 52.0, 29: 120.0, 41: 20.0}
_LOW: Final = {5: 12.0, 14: 8.0, 22: 17.0, 37: 15.0, 50: 9.0}
_WEAK: Final = {8: -112.0, 19: -109.0}
_OPENED: Final = (2, timedelta(days=5, hours=3), timedelta(hours=1))  # which manhole was open, when, how long


def _speak(devices: Sequence[Device], rng: Random, now: datetime) -> None:
    """Bring in what the devices said for two months, until a little before now."""
    streams: dict[int, dict[str, int]] = {}
    for pk, device_id, measure in Stream.objects.values_list("pk", "device_id", "measure"):
        streams.setdefault(device_id, {})[measure] = pk
    seed = rng.random()

    def told() -> Iterator[tuple[int, datetime, float]]:
        for place, device in enumerate(devices):
            until = now - timedelta(hours=_SILENT.get(place, 0.0), minutes=1 + place % 7)
            voice = _Voice(place, device.kind, Random(f"{seed} {place}"), now)
            yield from _said(voice, streams[device.pk], device, until)

    history.bring(told(), back=DAYS, at=now)


def _said(
    voice: "_Voice", streams: dict[str, int], device: Device, until: datetime
) -> Iterator[tuple[int, datetime, float]]:  # fmt: skip
    step = timedelta(seconds=max(device.expected_every, _STEP))
    when, slow, first = until, until, voice.now - timedelta(days=DAYS)
    while when > first:
        for measure, value in voice.says(when):
            yield streams[measure], when, value
        if when <= slow:
            slow = when - _SLOW
            yield streams["battery"], when, voice.battery(when)
            yield streams["signal"], when, voice.signal()
        when -= step


@dataclass(frozen=True, slots=True)
class _Moment:
    """What makes a reading: the sun (warmest at three in the afternoon), the rain, the day, and the device's own."""

    days: float
    hour: float
    sun: float
    rain: float
    own: float
    noise: float
    is_open: bool

    @property
    def is_dark(self) -> bool:
        return self.hour >= 18 or self.hour < 6


_SAYS: Final[Mapping[str, Callable[[_Moment], float]]] = {
    "tilt": lambda at: 38.0 if at.is_open else 1 + 2 * at.own + 0.1 * at.noise,
    "is_open": lambda at: float(at.is_open),
    "water": lambda at: 0.2 + 0.3 * at.own + 0.8 * at.rain + 0.02 * at.noise,
    "level": lambda at: 1.2 + at.own + 0.3 * sin(at.days / 4) + 1.4 * at.rain + 0.01 * at.noise,
    "flow": lambda at: 4 + 6 * at.own + 12 * at.rain + 0.2 * at.noise,
    "smoke": lambda at: abs(0.02 * at.noise),
    "temperature": lambda at: 11 + 7 * at.sun + 4 * sin(at.days / 9) + at.own + 0.4 * at.noise,
    "humidity": lambda at: 68 - 18 * at.sun + 20 * at.rain + at.noise,
    "rain_mm": lambda at: round(max(0.0, 6 * at.rain + 0.3 * at.rain * at.noise), 1),
    "wind": lambda at: abs(2.2 + at.sun + at.noise),
    "pressure": lambda at: 1016 + 6 * sin(at.days / 5) + 0.3 * at.noise,
    "gas": lambda at: abs(0.4 * at.noise),
    "pressure_kpa": lambda at: 210 + 15 * at.own - 9 * at.sun + at.noise,
    "fill": lambda at: (at.days * (18 + 20 * at.own) + 100 * at.own) % 96 + abs(at.noise),
    "shift_mm": lambda at: 3 + 4 * at.own + 2.5 * at.rain + 0.2 * at.noise,
    "ph": lambda at: 7.3 + 0.1 * at.sun + 0.04 * at.noise,
    "oxygen": lambda at: 7.6 - 0.8 * at.sun + 0.1 * at.noise,
    "turbidity": lambda at: 14 + 60 * at.rain + abs(at.noise),
    "pm25": lambda at: 38 - 22 * at.rain + 14 * sin(at.days / 3) + 2 * at.noise,
    "pm10": lambda at: 66 - 30 * at.rain + 18 * sin(at.days / 3) + 3 * at.noise,
    "noise": lambda at: 54 + 6 * at.sun + at.noise,
    "is_on": lambda at: float(at.is_dark),
    "power": lambda at: 96 + 2 * at.noise if at.is_dark else 0.4,
}


class _Voice:
    """What one device says."""

    def __init__(self, place: int, kind: str, rng: Random, now: datetime) -> None:
        self.place, self.kind, self.rng, self.now = place, KINDS[kind], rng, now
        self.own = rng.random()
        which, ago, lasted = _OPENED
        self.opened = (now - ago, now - ago + lasted) if place == which else None

    def says(self, at: datetime) -> Iterator[tuple[str, float]]:
        """Yield its measures with readings within their ranges."""
        days = at.timestamp() / 86_400
        hour = (days * 24 + 8) % 24
        is_open = self.opened is not None and self.opened[0] <= at < self.opened[1]
        sun, rain, noise = -cos((hour - 3) / 24 * 2 * pi), _rain(days), self.rng.gauss(0, 1)
        moment = _Moment(days, hour, sun, rain, self.own, noise, is_open)
        for code in self.kind.own:
            measure = self.kind.measures[code]
            yield code, round(min(measure.most, max(measure.least, _SAYS[code](moment))), 2)

    def battery(self, at: datetime) -> float:
        """Return how full it is: slowly less, as low as it was chosen to be by now."""
        last = _LOW.get(self.place, 45 + 50 * self.own)
        return float(round(min(100.0, last + (self.now - at).days * 0.35)))

    def signal(self) -> float:
        """Return how strong it is heard."""
        return float(round(_WEAK.get(self.place, -72 - 25 * self.own) + self.rng.gauss(0, 1.5)))


def _rain(days: float) -> float:
    """Return how hard it rains, 0 to 1: showers every few days, the same everywhere."""
    shower = sin(days * 2 * pi / 6.3) + 0.6 * sin(days * 2 * pi / 2.9)
    return max(0.0, shower - 1.1) / 0.5


def _refuse(devices: Sequence[Device], now: datetime) -> None:
    """Let some things arrive that cannot be right: a clock that runs fast, a probe that broke, a stranger."""
    at = now - timedelta(minutes=20)
    probe = next(one for one in devices if one.kind == "water_level")
    clock = next(one for one in devices if one.kind == "smoke")
    wrong = [Message(probe.number, {"level": 99.9}, at - timedelta(minutes=turn), at) for turn in range(34)]
    wrong += [Message(clock.number, {"smoke": 0.1}, at + timedelta(hours=8), at) for _turn in range(6)]
    wrong += [Message("JG-9999", {"tilt": 2.0}, at, at) for _turn in range(11)]
    with transaction.atomic():
        intake.store(wrong, at=at)
        broken = [Refusal(0, "wrong_key", devices[0].number, "编号或密钥不对，或者密钥已经换掉。", devices[0].pk)] * 3
        counting.note({}, broken, at=at)
    watching.add_up(at=now)
