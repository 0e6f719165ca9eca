"""A tiny county for tests: squares near 117.0 E 31.0 N, its units, list, roles and people, made through the actions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Account, Post, Role
from lianxin.foundation.areas import actions as area_actions
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import actions as unit_actions
from lianxin.foundation.organizations import queries as organizations
from lianxin.foundation.organizations.queries import UnitNode

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "山高水长 2026"
SIDE = 0.02  # degrees; a grid is a square of this side

STREETS = ("龙眠街道", "文昌街道")
COMMUNITIES = (("东苑社区", "北门社区"), ("南演社区", "西郊社区"))


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Return a GeoJSON rectangle."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}


def area_nodes() -> list[area_actions.Node]:
    """Return one city, 2 streets, 4 communities and 8 grids; they tile without gaps."""
    node, lon, lat = area_actions.Node, 117.0, 31.0
    nodes = [node("340881", "桐城市", "city", "city", None, "", square(lon, lat, lon + 4 * SIDE, lat + 2 * SIDE))]
    for i, street in enumerate(STREETS):
        west = lon + 2 * SIDE * i
        code = f"34088100{i + 1}"
        border = square(west, lat, west + 2 * SIDE, lat + 2 * SIDE)
        nodes.append(node(code, street, "street", "street", "340881", "", border))
        for j, community in enumerate(COMMUNITIES[i]):
            south, inner = lat + SIDE * j, f"{code}00{j + 1}"
            border = square(west, south, west + 2 * SIDE, south + SIDE)
            nodes.append(node(inner, community, "community", "community", code, "urban", border))
            for k in range(2):
                east = west + SIDE * k
                border = square(east, south, east + SIDE, south + SIDE)
                name = f"第{'一二'[k]}网格"
                nodes.append(node(f"{inner}0{k + 1}", name, "grid", "grid", inner, "urban", border, 400))
    return nodes


def unit_rows() -> list[unit_actions.UnitRow]:
    """Return departments of the city, the streets and communities themselves, and a property company."""
    row = unit_actions.UnitRow
    rows = [
        row("centre", "桐城市网格化服务管理中心", "centre", "city", "市网格中心", None, "340881"),
        row("cgj", "桐城市城市管理局", "department", "city", "市城管局", None, "340881"),
        row("zjj", "桐城市住房和城乡建设局", "department", "city", "市住建局", None, "340881"),
        row("paishui", "桐城市排水所", "department", "city", "排水所", "zjj", "340881"),
        row("jiaojing", "桐城市公安局交通警察大队", "department", "city", "市交警大队", None, "340881"),
        row("wuye", "东苑物业服务有限公司", "property", "community", "东苑物业", None, "340881001001"),
    ]
    for i, street in enumerate(STREETS):
        code = f"34088100{i + 1}"
        rows.append(row(f"street{i + 1}", f"{street}办事处", "street", "street", street, None, code))
        for j, community in enumerate(COMMUNITIES[i]):
            place = f"{code}00{j + 1}"
            rows.append(
                row(f"community{i + 1}{j + 1}", f"{community}居民委员会", "community", "community", community,
                    f"street{i + 1}", place)
            )  # fmt: skip
    return rows


def duty_rows() -> list[unit_actions.DutyRow]:
    """Return a responsibility list that is whole at the city, and knows the street and community levels."""
    row = unit_actions.DutyRow
    return [
        row("1", "01", "city", lead="cgj", basis="《城市市容和环境卫生管理条例》"),
        row("2", "02", "city", lead="zjj", assists=("paishui",)),
        row("3", "0203", "city", lead="paishui", assists=("zjj",)),
        row("4", "03", "city", lead="jiaojing"),
        row("5", "", "city", lead="centre"),
        row("6", "", "street", lead_kind="street"),
        row("7", "", "community", lead_kind="community"),
        row("8", "0104", "community", area="340881001001", lead="wuye"),
    ]


HANDLING = ("view", "handle", "return", "extend", "report_in", "consult", "annotate", "contact")
FIELD = ("report", "view", "check", "resolve", "handle", "return", "annotate", "contact", "consult")
DESK = (
    "report", "view", "check", "answer", "resolve", "file", "decline", "refer", "merge", "split", "amend", "escalate",
    "dispatch", "recall", "whistle", "consult", "rate", "reopen", "annotate", "reply", "contact", "call_back",
)  # fmt: skip
HOME = ("people.view", "people.reveal", "places.view", "care.view")
CAMERAS = ("cameras.view", "cameras.open", "cameras.manage", "cameras.approve")
COMPONENTS = ("components.view", "components.check", "components.edit")
SENSORS = ("sensors.view", "sensors.manage", "systems.manage")
VISITS = ("visits.write", "visits.view", "visits.signs")
PATROLS = ("patrols.view", "patrols.walk", "patrols.plan", "patrols.settle")
SCREEN = ("screen.view", "screen.arrange")
LEADING = ("dispatchdays.prepare", "liaison.view", "liaison.manage")
WARNINGS = ("warnings.view", "warnings.issue", "warnings.sources")
ALARMS = ("alarms.view", "alarms.acknowledge", "alarms.rules")
TELLS = ("disclosure.publish", "disclosure.receipts", "stations.manage", "months.answer")


def _cases(*verbs: str) -> list[str]:
    return [f"cases.{verb}" for verb in verbs]


# code → (label, scope, permissions)
ROLES: Mapping[str, tuple[str, str, Sequence[str]]] = {
    "grid_worker": ("网格员", "area", [*_cases(*FIELD), *HOME, "people.edit", "places.edit", *VISITS,
                     *PATROLS[:2], *COMPONENTS, SENSORS[0], WARNINGS[0],
         *ALARMS[:2]]),
    "community_clerk": (
        "社区干部",
        "area",
        [*_cases(*DESK, "handle", "return"), "statistics.view", "accounts.read", *HOME,
         "people.edit", "people.merge", "people.answer",
         "people.import", "people.export", "places.edit", "care.tag", "sources.rule", "sources.abstain",
         "quality.assign", "wishes.answer", *VISITS, *PATROLS, *TELLS, *COMPONENTS, SENSORS[0], *CAMERAS[:2],
         *WARNINGS[:2], *ALARMS[:2]],
    ),
    "street_seat": (
        "街道网格中心",
        "area",
        [*_cases(*DESK, "close", "handle", "return"), "statistics.view", "tables.export", "accounts.rota", *HOME,
         "sources.decide", "sources.rule",
         "quality.assign", "wishes.answer", "visits.view", PATROLS[0], *PATROLS[2:], *TELLS, *SCREEN, *COMPONENTS,
         SENSORS[0],
         *CAMERAS[:2], *WARNINGS[:2],
         *ALARMS[:2]],
    ),
    "seat": ("市级坐席", "area",
             [*_cases(*DESK, "close", "reveal"), "statistics.view", "tables.export", "places.view", "patrols.view",
              *TELLS[:2],
              *SCREEN, *LEADING, COMPONENTS[0], SENSORS[0], *CAMERAS[:2], *WARNINGS[:2],
         *ALARMS]),
    "supervisor": (
        "督查员",
        "area",
        [*_cases("view", "supervise", "rule", "approve", "force_close", "void", "reopen", "annotate"), "places.view",
         COMPONENTS[0], SENSORS[0], CAMERAS[0], WARNINGS[0],
         *ALARMS[:2]],
    ),
    "handler": ("经办人", "unit", [*_cases(*HANDLING), "sources.request", "sources.push", "dispatchdays.answer",
                *COMPONENTS[:2], *SENSORS[:2], CAMERAS[0], *CAMERAS[2:],
         *ALARMS[:2]]),
    "verifier": ("核查员", "area", [*_cases("view", "verify", "check", "annotate"), *COMPONENTS[:2],
         ALARMS[0]]),
    "leader": ("领导", "area",
               [*_cases("view", "supervise", "annotate"), "statistics.view", "tables.export", "places.view",
                "patrols.view", *SCREEN,
                "dispatchdays.lead", "liaison.view", "liaison.visit", COMPONENTS[0], SENSORS[0], CAMERAS[0], CAMERAS[3],
                WARNINGS[0],
         ALARMS[0]]),
    "admin": (
        "系统管理员",
        "area",
        ["accounts.manage", "accounts.elevate", "accounts.read", "accounts.rota", "areas.manage",
         "organizations.manage", "config.manage", "tokens.manage", "places.view", "places.edit", "sources.manage",
         "dispatch.manage", "patrols.plan", "patrols.view", "desk.manage", "basemap.manage",
         COMPONENTS[0], COMPONENTS[2], *SENSORS, CAMERAS[0], CAMERAS[2], WARNINGS[0], WARNINGS[2],
         ALARMS[0], ALARMS[2]],
    ),
    "auditor": ("审计员", "area", ["audit.read", "audit.export"]),
    "data_officer": (
        "数据专员",
        "area",
        ["people.view", "people.edit", "people.reveal", "people.merge", "people.answer", "people.import",
         "people.export", "places.view", "places.edit", "sources.manage", "sources.rule", "sources.decide",
         "quality.assign", *COMPONENTS, *SENSORS, CAMERAS[0], CAMERAS[2],
         ALARMS[0], ALARMS[2]],
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class County:
    """The tiny county, by codes; `street` 1 is 龙眠街道 with `community` 11 and 12, `grid` 111 and 112."""

    areas: Mapping[str, AreaNode]
    units: Mapping[str, UnitNode]

    @property
    def city(self) -> AreaNode:
        """桐城市."""
        return self.areas["340881"]

    def street(self, number: int) -> AreaNode:
        """Return a street by its number: 1 or 2."""
        return self.areas[f"34088100{number}"]

    def community(self, number: int) -> AreaNode:
        """Return a community by street and place: 11, 12, 21 or 22."""
        return self.areas[f"34088100{number // 10}00{number % 10}"]

    def grid(self, number: int) -> AreaNode:
        """Return a grid by street, community and place: 111 … 222."""
        return self.areas[f"34088100{number // 100}00{number // 10 % 10}0{number % 10}"]


def make_county(at: datetime = BEGIN) -> County:
    """Make areas, units, the responsibility list and the roles."""
    area_actions.load_tree(SYSTEM, area_nodes(), at=at)
    unit_actions.load_units(SYSTEM, unit_rows(), at=at)
    unit_actions.load_responsibilities(SYSTEM, duty_rows(), at=at)
    make_roles()
    return County(areas=areas.atlas(at).by_code, units=organizations.directory().by_code)


def make_roles() -> None:
    """Make the roles of the cast; straight to the table, since rooms above may not have registered their verbs."""
    Role.objects.bulk_create(
        [
            Role(code=code, label=label, scope=scope, permissions=list(permissions), sort=sort)
            for sort, (code, (label, scope, permissions)) in enumerate(ROLES.items())
        ],
        ignore_conflicts=True,
    )


def make_account(username: str, name: str = "", *, at: datetime = BEGIN) -> Account:
    """Make a member of staff who signs in with PASSWORD."""
    account = _staff(username, name, at=at)
    account.save()
    return account


def _staff(username: str, name: str = "", *, at: datetime = BEGIN) -> Account:
    return Account(
        username=username,
        kind=Account.Kind.STAFF,
        name=name or username,
        password=_hashed(),
        created_at=at,
        password_changed_at=at,
    )


def make_resident(name: str = "王阿姨", *, at: datetime = BEGIN) -> Account:
    """Make a resident's account."""
    return Account.objects.create(kind=Account.Kind.RESIDENT, name=name, created_at=at)


def give_post(
    account: Account, role: str, *, area: AreaNode | None = None, unit: UnitNode | None = None, at: datetime = BEGIN
) -> Post:
    """Give an account a role at an area or a unit."""
    post = _post(account, role, area=area, unit=unit, at=at)
    post.save()
    return post


def _post(account: Account, role: str, *, area: AreaNode | None, unit: UnitNode | None, at: datetime) -> Post:
    return Post(
        account=account,
        role_id=role,
        area_id=area.id if area else None,
        unit_id=unit.id if unit else None,
        valid_from=at,
    )


def make_staff(
    username: str, name: str, role: str, *, area: AreaNode | None = None, unit: UnitNode | None = None
) -> Actor:
    """Make an account with one post and return who it is to the rest of the system."""
    account = make_account(username, name)
    give_post(account, role, area=area, unit=unit)
    return act_as(account)


def make_staffs(told: Iterable[tuple[str, str, str, AreaNode | None, UnitNode | None]]) -> list[Actor]:
    """Make many of staff by username, name, role, area and unit, as `make_staff` one, in three statements."""
    told = list(told)
    accounts_made = Account.objects.bulk_create([_staff(username, name) for username, name, *_ in told])
    Post.objects.bulk_create(
        [
            _post(account, role, area=area, unit=unit, at=BEGIN)
            for account, (_username, _name, role, area, unit) in zip(accounts_made, told, strict=True)
        ]
    )
    actors = accounts.actors_of([account.pk for account in accounts_made], at=BEGIN)
    return [actors[account.pk] for account in accounts_made]


def act_as(account: Account, at: datetime = BEGIN) -> Actor:
    """Return the actor an account is at an instant."""
    actor = accounts.actor_of(account.pk, at=at)
    assert actor is not None
    return actor


def account_of(actor: Actor) -> Account:
    """Return the account of one of the cast."""
    assert actor.account_id is not None
    return Account.objects.get(pk=actor.account_id)


def post_of(actor: Actor) -> Post:
    """Return the only post of one of the cast."""
    return Post.objects.get(account=account_of(actor))


@cache
def _hashed() -> str:
    return make_password(PASSWORD)
