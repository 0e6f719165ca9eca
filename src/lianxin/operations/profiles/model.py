"""What a profile says, as frozen values; fields are the keys of its TOML files and the columns of its CSV files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lianxin.kernel.worktime.limits import Limit
from lianxin.kernel.worktime.limits import Unit as LimitUnit
from lianxin.registry.cameras.settings import CameraSettings
from lianxin.registry.people.settings import PeopleSettings
from lianxin.work.dispatchdays.rules import Thresholds
from lianxin.work.wishes.settings import WishSettings


@dataclass(frozen=True, slots=True)
class Place:
    """Which place this is and what it calls its platform."""

    key: str
    name: str
    full_name: str
    division: str  # GB/T 2260, six digits
    platform: str
    slogan: str
    centre: str
    hotline: str
    language: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level of areas, top down: the place's word for one of the platform's roles."""

    key: str
    role: str
    label: str


@dataclass(frozen=True, slots=True)
class GridKind:
    """A kind of grid and how many households one should have."""

    key: str
    level: str
    label: str
    households_min: int
    households_max: int


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A step of the strip on a case page: the stages in which it runs, and the action that completes it."""

    label: str
    during: tuple[str, ...]
    done_by: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case, and the steps its cases do not take."""

    key: str
    label: str
    off: tuple[str, ...] = ()
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Right:
    """What the holder at one level may do. `dispatch_to`: kinds of units on its responsibility list."""

    level: str
    file: bool
    resolve_on_spot: bool
    close: bool
    whistle: bool
    dispatch_to: tuple[str, ...]
    escalate_to: str


@dataclass(frozen=True, slots=True)
class Automation:
    """Whether the platform files or dispatches by itself: mode, least confidence, category prefixes."""

    mode: str
    confidence: float
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockRules:
    """How all clocks behave."""

    warn_share: float
    urgent_continuous: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """Counts and days that bound what people may ask for."""

    evaluation_days: int
    reopen_days: int
    appeal_days: int
    extensions_max: int
    extension_share_max: float
    postpone_days_max: int
    suspend_review_days: int
    returns_before_ruling: int
    urges_before_supervisor: int
    similar_metres: int
    similar_hours: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """Share of cases verified in the field, by category; the rest from photos."""

    default: float
    categories: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of a list of reasons."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    code: str
    label: str
    scope: str
    permissions: tuple[str, ...]
    level: str = ""  # the level of area such posts are usually at


@dataclass(frozen=True, slots=True)
class Category:
    """A class of reports. Level 1 major, 2 minor, 3 the item a case is filed under."""

    code: str
    parent: str
    level: int
    name: str
    kind: str
    description: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """A row of the filing standard (立案、处置和结案标准) of one category."""

    category: str
    row: int
    condition: str
    severity: str
    limit_value: int
    limit_unit: LimitUnit
    closing: str
    evidence: tuple[str, ...]
    unit_kind: str
    basis: str
    source: str

    @property
    def limit(self) -> Limit:
        """Return the time allowed for handling."""
        return Limit(self.limit_value, self.limit_unit)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of any kind."""

    code: str
    name: str
    short: str
    kind: str
    parent: str
    level: str  # role of the level it belongs to
    area: str  # code of its area; blank for the whole place
    pairs: str = ""  # code of the community it is paired with (结对)


@dataclass(frozen=True, slots=True)
class Responsibility:
    """A row of the responsibility list. `lead`: a unit code, or `@kind` for the unit of that kind in the area."""

    row: str
    category: str
    area: str
    level: str
    lead: str
    assists: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class Season:
    """Working hours from one day of the year to another."""

    name: str
    first: str  # MM-DD
    last: str
    hours: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day on which the place differs from the State Council's list."""

    date: str
    working: bool
    note: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working hours of the place."""

    code: str
    name: str
    seasons: tuple[Season, ...]
    days: tuple[SpecialDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Security:
    """How long a sign-in lasts here: 0 is the platform's own (staff 2 h idle, 12 h in all; the field as staff)."""

    staff_idle_minutes: int = 0
    staff_hours: int = 0
    field_idle_minutes: int = 0
    field_hours: int = 0


@dataclass(frozen=True, slots=True)
class Community:
    """A community or village: how many grids it has, or which estates are its grids, and how many micro grids."""

    code: str  # twelve digits
    name: str
    kind: str
    grids: int
    estates: tuple[str, ...] = ()
    micro: int = 0
    own_grids: tuple[tuple[str, str, str], ...] = ()  # code, name, kind of each grid, where a place has its own codes

    def grid_codes(self) -> list[str]:
        """Return the codes of its grids."""
        if self.own_grids:
            return [code for code, _name, _kind in self.own_grids]
        return [f"{self.code}{number:03d}" for number in range(1, self.grids + 1)]

    def grid_name(self, number: int) -> str:
        """Return the name of a grid, counted from one."""
        if self.own_grids:
            return self.own_grids[number - 1][1]
        return self.estates[number - 1] if self.estates else f"第{number}网格"

    def grid_kind(self, number: int) -> str:
        """Return the kind of a grid, counted from one."""
        if self.own_grids:
            return self.own_grids[number - 1][2]
        return "estate" if self.estates else self.kind


@dataclass(frozen=True, slots=True)
class Street:
    """A street or town with its communities."""

    code: str  # nine digits, GB/T 10114
    name: str
    kind: str
    communities: tuple[Community, ...] = ()


@dataclass(frozen=True, slots=True)
class Areas:
    """The facts from which areas are made: counts, names, sizes."""

    center: tuple[float, float]
    square_km: float
    core_square_km: float
    streets: tuple[Street, ...]

    def communities(self) -> tuple[Community, ...]:
        """Return all communities and villages, in order."""
        return tuple(community for street in self.streets for community in street.communities)

    def names(self) -> dict[str, str]:
        """Return the names of streets and communities by code."""
        named = {street.code: street.name for street in self.streets}
        return named | {community.code: community.name for community in self.communities()}


@dataclass(frozen=True, slots=True)
class Example:
    """A report as people write it, with its category."""

    category: str
    text: str


@dataclass(frozen=True, slots=True)
class RegisteredField:
    """A field of the register; `owner` is a unit's code (blank: the community), 0 days: it never gets stale."""

    code: str
    label: str
    subject: str
    sensitivity: str
    purpose: str
    basis: str
    owner: str
    stale_after_days: int
    required: str = ""  # "yes", or blank


@dataclass(frozen=True, slots=True)
class ComponentClass:
    """A class of components of the place's own; for a class of the nation blank words are the nation's."""

    code: str  # two digits of the major class and two of its own
    major: str
    name: str
    description: str = ""
    category: str = ""  # code of the category that reports about it are filed under


@dataclass(frozen=True)
class Profile:
    """A place's whole practice. `content_hash` changes when any of its files says something else."""

    path: Path
    content_hash: str
    place: Place
    levels: tuple[Level, ...]
    grid_kinds: tuple[GridKind, ...]
    unit_kinds: tuple[UnitKind, ...]
    stages: Mapping[str, str]
    phases: tuple[Phase, ...]
    resident_phases: tuple[Phase, ...]
    actions: Mapping[str, str]
    kinds: tuple[Kind, ...]
    rights: tuple[Right, ...]
    automation: Mapping[str, Automation]
    clocks: Mapping[str, Limit]
    clock_rules: ClockRules
    bounds: Bounds
    people: PeopleSettings
    cameras: CameraSettings
    wishes: WishSettings
    dispatchdays: Thresholds
    security: Security
    sampling: Sampling
    reasons: Mapping[str, tuple[Reason, ...]]
    modules: Mapping[str, bool]
    roles: tuple[Role, ...]
    categories: tuple[Category, ...]
    standards: tuple[Standard, ...]
    units: tuple[Unit, ...]
    responsibilities: tuple[Responsibility, ...]
    calendar: Calendar
    areas: Areas
    examples: tuple[Example, ...]
    fields: tuple[RegisteredField, ...]
    texts: Mapping[str, Mapping[str, str]]
    component_classes: tuple[ComponentClass, ...] = ()
    alarm_rules: tuple[Mapping[str, Any], ...] = ()
    _by_code: dict[str, Category] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def key(self) -> str:
        """Return the name of the profile."""
        return self.place.key

    def category(self, code: str) -> Category:
        """Return the category with this code; raise KeyError when there is none."""
        if not self._by_code:
            self._by_code.update({category.code: category for category in self.categories})
        return self._by_code[code]

    def leaves(self) -> tuple[Category, ...]:
        """Return the categories that cases are filed under."""
        parents = {category.parent for category in self.categories}
        return tuple(category for category in self.categories if category.code not in parents)

    def level(self, role: str) -> Level | None:
        """Return the level that plays this role here, or None."""
        return next((level for level in self.levels if level.role == role), None)
