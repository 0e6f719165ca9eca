"""Make a whole county: profile and places, people, a month of cases, and years of copies for the larger scales."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

import psycopg
from django.conf import settings
from django.db import connection

from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas.models import Area
from lianxin.insight.statistics import folding as statistics
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.kernel.worktime.queries import calendar
from lianxin.operations.profiles import loader
from lianxin.operations.profiles.model import Profile
from lianxin.operations.profiles.reader import read
from lianxin.operations.simulation.scene import Scene

from . import (
    alarming,
    breaking,
    commanding,
    desk,
    fieldwork,
    filming,
    forewarning,
    leading,
    noticing,
    outside,
    painting,
    patrols,
    sensing,
    showing,
    staffing,
    stationing,
    surveying,
    tabling,
    visiting,
    wishing,
)
from .byhand import claim_file
from .county import Geography
from .filling import Filled, Filling
from .geography import make_geography
from .mapping import county_map
from .people import Person, people
from .peopling import people_the_demo
from .population import Populated
from .scale import grow, tell_everything
from .sharing import share
from .telling import Teller
from .trying import TRIED, act_as_agreed, begin_in_shadow

CASES: Final = 1_230
DAYS: Final = 30
FOUNDED: Final = timedelta(days=5 * 365)  # before the first copied case of the larger scales
SCALES: Final = {"staff": 0, "month": CASES, "small": 15_000, "county": 170_000, "prefecture": 1_000_000}
YEARS: Final = {"small": 1.1}  # of history, so that this month has a last one and last year's; others four
REPORTERS: Final = 700
Say = Callable[[str, str], None]


@dataclass
class Made:
    """What came of it."""

    staff: int = 0
    people: int = 0
    cases: int = 0
    seconds: float = 0
    filled: Filled = field(default_factory=Filled)


def is_taken() -> bool:
    """Tell whether this database has areas already."""
    return Area.objects.exists()


@dataclass(frozen=True)
class Founded:
    """A county with its people, before its first case."""

    profile: Profile
    county: Geography
    staff: list[staffing.Worker]
    residents: list[Person]
    seed: int
    now: datetime


def make(name: str, *, seed: int, scale: str, told: Say, now: datetime | None = None) -> Made:
    """Make the county into an empty database. Same name, seed and day of `now`: the same county.

    Writes `demo-accounts.json` into the data folder.
    """
    began = perf_counter()
    now = now or datetime.now(UTC)
    founded = found(name, seed=seed, now=now, told=told)
    made = Made(staff=len(founded.staff))
    if scale != "staff":
        told("正在登记房屋和人口", "building houses and letting people live there")
        made.people = settle(founded).people
    told("正在训练分类模型", "training the classifier")
    train(at=now - timedelta(days=DAYS + 1))
    if scale != "staff":
        told(f"正在演一个月的办件（{CASES} 件）", "letting a month pass")
        made.filled = pass_a_month(founded, cases=CASES)
        told("正在安排一位网格员的一天", "giving a grid worker a day's work")
        made.cases = made.filled.cases + fieldwork.make(next(iter(showing.usernames("网格员")), ""), seed=seed, now=now)
        told("正在核对数据", "checking the data")
        share(at=now)
        told("正在排巡查点和路线", "laying out patrols")
        patrols.make(name, founded.county, founded.staff, seed=seed, now=now)
        told("正在记两个月的走访", "letting two months of visits pass")
        visiting.make(seed=seed, now=now)
        outside.make(seed=seed, now=now)
        told("正在画底图", "drawing the base map")
        painting.make(founded.county, seed=seed, now=now)
        made.cases += _let_things_speak(founded, told)
        told("正在写心愿邮箱的信", "letting residents write letters")
        wishing.make(name, founded.residents, founded.staff, seed=seed, now=now)
        told("正在发通知、登记服务站点", "telling notices, opening stations")
        stationing.make(seed=seed, now=now)
        noticing.make(seed=seed, now=now)
        told("正在收预警", "receiving warnings")
        forewarning.make(seed=seed, now=now)
        told("正在写答复模板、记通话", "laying out the seat's desk")
        desk.make(seed=seed, now=now)
        told("正在吹哨、申请、督办", "calling units in, asking for time, pressing")
        commanding.make(seed=seed, now=now)
        told("正在排调度日、安排联系包抓", "preparing a dispatch day, giving leaders their places")
        leading.make(seed=seed, now=now)
    if SCALES[scale] > CASES:
        told("正在补上往年的案件", "copying cases back through the years")
        made.cases += _grow(scale, now=now)
    if scale != "staff":
        told("正在统计", "counting")
        statistics.build(at=now)
        tabling.make(now=now)
    made.seconds = perf_counter() - began
    return made


def _let_things_speak(founded: Founded, told: Say) -> int:
    """Register components, cameras and devices with what they said; return how many cases are about components."""
    name, county, seed, now = founded.profile.key, founded.county, founded.seed, founded.now
    told("正在普查城市部件", "surveying the city's components")
    surveying.make(name, county, seed=seed, now=now)
    reported = breaking.make(seed=seed, now=now)
    told("正在登记视频点位、物联设备和两个月的读数", "registering cameras, and devices that speak")
    filming.make(name, county, seed=seed, now=now)
    sensing.make(name, county, seed=seed, now=now)
    told("正在按规则看读数", "letting rules look at what devices said")
    alarming.make(now=now)
    return reported


def found(name: str, *, seed: int, now: datetime, told: Say) -> Founded:
    """Load the profile with a made-up map, as of years ago, and hire its staff. Raises ProfileInvalid."""
    profile = read(name)
    told("正在画地图、载入方案", "drawing the map and loading the profile")
    county = make_geography(profile, seed)
    loader.apply(profile, SYSTEM, at=now - FOUNDED, county=county_map(county))
    told("正在安排工作人员", "hiring the staff")
    crowd = people(Random(f"{profile.key} {seed}"))
    staff = staffing.make_staff(crowd, at=now - FOUNDED)
    staffing.name_substitutes(staff, at=now - FOUNDED)
    staffing.make_rota(staff, at=now)
    residents = list(islice(crowd, REPORTERS))
    _write_accounts(staff, residents[0].phone)
    return Founded(profile, county, staff, residents, seed, now)


def settle(founded: Founded) -> Populated:
    """Build the county's houses and let people live there."""
    return people_the_demo(
        founded.county,
        founded.residents[0],
        seed=founded.seed,
        founded=founded.now - FOUNDED,
        at=founded.now,
        told=lambda _line: None,
    )


def train(*, at: datetime) -> None:
    """Train the classifier from the profile's examples."""
    # Here, not above: training brings 80 MB of scikit-learn.
    from lianxin.work.dispatch import training

    training.retrain(at=at)


def pass_a_month(founded: Founded, *, cases: int) -> Filled:
    """Let so many reports come within a month that ends now, with all that follows from them."""
    now, seed = founded.now, founded.seed
    rng = Random(f"telling {founded.profile.key} {seed}")
    # Whole days, so that two runs of one day tell the same; what lies after now is not told.
    tomorrow = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    since = tomorrow - timedelta(days=DAYS)
    teller = Teller(founded.profile, founded.county, founded.residents, rng)
    reports = teller.reports(cases, since=since, until=tomorrow)
    resident = _resident(founded.residents[0], at=since)
    claim_file(resident, founded.residents[0], at=now)
    practice = begin_in_shadow(at=since)
    filling = Filling(Scene(at=now, rng=rng), calendar(), seed=seed, until=now, resident=resident)
    filling.change(since + TRIED, lambda at: act_as_agreed(practice, at=at))
    filled = filling.run(reports)
    # Once more: now it is known who has something to do.
    _write_accounts(founded.staff, founded.residents[0].phone)
    return filled


def _grow(scale: str, *, now: datetime) -> int:
    """Copy ended cases back through the years; returns how many."""
    tell_everything(at=now)
    years = YEARS.get(scale, 4)
    under_way = 0 if scale in YEARS else None  # a month told by acts has enough open ones
    return grow(
        _connected(), cases=SCALES[scale], years=years, open_cases=under_way, told=lambda _line: None
    ).cases  # fmt: skip


def _connected() -> psycopg.Connection:
    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection
    return raw


def _resident(person: Person, *, at: datetime) -> Actor:
    """Let a resident sign in once by a code, which makes the account."""
    codes: list[str] = []
    accounts.request_code(
        phone=person.phone, purpose="sign_in", address=None, send=lambda _phone, text: codes.append(text), at=at
    )
    code = "".join(re.findall(r"(?<!\d)\d{6}(?!\d)", codes[0])[:1])
    entered = accounts.sign_in_by_code(phone=person.phone, code=code, device="演示", address=None, at=at)
    actor = actor_of(entered.account.pk, at=at)
    if actor is None:
        raise LookupError("The resident's account is gone.")
    return actor


def _write_accounts(staff: list[staffing.Worker], resident_phone: str) -> None:
    shown = staffing.ready_accounts(staff, resident_phone)
    path = Path(settings.DATA) / "demo-accounts.json"
    path.write_text(json.dumps(shown, ensure_ascii=False, indent=1), encoding="utf-8")
