"""Portraits beside the map of areas, estates and buildings."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import shapely
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from shapely.geometry import shape

from lianxin.faces.console.mapportrait import Figure, Here, MapPortrait, Slowest, Spark
from lianxin.faces.console.portraying import Asking, kpis, portrait
from lianxin.faces.console.rows import Row, rows
from lianxin.faces.console.standing import building_url, crumbs, estate_url, portrait_url
from lianxin.faces.identity.request import Request
from lianxin.faces.maps.opencases import open_cases
from lianxin.faces.maps.shown.field import on_duty
from lianxin.faces.parts import drawing, words
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import current_posts, visible_staff
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.insight.portraits import areas as portraits
from lianxin.insight.portraits import estates
from lianxin.insight.portraits.rules import FEW
from lianxin.insight.statistics import figures, places
from lianxin.insight.statistics.periods import today as today_of
from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.points import Box, Point, around
from lianxin.kernel.text import mask_name
from lianxin.registry.places import queries
from lianxin.registry.places.models import Building, Estate
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import Filters, counts, queue
from lianxin.work.cases.settings import flow_settings

DAYS = 30
URGENT = 3
FEWEST = 5  # cases, before one says which stage is slow
_MOST_HERE = 5
_NEAR = 60.0  # metres around a building or an estate without border
_WIDTH, _HEIGHT = 300, 64


def area(asked: Request, code: str) -> MapPortrait:
    """Tell of an area in force."""
    node = areas.atlas(asked.at, asked.numbers).by_code.get(code)
    if node is None:
        raise NotFound(_("没有这个区域。"))
    sees_places = bool(portrait_url(asked, node))
    found = portraits.figures(node, asked.numbers) if sees_places and node.role != "micro" else None
    asking = Asking(asked.actor, node, {"area": node.code})
    told = portrait(asking, found, []) if found else None
    filters = Filters(area_ids=() if node.is_whole else (node.id,))
    return MapPortrait(
        "area",
        node.name,
        line=_("划定 {count} 户").format(count=words.count(node.households)) if node.households else "",
        crumbs=crumbs(asked, node)[:-1],
        figures=[*_people(asking, found), *_open(asked, filters, {"area": node.code})],
        spark=month(asked, node),
        urgent=urgent(asked, filters),
        needs=told.needs if told else (),
        needs_note=needs_note(asking) if told and told.needs else "",
        slowest=_slowest(asked, node),
        here=here(asked, node),
        url=portrait_url(asked, node),
        url_label=_("看完整画像"),
        cases_url=_to_cases(asked, area=node.code),
        as_of=found.as_of if found else None,
    )


def estate(asked: Request, code: str) -> MapPortrait:
    """Tell of an estate the actor may see."""
    found = queries.get_estate(asked.actor, code)
    count = Building.objects.filter(estate=found, valid_to=None).count()
    built = _("{year} 年建").format(year=found.built_year) if found.built_year else ""
    company = found.property_company
    firm = _("物业 {name}").format(name=company.short_name or company.name) if company else ""
    line = " · ".join(filter(None, (str(found.get_kind_display()), built, _("{count} 栋").format(count=count), firm)))
    query = {"estate": found.code}
    return _place(asked, found, query, kind="estate", title=found.name, line=line, url=estate_url(found))


def building(asked: Request, code: str) -> MapPortrait:
    """Tell of a building the actor may see."""
    found = queries.get_building(asked.actor, code)
    floors = _("{floors} 层").format(floors=found.floors) if found.floors else ""
    doors = _("{count} 个单元").format(count=len(found.entrances)) if found.entrances else ""
    line = " · ".join(filter(None, (str(found.get_kind_display()), floors, doors)))
    name = f"{found.estate.name} {found.name}" if found.estate else found.address
    return _place(
        asked, found, {"building": found.code}, kind="building", title=name, line=line, url=building_url(found),
        chart_url=reverse("console:map_chart", args=[found.code]),
    )  # fmt: skip


def _place(asked: Request, found: Estate | Building, query: dict[str, str], **told_too: Any) -> MapPortrait:
    asking = Asking(asked.actor, found, query)
    counted = estates.figures(found, at=asked.at)
    told = portrait(asking, counted, [])
    cases = _cases_at(asked, found)
    shown = [] if cases is None else [Figure(words.count(len(cases)), _("件"), _("在办案件"))]
    node = areas.node(found.area_id, asked.numbers) if found.area_id is not None else None
    return MapPortrait(
        crumbs=crumbs(asked, node),
        figures=[*_people(asking, counted), *shown],
        urgent=_first(asked, cases or ()),
        needs=told.needs,
        needs_note=needs_note(asking) if told.needs else "",
        here=here(asked, node) if node else (),
        url_label=_("打开资料"),
        as_of=asked.at,
        **told_too,
    )


def _people(asking: Asking, found: Any) -> list[Figure]:
    """Return households and people as the portrait tells them: small ones only to who serves there."""
    if found is None:
        return []
    people, households = kpis(asking, found)[:2]
    return [
        Figure(households.value, households.unit, _("住户")),
        Figure(people.value, people.unit, people.name, people.url),
    ]


def needs_note(asking: Asking) -> str:
    """Say by what right counts of care are told."""
    if asking.sees_care:
        return _("只给人数；名单在关爱页，按目的查看")
    return _("只给人数，少于 {few} 的不列").format(few=FEW)


def _open(asked: Request, filters: Filters, query: dict[str, str]) -> list[Figure]:
    if not _sees_cases(asked):
        return []
    late = Filters(area_ids=filters.area_ids, clock="overdue")
    found = counts(asked.actor, {"open": filters, "late": late}, at=asked.at)
    label = _("在办案件，超时 {late}").format(late=words.count(found["late"])) if found["late"] else _("在办案件")
    tone = "late" if found["late"] else ""
    return [Figure(words.count(found["open"]), _("件"), label, _to_cases(asked, **query), tone)]


def _sees_cases(asked: Request) -> bool:
    return asked.actor.may("cases.view") or asked.actor.may("cases.handle")


def _to_cases(asked: Request, **query: str) -> str:
    return f"{reverse('console:cases')}?{urlencode(query)}" if _sees_cases(asked) else ""


def urgent(asked: Request, filters: Filters) -> list[Row]:
    """Return the open cases that fall due first. Two statements."""
    if not _sees_cases(asked):
        return []
    found = queue(asked.actor, filters, at=asked.at).filter(paused_at=None, due_at__isnull=False)
    return rows(found.order_by("due_at", "id")[:URGENT], at=asked.at, numbers=asked.numbers)


def month(asked: Request, node: AreaNode) -> Spark | None:
    """Return what was reported in an area on each of the last thirty days. A statement."""
    place = places.of_area(node)
    if not asked.actor.may("statistics.view") and not _sees_cases(asked):
        return None
    last = today_of(asked.at)
    days = [last - timedelta(days=DAYS - 1 - back) for back in range(DAYS)]
    if place is not None and places.may_see(asked.actor, place, asked.numbers):
        sums = figures.sums(place, [(day, day) for day in days])
        came, went = [one["reported"] for one in sums], sum(one["ended"] for one in sums)
        said = _("上报 {came} · 结案 {went}").format(came=words.count(sum(came)), went=words.count(went))
    elif _sees_cases(asked):
        came = _came(asked, node, days)
        said = _("上报 {came}").format(came=words.count(sum(came)))
    else:
        return None
    return _spark(days, came, said, last) if sum(came) else None


def _came(asked: Request, node: AreaNode, days: Sequence[date]) -> list[int]:
    since = datetime.combine(days[0], time(), words.local(asked.at).tzinfo)
    seen = Case.objects.visible_to(asked.actor).filter(reported_at__gte=since)
    if node.role in {"street", "community", "grid"}:
        seen = seen.filter(**{f"{node.role}_id": node.id})
    elif not node.is_whole:
        seen = seen.filter(area_now_id=node.id)
    counted = Counter(words.local(at).date() for at in seen.values_list("reported_at", flat=True))
    return [counted[day] for day in days]


def _spark(days: Sequence[date], counts_of: Sequence[int], said: str, today: date) -> Spark:
    points = drawing.spark(counts_of, _WIDTH, _HEIGHT, 6)
    x, y = points.rpartition(" ")[2].split(",")
    rows_of = [(words.day(day, today), words.count(number)) for day, number in zip(days, counts_of, strict=True)]
    return Spark(points, rows_of[0][0], rows_of[-1][0], said, rows_of, rows_of[-1][1], float(x), float(y))


def _slowest(asked: Request, node: AreaNode) -> Slowest | None:
    """Return the stage that took longest against its limit in thirty days, where enough cases left it."""
    place = places.of_area(node)
    if place is None or not places.may_see(asked.actor, place, asked.numbers):
        return None
    last = today_of(asked.at)
    found = [one for one in figures.dwells(place, last - timedelta(days=DAYS - 1), last) if one.count >= FEWEST]
    if not found:
        return None
    worst = max(found, key=lambda one: (one.median / one.limit if one.limit else 0, one.p90))
    said = _("中位 {median} · 九成在 {p90} 内").format(median=words.rough(worst.median), p90=words.rough(worst.p90))
    limit = _("限 {limit}").format(limit=words.rough(worst.limit)) if worst.limit else ""
    counted = _("{days} 天，走完 {count} 件").format(days=DAYS, count=words.count(worst.count))
    return Slowest(flow_settings(asked.numbers).stage_label(worst.stage), said, limit, counted)


def here(asked: Request, node: AreaNode) -> list[Here]:
    """Return who serves in an area: those on duty there now, then those who hold a post of it; masked."""
    if not (asked.actor.may("accounts.read") or asked.actor.may("accounts.manage")):
        return []
    duty = {row.by_id: row for row in on_duty(asked.actor, at=asked.at) if _lies_in(row.point, node)}
    below = [one.id for one in areas.atlas(asked.at, asked.numbers).children(node.id) if one.role == "grid"]
    own = [node.grid_id or node.id, node.id, *below]
    posts = current_posts(asked.at).filter(area_id__in=own) | current_posts(asked.at).filter(
        account_id__in=[pk for pk in duty if pk is not None]
    )
    seen = visible_staff(asked.actor, at=asked.at)
    found = posts.filter(account__in=seen).select_related("role", "account").order_by("role__sort", "pk")
    by_account: dict[int, Post] = {}
    for post in found[: _MOST_HERE * 4]:
        by_account.setdefault(post.account_id, post)
    ordered = sorted(by_account.values(), key=lambda post: post.account_id not in duty)
    return [_served(post, duty.get(post.account_id), asked.at) for post in ordered[:_MOST_HERE]]


def _served(post: Post, row: Any, at: datetime) -> Here:
    name = post.account.name
    minutes = int((at - row.made_at).total_seconds() // 60) if row else 0
    line = _("在岗 · {minutes} 分钟前在{point}打卡").format(minutes=minutes, point=row.point.name) if row else ""
    return Here(mask_name(name), post.title or post.role.label, line, name[:1], bool(row))


def _lies_in(point: Any, node: AreaNode) -> bool:
    return node.is_whole or node.id in {point.street_id, point.community_id, point.grid_id, point.area_id}


def _cases_at(asked: Request, place: Estate | Building) -> list[int] | None:
    """Return the open cases the actor sees at an estate or a building: inside its outline, or within some metres."""
    if not _sees_cases(asked):
        return None
    table = open_cases()
    outline = place.boundary if isinstance(place, Estate) else None
    if outline:
        drawn = shape(outline)
        inside = shapely.intersects_xy(drawn, table.lons, table.lats)
    elif place.point is not None:
        inside = table.inside(_square(place.point))
    else:
        return []
    return [int(pk) for pk in table.ids[np.flatnonzero(inside & table.seen_by(asked.actor))]]


def _square(point: Point) -> Box:
    return around(point.lon, point.lat, _NEAR)


def _first(asked: Request, ids: Sequence[int]) -> list[Row]:
    if not ids:
        return []
    found = queue(asked.actor, Filters(), at=asked.at).filter(pk__in=list(ids)).order_by("due_at", "id")
    return rows(found[:URGENT], at=asked.at, numbers=asked.numbers)
