"""Cameras of the made-up county: the owners' register brought in as one table, and who asked to open some of them."""

import csv
import tempfile
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.queries import actors_of, current_posts, holders
from lianxin.foundation.organizations import queries as organizations
from lianxin.foundation.organizations.queries import UnitNode
from lianxin.kernel import versions
from lianxin.kernel.errors import LianxinError
from lianxin.registry.cameras import actions, queries
from lianxin.registry.cameras.models import Access, Camera
from lianxin.registry.cameras.settings import camera_settings
from lianxin.registry.imports import straight
from lianxin.work.cases.models import Case

from . import showing, viewpoints
from .county import Geography
from .viewpoints import Owner

COUNTS: Final = {"tongcheng": 1_309}  # as joined there; elsewhere fewer
FEWER: Final = 426
AGO: Final = timedelta(days=120)  # when the table was brought in
HOUR: Final = timedelta(hours=1)
MOST: Final = 26  # requests
TODAY: Final = 7  # of them asked for today, so many still wait
WAIT: Final = 3
LOOKED_AT: Final = 24  # cases, before an asker has nothing to ask for
# Owner by what is watched: unit, industry and network of the number.
_OWNERS: Final = {
    "road": ("gongan", "00", "5"), "traffic": ("jiaojing", "04", "5"), "estate": ("gongan", "01", "5"),
    "market": ("chengguan", "08", "6"),
}  # fmt: skip
_PLATFORMS: Final = (
    ("gongan", "公安视频共享平台", "https://video.gongan.example/live?device={number}"),
    ("chengguan", "城管视频平台", "https://video.chengguan.example/play/{number}"),
)
# By words of the case; the last is for all others.
PURPOSES: Final = (
    (("积水", "漏水", "水管", "下水", "内涝", "污水"), "看水淹到哪里，要不要先封一条车道"),
    (("井盖", "窨井"), "看井盖围挡还在不在，夜里有没有人挪开"),
    (("摊", "占道", "出店"), "看摊点几点出摊，好安排人去"),
    (("垃圾", "渣土", "臭"), "看垃圾是什么时候倒的，通知环卫早点来"),
    (("树", "枝"), "看树枝压到车道没有，派车前先看一眼"),
    (("停", "堵", "车"), "看车堵到哪里，好叫人去疏导"),
    (("灯",), "核实路灯是不是整段不亮"),
    (("狗", "噪", "吵", "广场"), "看现场人多不多，准备疏导"),
    ((), "到场前先看一眼现场，好安排人和工具"),
)  # fmt: skip
_REFUSED: Final = ("网格员五分钟就能走到，请先到现场看", "用途写得太宽，请写清看哪一段时间、为什么")


@dataclass(frozen=True, slots=True)
class _Turn:
    """One request to be: who asks for which camera about which case, and when."""

    number: int
    later: int  # how many come after it, itself counted
    asker: Actor
    camera: Camera
    case: Case
    at: datetime


def make(profile: str, county: Geography, *, seed: int, now: datetime) -> int:
    """Bring the register in and let people ask for some cameras; returns how many cameras there are."""
    rng = Random(f"filming {profile} {seed}")
    _platforms(now)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "视频点位台账.csv"
        write(table, profile, county, seed=seed, now=now)
        run = straight.check(SYSTEM, straight.Plan("cameras", table), at=now - AGO)
        straight.let_in(SYSTEM, run, at=now - AGO)
    with versions.held():
        _lives(rng, now)
    actions.expire(at=now)
    return Camera.objects.count()


def _platforms(now: datetime) -> None:
    """Register the platforms of the units that are here, on hosts the place allows."""
    units, hosts = _units(now), camera_settings().hosts
    for code, name, template in _PLATFORMS:
        is_allowed = any(f"//{host}/" in template for host in hosts)
        if code in units:
            actions.put_platform(
                SYSTEM, code=code, name=name, unit_id=units[code].id, template=template if is_allowed else "",
                reason="按接入方案登记", at=now - AGO,
            )  # fmt: skip


def _units(now: datetime) -> dict[str, UnitNode]:
    known = organizations.directory().by_code
    return {code: unit for code, unit in known.items() if unit.in_force(now)}


def write(table: Path, profile: str, county: Geography, *, seed: int, now: datetime) -> None:
    """Write the owners' register; where a place lacks a unit, the police own its cameras."""
    units = _units(now)
    names = {code: name for code, name, _template in _PLATFORMS if code in units}
    owners = {}
    for watched, (wanted, industry, network) in _OWNERS.items():
        code = wanted if wanted in units else "gongan"
        platform = names.get(code, "") or (names.get("gongan", "") if code == "jiaojing" else "")
        owners[watched] = Owner(units[code].name, platform, industry, network)
    with table.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(viewpoints.HEAD)
        writer.writerows(viewpoints.rows(county, owners, count=COUNTS.get(profile, FEWER), seed=seed))


def _lives(rng: Random, now: datetime) -> None:
    """Let seats and clerks ask over the last weeks; owners decide, some are opened, a few still wait."""
    askers = _askers(now)
    if not askers:
        return
    wanted = _wanted(askers, now)
    for number, (asker, camera, case) in enumerate(wanted):
        later = len(wanted) - number  # the last are today's, so that something waits and something runs
        at = now - (later * 1.2 * HOUR if later <= TODAY else timedelta(days=later - TODAY, hours=number % 7))
        with suppress(LianxinError):
            _pass(_Turn(number, later, asker, camera, case, at), rng, now)


def _askers(now: datetime) -> list[Actor]:
    """Return who asks: the ready seats and clerks first."""
    ids = holders("cameras.open", at=now)
    posts = current_posts(now).filter(account__username__in=showing.usernames("中心坐席", "社区", "街道"))
    ready = list(posts.order_by("account_id").values_list("account_id", flat=True))
    some = [*dict.fromkeys([*ready, *ids[:: max(1, len(ids) // 9)]])][:12]
    found = actors_of(some, at=now)
    return [found[pk] for pk in some if pk in found and found[pk].may("cameras.open")]


def _wanted(askers: Sequence[Actor], now: datetime) -> list[tuple[Actor, Camera, Case]]:
    """Return for cases of the last month a camera that covers their place, and somebody who sees both, in turn."""
    found: list[tuple[Actor, Camera, Case]] = []
    month = Case.objects.filter(point__isnull=False, reported_at__gt=now - timedelta(days=30))
    left = list(month.order_by("-reported_at", "-pk")[:600])
    taken: set[int] = set()
    turns = deque(askers)
    while turns and len(found) < MOST:
        asker = turns.popleft()
        match = _match(asker, left, taken, now)
        if match is not None:  # who found nothing does not look again
            camera, case = match
            taken.add(camera.pk)
            left.remove(case)
            found.append((asker, camera, case))
            turns.append(asker)
    return found


def _match(asker: Actor, cases: Sequence[Case], taken: set[int], now: datetime) -> tuple[Camera, Case] | None:
    """Return the first case an asker sees whose place a camera covers that nobody asked for; looks at a few only."""
    seen = (case for case in cases if asker.may("cases.view", case))
    for case in islice(seen, LOOKED_AT):
        for near in queries.covering(asker, case.point, at=now, most=2) if case.point is not None else ():
            if near.camera.system and near.camera.pk not in taken:
                return near.camera, case
    return None


def _pass(turn: _Turn, rng: Random, now: datetime) -> None:
    """Let one request go its way: it waits, is refused or taken back, or is granted and used."""
    number, at = turn.number, turn.at
    hours = 24 if turn.later <= TODAY else rng.choice((2, 8, 24))
    access = actions.ask(
        turn.asker, key=UUID(int=rng.getrandbits(128), version=4), camera=turn.camera, at=at,
        purpose=_purpose(turn.case), hours=hours, case_number=turn.case.number,
    )  # fmt: skip
    decider = _decider(turn.camera, turn.asker, at)
    then = min(at + timedelta(minutes=rng.randint(4, 25)), now)
    if turn.later <= WAIT or decider is None:
        return
    if number % 7 == 3 and turn.later > TODAY:
        actions.decide(decider, access=access, approve=False, reason=_REFUSED[number % 2], at=then)
    elif number % 11 == 5 and turn.later > TODAY:
        actions.withdraw(turn.asker, access=access, at=then)
    else:
        access = actions.decide(decider, access=access, approve=True, at=then)
        _use(turn, access, decider, rng, now)


def _purpose(case: Case) -> str:
    """Return what one would look for, by the words of the case."""
    return next(said for words, said in PURPOSES if not words or any(word in case.title for word in words))


def _use(turn: _Turn, access: Access, decider: Actor, rng: Random, now: datetime) -> None:
    """Let a granted access be used, and some be given back or taken away."""
    at = access.decided_at or turn.at
    for _time in range(rng.randint(1, 3)):
        at += timedelta(minutes=rng.randint(3, 30))
        if at < now and access.until is not None and at < access.until:
            actions.open_camera(turn.asker, access=access, at=at)
    if turn.later == WAIT + 1 and at < now:
        actions.revoke(decider, access=access, reason="现场已处置完，不用再看", at=at + timedelta(minutes=1))
    elif turn.number % 5 == 1 and at < now:
        actions.withdraw(turn.asker, access=access, at=at + timedelta(minutes=2))


def _decider(camera: Camera, asker: Actor, at: datetime) -> Actor | None:
    """Return one of the owner's people, or where it has none one of the leaders; never who asked."""
    ids = holders("cameras.approve", at=at, unit_id=camera.owner_unit_id) or holders("cameras.approve", at=at)
    found = actors_of(ids[:3], at=at)
    return next((actor for pk, actor in sorted(found.items()) if pk != asker.account_id), None)
