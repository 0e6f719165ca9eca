"""The people of a made-up county: whoever works there, with their posts, substitutes and duty rota."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count

from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account, Post, Role
from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.text.pinyin import initials, spelling
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.people.models import Person as PersonRow
from lianxin.work.cases.models import Assignment, Case, FieldTask
from lianxin.work.cases.words import OPEN_ASSIGNMENT, Stage

from .people import Person

# For the made-up county only: everybody there has it, and the welcome of the demo prints it.
PASSWORD = "lianxin-demo-2026"  # noqa: S105
SEATS, STREET_SEATS, VERIFIERS, SUPERVISORS, HANDLERS = 6, 2, 4, 2, 2
# Who of the city's own house there is, by role; those of the security side are different people.
_CENTRAL = {
    "seat": ("zuoxi", SEATS),
    "verifier": ("hecha", VERIFIERS),
    "supervisor": ("ducha", SUPERVISORS),
    "leader": ("lingdao", 2),
    "admin": ("guanli", 2),
    "security_officer": ("anquan", 1),
    "auditor": ("shenji", 1),
    "data_officer": ("shuju", 1),
}
_WORKING_UNITS = ("centre", "department", "enterprise", "street", "community", "property", "owners_committee", "social")
_SHORT = 10  # letters of a place's name in a username


@dataclass(frozen=True, slots=True)
class Worker:
    """One member of staff with one post."""

    account_id: int
    username: str
    name: str
    role: str
    post_id: int
    area: str = ""  # code
    unit: str = ""  # code


@dataclass
class _Making:
    """What all hirings share."""

    people: Iterator[Person]
    at: datetime
    encoded: str
    roles: dict[str, Role]
    taken: Counter[str] = field(default_factory=Counter)

    def hire(self, role: str, stem: str, *, area: Area | None = None, unit: Unit | None = None) -> Worker:
        """Give somebody new an account and the post."""
        self.taken[stem] += 1
        person = next(self.people)
        username = f"{stem}{self.taken[stem]:02d}"
        made = accounts.create_staff_account(
            SYSTEM, username=username, name=person.name, phone=person.phone, encoded=self.encoded, at=self.at
        )
        post = accounts.give_post(SYSTEM, account=made.account, role=self.roles[role], area=area, unit=unit, at=self.at)
        return Worker(
            made.account.pk, username, person.name, role, post.pk, area.code if area else "", unit.code if unit else ""
        )


@transaction.atomic
def make_staff(people: Iterator[Person], *, at: datetime) -> list[Worker]:
    """Hire the county's staff: a worker for each grid, clerks, seats, handlers of each unit, those who watch over them.

    Where roles of the profile are missing, nobody is hired for them.
    """
    making = _Making(people, at, make_password(PASSWORD), {role.code: role for role in Role.objects.all()})
    areas = list(Area.objects.filter(valid_to=None).order_by("code"))
    city = next(area for area in areas if area.role == "city")
    staff = [
        making.hire(role, stem, area=city)
        for role, (stem, count) in _CENTRAL.items()
        if role in making.roles
        for _place in range(count)
    ]
    for area in areas:
        staff += _of_area(making, area)
    for unit in Unit.objects.filter(valid_to=None, kind__in=_WORKING_UNITS).order_by("code"):
        staff += [making.hire("handler", _stem(unit.short_name or unit.name), unit=unit) for _place in range(HANDLERS)]
    return staff


def _of_area(making: _Making, area: Area) -> list[Worker]:
    if area.role == "street":
        return [making.hire("street_seat", f"{_stem(area.name)}", area=area) for _place in range(STREET_SEATS)]
    if area.role == "community":
        return [making.hire("community_clerk", f"sq.{_stem(area.name)}", area=area)]
    if area.role == "grid":
        return [making.hire("grid_worker", "wangge", area=area)]
    return []


def _stem(name: str) -> str:
    name = name.removesuffix("街道").removesuffix("社区") or name
    whole = spelling(name)
    return whole if len(whole) <= _SHORT else initials(name)


@transaction.atomic
def name_substitutes(staff: Iterable[Worker], *, at: datetime) -> int:
    """Let colleagues of the same role at the same place stand in for each other, in a ring; returns how many do."""
    rings: dict[tuple[str, str, str], list[Worker]] = {}
    for worker in staff:
        rings.setdefault((worker.role, worker.area, worker.unit), []).append(worker)
    posts = Post.objects.in_bulk()
    people = Account.objects.in_bulk()
    named = 0
    for ring in rings.values():
        for worker, following in zip(ring, [*ring[1:], ring[0]], strict=True):
            if worker is not following:
                accounts.set_substitute(
                    SYSTEM, post=posts[worker.post_id], substitute=people[following.account_id], at=at
                )
                named += 1
    return named


def make_rota(staff: Iterable[Worker], *, at: datetime) -> int:
    """Roster the seats round the clock, and one of each department by night, this week and next; returns how many."""
    monday = at.astimezone(ZONE).date() - timedelta(days=at.astimezone(ZONE).weekday())
    posts = Post.objects.select_related("account", "area", "unit").in_bulk()
    shifts: list[tuple[Post, datetime, datetime]] = []
    seats = [worker for worker in staff if worker.role == "seat"]
    teams = _teams(staff)
    for day in range(14):
        early = datetime.combine(monday + timedelta(days=day), time(8), ZONE)
        for watch in range(3):  # 08–16, 16–24, 24–08
            on_duty = seats[(day * 3 + watch) % len(seats)]
            begins = early + timedelta(hours=8 * watch)
            shifts.append((posts[on_duty.post_id], begins, begins + timedelta(hours=8)))
        for team in teams:
            evening = early + timedelta(hours=9)
            shifts.append((posts[team[day % len(team)].post_id], evening, evening + timedelta(hours=15)))
    return accounts.load_rota(SYSTEM, shifts, at=at)


def _teams(staff: Iterable[Worker]) -> list[list[Worker]]:
    """Return who takes turns by night: the handlers of each city unit, and the seats of each street."""
    city_units = set(
        Unit.objects.filter(level="city", kind__in=["department", "enterprise"]).values_list("code", flat=True)
    )
    teams: dict[str, list[Worker]] = {}
    for worker in staff:
        if worker.unit in city_units or worker.role == "street_seat":
            teams.setdefault(worker.unit or worker.area, []).append(worker)
    return list(teams.values())


_WITH_HOLDER = (Stage.REPORTED, Stage.FILED, Stage.HANDLED, Stage.VERIFIED)  # when its holder has to move it
# One of each kind of user, as the welcome of the demo shows them.
_SHOWN = {
    "seat": ("中心坐席 · city seat", "/console/"),
    "street_seat": ("街道中心 · street seat", "/console/"),
    "community_clerk": ("社区干部 · community clerk", "/console/"),
    "grid_worker": ("网格员 · grid worker", "/console/"),
    "handler": ("部门处置人 · department handler", "/console/"),
    "verifier": ("核查员 · verifier", "/console/"),
    "supervisor": ("督查 · supervisor", "/console/"),
    "leader": ("领导 · leader", "/console/"),
    "admin": ("系统管理员 · administrator", "/console/"),
    "security_officer": ("安全管理员 · security officer", "/console/"),
    "auditor": ("审计员 · auditor", "/console/"),
    "data_officer": ("数据专员 · data officer", "/console/"),
}


_FULL = 2_000  # people of a community that was written whole


def ready_accounts(staff: Iterable[Worker], resident_phone: str) -> list[dict[str, str]]:
    """Return one ready account for each kind of user, as `demo-accounts.json` holds them."""
    city_units = set(Unit.objects.filter(kind="department").values_list("code", flat=True))
    waiting, lived_in = _waiting(), _lived_in()
    shown: list[dict[str, str]] = []
    community = ""
    for role, (who, url) in _SHOWN.items():
        able = [worker for worker in staff if worker.role == role and (not worker.unit or worker.unit in city_units)]
        # Who has something to do, among people who are on the books, shows more than the first of the list;
        # clerk and grid worker of one community can be seen handing things to each other.
        able.sort(
            key=lambda worker: (
                role == "grid_worker" and not worker.area.startswith(community),
                not waiting[worker.unit or worker.area], not _is_lived_in(worker.area, lived_in),
                -waiting[worker.unit or worker.area],
            )
        )  # fmt: skip
        if able and role == "community_clerk":
            community = able[0].area
        if able:
            shown.append({"who": who, "username": able[0].username, "password": PASSWORD, "url": url})
    shown.append({"who": "居民 · resident", "username": resident_phone, "password": "验证码显示在页面上", "url": "/"})
    return shown


def _lived_in() -> list[str]:
    """Return the codes of communities of which all the people are on the books."""
    counts = PersonRow.objects.now().values_list("community_id").annotate(count=Count("pk"))
    full = [pk for pk, count in counts if count > _FULL]
    return list(Area.objects.filter(pk__in=full).values_list("code", flat=True))


def _is_lived_in(code: str, lived_in: Iterable[str]) -> bool:
    """Tell whether an area is one of these communities, in one, or around one."""
    return any(code.startswith(each) or each.startswith(code) for each in lived_in) if code else True


def _waiting() -> Counter[str]:
    """Return how much waits by code: tasks of a grid, cases held by a community or street, assignments of a unit."""
    areas = dict(Area.objects.filter(valid_to=None).values_list("pk", "code"))
    units = dict(Unit.objects.values_list("pk", "code"))
    open_tasks = FieldTask.objects.filter(done_at=None, cancelled_at=None).exclude(grid_id=None)
    found = Counter(areas.get(grid or 0, "") for grid in open_tasks.values_list("grid_id", flat=True))
    held = Case.objects.filter(ended_at=None, paused_at=None, stage__in=_WITH_HOLDER)
    for level, column in (("community", "community_id"), ("street", "street_id")):
        of_level = held.filter(holder_level=level).values_list(column, flat=True)
        found.update(areas.get(area, "") for area in of_level)
    given = Assignment.objects.filter(state__in=OPEN_ASSIGNMENT, case__paused_at=None, unit__isnull=False)
    found.update(units.get(unit or 0, "") for unit in given.values_list("unit_id", flat=True))
    return found
