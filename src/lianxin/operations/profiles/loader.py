"""Put a profile into the database through the rooms' own actions; say first what would change; do nothing twice.

What stands in the database but not in the files stays, except rows of the responsibility list and of the filing
standard: there the file is the whole list. Borders of areas change by re-division only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actions import roles
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations import actions as organizations
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.configuration.models import Document
from lianxin.kernel.worktime import actions as worktime
from lianxin.kernel.worktime.calendars import Season
from lianxin.kernel.worktime.models import CalendarDay, DayKind, DaySource, WorkCalendar, WorkSeason
from lianxin.registry.components import actions as components
from lianxin.registry.sources import fields as register
from lianxin.work.alarms import loading as alarm_rules
from lianxin.work.cases.actions import standards
from lianxin.work.dispatch import actions as dispatch
from lianxin.work.dispatch.models import Example

from .documents import documents
from .model import Profile, Responsibility
from .vocabulary import SENSITIVITIES


@dataclass(frozen=True)
class CountyMap:
    """Borders and households for the areas of a profile, and which unit answers for which micro grid."""

    nodes: tuple[areas.Node, ...]
    micro_units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableChange:
    """What loading did, or would do, to one table: keys of its rows."""

    table: str
    label: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()  # asks for what only a re-division may do

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def plan(profile: Profile, *, at: datetime, county: CountyMap | None = None) -> list[TableChange]:
    """Return what `apply` would change, table by table, and change nothing.

    It is the same code, taken back: what is told is what would be done. Costs as much as `apply`.
    """
    with transaction.atomic():
        changes = apply(profile, SYSTEM, at=at, county=county)
        transaction.set_rollback(True)
    return changes


@transaction.atomic
def apply(profile: Profile, actor: Actor, *, at: datetime, county: CountyMap | None = None) -> list[TableChange]:
    """Load the profile and return what changed; the same again changes nothing.

    `county` brings borders, households and micro grids; without it areas have names and codes only.
    Raises NotAllowed if the actor may not, Invalid for what a room does not take.
    """
    changes = [
        _documents(profile, county, actor, at),
        load_calendar(profile, at),
        _areas(profile, county, actor, at),
        _units(profile, actor, at),
        load_roles(profile, actor, at),
        _categories(profile, actor, at),
        _standards(profile, actor, at),
        _responsibilities(profile, actor, at),
        _examples(profile, at),
        load_fields(profile, actor, at),
        load_component_classes(profile, actor, at),
        load_alarm_rules(profile, at),
    ]
    return [change for change in changes if change or change.refused]


def _documents(profile: Profile, county: CountyMap | None, actor: Actor, at: datetime) -> TableChange:
    wanted = documents(profile)
    if county is not None and county.micro_units:
        wanted["micro_units"] = dict(county.micro_units)
    known = set(Document.objects.values_list("key", flat=True))
    put = [
        key
        for key, content in wanted.items()
        if configuration.put(key, content, at=at, by_id=actor.account_id, reason=_("载入方案"), source="file")
    ]
    return TableChange(
        "configuration",
        _("流程与配置"),
        added=tuple(key for key in put if key not in known),
        changed=tuple(key for key in put if key in known),
    )


def load_calendar(profile: Profile, at: datetime) -> TableChange:
    """Bring hours by season, statutory days of a new calendar, and the place's own days."""
    calendar, label = profile.calendar, _("工作日历")
    seasons = [(season.name, _season(season.first, season.last, season.hours)) for season in calendar.seasons]
    known = WorkCalendar.objects.filter(code=calendar.code).first()
    is_new = known is None
    changed = []
    if known is None or not known.is_default or (known.name, _hours(known)) != (calendar.name, _wanted(seasons)):
        worktime.put_calendar(calendar.code, name=calendar.name, seasons=seasons, is_default=True)
        changed.append(calendar.code)
    if is_new:
        worktime.load_statutory(calendar.code, at=at)
    local = dict(
        CalendarDay.objects.filter(calendar__code=calendar.code, source=DaySource.LOCAL).values_list("day", "kind")
    )
    for special in calendar.days:
        day = datetime.strptime(special.date, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day, not an instant
        kind = DayKind.WORKDAY if special.working else DayKind.HOLIDAY
        if local.get(day) != kind:
            worktime.put_day(calendar.code, day, kind=kind, name=special.note, at=at)
            changed.append(special.date)
    if is_new:
        return TableChange("calendar", label, added=tuple(changed))
    return TableChange("calendar", label, changed=tuple(changed))


def _season(first: str, last: str, hours: Sequence[tuple[str, str]]) -> Season:
    return Season(
        periods=tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in hours),
        first=_month_and_day(first),
        last=_month_and_day(last),
    )


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def _wanted(seasons: Iterable[tuple[str, Season]]) -> list[tuple[Any, ...]]:
    return [
        (
            name,
            *season.first,
            *season.last,
            [[edge.isoformat("minutes") for edge in period] for period in season.periods],
        )
        for name, season in seasons
    ]


def _hours(calendar: WorkCalendar) -> list[tuple[Any, ...]]:
    rows = WorkSeason.objects.filter(calendar=calendar).order_by("position")
    return list(rows.values_list("name", "first_month", "first_day", "last_month", "last_day", "periods"))


def area_nodes(profile: Profile) -> list[areas.Node]:
    """Return the areas that a profile names, down to its grids, without borders."""
    keys = {level.role: level.key for level in profile.levels}
    place = profile.place
    nodes = [areas.Node(place.division, place.name, keys["city"], "city")]
    for street in profile.areas.streets:
        nodes.append(areas.Node(street.code, street.name, keys["street"], "street", place.division, street.kind))
        for community in street.communities:
            nodes.append(
                areas.Node(community.code, community.name, keys["community"], "community", street.code, community.kind)
            )
            for number, code in enumerate(community.grid_codes(), start=1):
                name, kind = community.grid_name(number), community.grid_kind(number)
                nodes.append(areas.Node(code, name, keys["grid"], "grid", community.code, kind))
    return nodes


def _areas(profile: Profile, county: CountyMap | None, actor: Actor, at: datetime) -> TableChange:
    nodes: Iterable[areas.Node] = county.nodes if county is not None else area_nodes(profile)
    households = dict(Area.objects.filter(valid_to=None).values_list("code", "households"))
    # A profile does not count households; what is known of them stays.
    kept = [replace(node, households=households.get(node.code)) if node.households is None else node for node in nodes]
    done = areas.load_tree(actor, kept, at=at)
    return TableChange("areas", _("区域与网格"), tuple(done.created), tuple(done.changed), refused=tuple(done.refused))


def _units(profile: Profile, actor: Actor, at: datetime) -> TableChange:
    rows = [
        organizations.UnitRow(
            code=unit.code,
            name=unit.name,
            kind=unit.kind,
            level=unit.level,
            short_name=unit.short,
            parent=unit.parent or None,
            area=unit.area or profile.place.division,
        )
        for unit in profile.units
    ]
    done = organizations.load_units(actor, rows, at=at)
    return TableChange("units", _("单位"), tuple(done.created), tuple(done.changed), tuple(done.ended))


def load_roles(profile: Profile, actor: Actor, at: datetime) -> TableChange:
    """Bring the roles."""
    known = set(Role.objects.values_list("code", flat=True))
    rows = [
        roles.RoleRow(role.code, role.label, role.permissions, role.scope, sort)
        for sort, role in enumerate(profile.roles, start=1)
    ]
    done = roles.load_roles(actor, rows, at=at)
    return TableChange(
        "roles",
        _("岗位与权限"),
        added=tuple(code for code in done if code not in known),
        changed=tuple(code for code in done if code in known),
    )


def _categories(profile: Profile, actor: Actor, at: datetime) -> TableChange:
    rows = [
        dispatch.CategoryRow(
            code=category.code,
            name=category.name,
            kind=category.kind,
            parent=category.parent,
            description=category.description,
            keywords=category.keywords,
        )
        for category in profile.categories
    ]
    done = dispatch.load_categories(actor, rows, at=at)
    return TableChange("categories", _("分类"), tuple(done.created), tuple(done.changed))


def _standards(profile: Profile, actor: Actor, at: datetime) -> TableChange:
    shares = profile.sampling.categories
    rows = []
    for standard in profile.standards:
        share = float(shares.get(standard.category, profile.sampling.default))
        rows.append(
            standards.StandardRow(
                category=standard.category,
                row=str(standard.row),
                condition=standard.condition,
                severity=standard.severity,
                limit_value=standard.limit_value,
                limit_unit=str(standard.limit_unit),
                closing_condition=standard.closing,
                evidence=standard.evidence,
                unit_kind=standard.unit_kind,
                basis=standard.basis,
                verification="sample" if share < 1 else "field",
                sample_percent=round(share * 100),
            )
        )
    done = standards.load_standards(actor, rows, at=at, replace=True)
    label = _("立案、处置和结案标准")
    return TableChange("standards", label, tuple(done.created), tuple(done.changed), tuple(done.ended))


def _responsibilities(profile: Profile, actor: Actor, at: datetime) -> TableChange:
    rows = [_duty(row) for row in profile.responsibilities]
    done = organizations.load_responsibilities(actor, rows, at=at, replace=True)
    return TableChange("responsibilities", _("权责清单"), tuple(done.created), tuple(done.changed), tuple(done.ended))


def _duty(row: Responsibility) -> organizations.DutyRow:
    is_kind = row.lead.startswith("@")
    return organizations.DutyRow(
        number=row.row,
        category=row.category,
        level=row.level,
        area=row.area or None,
        lead=None if is_kind else row.lead,
        lead_kind=row.lead[1:] if is_kind else "",
        assists=row.assists,
        basis=row.basis,
    )


def _examples(profile: Profile, at: datetime) -> TableChange:
    learnt = [dispatch.Learnt(one.category, one.text, Example.Source.PROFILE) for one in profile.examples]
    count = dispatch.learn(learnt, at=at)
    return TableChange("examples", _("样例"), added=(str(count),) if count else ())


def load_fields(profile: Profile, actor: Actor, at: datetime) -> TableChange:
    """Bring the register of fields."""
    rows = [
        register.FieldRow(
            code=one.code,
            label=one.label,
            subject=one.subject,
            sensitivity=SENSITIVITIES.index(one.sensitivity),
            purpose=one.purpose,
            legal_basis=one.basis,
            owner=one.owner,
            stale_after_days=one.stale_after_days or None,
            is_required=one.required == "yes",
        )
        for one in profile.fields
    ]
    done = register.load_fields(actor, rows, at=at)
    return TableChange("fields", _("字段目录"), tuple(done.created), tuple(done.changed), tuple(done.ended))


def load_component_classes(profile: Profile, actor: Actor, at: datetime) -> TableChange:
    """Bring the classes of components: the nation's and the place's own."""
    rows = [
        components.ClassRow(one.code, one.major, one.name, one.description, one.category)
        for one in profile.component_classes
    ]
    done = components.publish_classes(actor, rows, at=at)
    return TableChange("component_classes", _("部件类别"), tuple(done.created), tuple(done.changed), tuple(done.ended))


def load_alarm_rules(profile: Profile, at: datetime) -> TableChange:
    """Bring the rules of alarms and put them in force; those that people have changed here stay as they are."""
    done = alarm_rules.load(profile.alarm_rules, at=at)
    return TableChange("alarm_rules", _("告警规则"), tuple(done.added), tuple(done.changed))
