"""Portraits beside the map of single things: a case, a unit, a station, a patrol point, a hazard, somebody on duty."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console.mapportrait import Figure, Here, MapPortrait
from lianxin.faces.console.rows import area_of, rows
from lianxin.faces.console.standing import crumbs
from lianxin.faces.console.views.cases import open_case
from lianxin.faces.identity.request import Request
from lianxin.faces.maps.shown.field import on_duty
from lianxin.faces.parts import words
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations.queries import unit_tree
from lianxin.kernel.errors import NotFound
from lianxin.work.cases.queries import Filters, counts
from lianxin.work.patrols.models import Hazard
from lianxin.work.patrols.models import Point as PatrolPoint
from lianxin.work.patrols.queries.coverage import last_at
from lianxin.work.patrols.words import Grade, HazardKind, HazardState, PointKind
from lianxin.work.stations import rules
from lianxin.work.stations.models import Station


def case(asked: Request, number: str) -> MapPortrait:
    """Tell of a case the actor may see from inside."""
    found = open_case(asked, number)
    (row,) = rows([found], at=asked.at, numbers=asked.numbers)
    facts = [(_("地点"), row.place), (_("来源"), row.source), (_("上报"), words.instant(found.reported_at, asked.at))]
    if row.unit:
        facts.append((_("承办"), row.unit))
    return MapPortrait(
        "case", found.title, line=" · ".join(filter(None, (row.stage_label, row.category))),
        crumbs=crumbs(asked, area_of(found, asked.numbers)), urgent=[row], facts=facts, url=row.url,
        url_label=_("打开案卷"),
    )  # fmt: skip


def unit(asked: Request, code: str) -> MapPortrait:
    """Tell of a unit in force: what it has open, its duty telephone."""
    if not (asked.actor.may("cases.view") or asked.actor.may("organizations.manage")):
        raise NotFound(_("没有这个单位。"))
    found = next((one for one in unit_tree(asked.at, asked.numbers) if one.code == code), None)
    if found is None:
        raise NotFound(_("没有这个单位。"))
    node = areas.node(found.area_id, asked.numbers) if found.area_id is not None else None
    shown = []
    if asked.actor.may("cases.view"):
        wanted = {"open": Filters(unit_id=found.id), "late": Filters(unit_id=found.id, clock="overdue")}
        number = counts(asked.actor, wanted, at=asked.at)
        url = f"{reverse('console:cases')}?unit={found.code}"
        shown = [
            Figure(words.count(number["open"]), _("件"), _("在办案件"), url),
            Figure(words.count(number["late"]), _("件"), _("已超时"), tone="late" if number["late"] else ""),
        ]
    facts = [(_("值班电话"), found.duty_phone)] if found.duty_phone else []
    return MapPortrait(
        "unit", found.name, line=node.name if node else "", crumbs=crumbs(asked, node), figures=shown, facts=facts,
        url=reverse("console:unit", args=[found.code]), url_label=_("打开单位"),
    )  # fmt: skip


def station(asked: Request, key: str) -> MapPortrait:
    """Tell of a service station that stands."""
    found = Station.objects.standing().filter(key=_uuid(key)).first()
    if found is None:
        raise NotFound(_("没有这个站点。"))
    kind = rules.kinds(asked.numbers).get(found.kind, found.kind)
    facts = [(_("地址"), found.address), (_("现在"), rules.open_now(found, asked.at).words)]
    facts += [(days, hours) for days, hours in rules.say_hours(found.hours)]
    if found.phone:
        facts.append((_("电话"), found.phone))
    node = areas.node(found.area_id, asked.numbers)
    url = reverse("console:station", args=[found.key]) if asked.actor.may("stations.manage", found) else ""
    return MapPortrait(
        "station", found.name, line=kind, crumbs=crumbs(asked, node), facts=facts, url=url, url_label=_("打开站点")
    )


def patrol(asked: Request, key: str) -> MapPortrait:
    """Tell of a patrol point: what it is, when somebody was there last."""
    found = PatrolPoint.objects.visible_to(asked.actor).now().filter(key=_uuid(key)).first()
    if found is None:
        raise NotFound(_("没有这个巡查点，或不在您的辖区。"))
    last = last_at([found.pk]).get(found.pk)
    seen = words.instant(last, asked.at) if last else _("还没有人来过")
    facts = [(_("编号"), found.code), (_("地址"), found.address), (_("最近到过"), seen)]
    node = areas.node(found.area_id, asked.numbers) if found.area_id is not None else None
    return MapPortrait(
        "patrol", found.name, line=str(PointKind(found.kind).label), crumbs=crumbs(asked, node),
        facts=[(name, said) for name, said in facts if said],
    )  # fmt: skip


def hazard(asked: Request, key: str) -> MapPortrait:
    """Tell of a hazard in the ledger."""
    found = Hazard.objects.visible_to(asked.actor).filter(key=_uuid(key)).select_related("unit").first()
    if found is None:
        raise NotFound(_("没有这条隐患，或不在您的辖区。"))
    today = words.local(asked.at).date()
    line = f"{Grade(found.grade).label} · {HazardState(found.state).label}"
    facts = [
        (_("编号"), found.number), (_("地址"), found.address), (_("限期"), words.day(found.due_date, today)),
        (_("整改单位"), found.unit.short_name if found.unit else ""),
    ]  # fmt: skip
    node = areas.node(found.area_id, asked.numbers) if found.area_id is not None else None
    return MapPortrait(
        "hazard", f"{HazardKind(found.kind).label}：{found.what}"[:60], line=line, crumbs=crumbs(asked, node),
        facts=[(name, said) for name, said in facts if said], url=reverse("console:hazard", args=[found.key]),
        url_label=_("打开隐患"),
    )  # fmt: skip


def post(asked: Request, key: str) -> MapPortrait:
    """Tell of somebody on duty: masked name, posts, where they checked in last; nothing once the shift is over."""
    row = next((each for each in on_duty(asked.actor, at=asked.at) if str(each.by_id) == key), None)
    if row is None:
        raise NotFound(_("现在不在岗，或不在您的辖区。"))
    posts = current_posts(asked.at).filter(account_id=row.by_id or 0).select_related("role", "area")
    held = [
        Here(
            row.note, each.title or each.role.label, each.area.name if each.area else "", row.note[:1], is_on_duty=True
        )
        for each in posts.order_by("role__sort", "pk")[:3]
    ]
    facts = [(_("最近打卡"), f"{row.point.name} · {words.instant(row.made_at, asked.at)}")]
    node = areas.node(row.point.area_id, asked.numbers) if row.point.area_id is not None else None
    return MapPortrait("post", row.note, line=_("在岗"), crumbs=crumbs(asked, node), facts=facts, here=held)


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise NotFound(_("没有这样的东西。")) from None
