"""民情日记: read by area, topic and week; what people talk about; who waits; what is proposed. No one is counted."""

from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import filtering
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.living import person_line
from lianxin.faces.console.saving import Done, Question, ask, done
from lianxin.faces.console.standing import where
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Filter, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import NotFound
from lianxin.kernel.files.queries import files_of
from lianxin.kernel.text import mask_name
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.care.models import CareTag, serving
from lianxin.work.visits import actions, queries, telling
from lianxin.work.visits.models import Visit
from lianxin.work.visits.queries import Filters

DOOR = "console:visits"
_SIZE = 30
_WEEK = timedelta(days=7)


def tabs(asked: Request, current: str) -> list[Tab]:
    """Return the pages of this room that the person may open."""
    actor = asked.actor
    found = [("visits", _("民情日记"), "visits.view"), ("visits_due", _("等着去看的"), "visits.view"),
             ("visit_proposals", _("建议关照"), "care.tag"), ("signs", _("平安信号"), "visits.signs")]  # fmt: skip
    return [
        Tab(reverse(f"console:{name}"), label, current=name == current)
        for name, label, needs in found
        if actor.may(needs)
    ]


@require_safe
@never_cache
@staff_only("visits.view", "visits.signs", "care.tag")
def diary(request: HttpRequest) -> HttpResponse:
    """List visits, the latest first; words are looked for only among what the person may read anyway."""
    asked = cast("Request", request)
    filters, words = _filters(asked), asked.GET.get("q", "").replace("\0", "").strip()[:40]
    found = queries.diary(asked.actor, filters)
    shown = None if words else listed(request, found, order=("-visited_at", "-id"), size=_SIZE)
    rows = queries.with_words(found, words) if shown is None else shown.items
    return page(
        request, "console/visits/diary.html", door=DOOR, title=_("民情日记"), tabs=tabs(asked, "visits"),
        rows=[line(asked, one) for one in rows], pager=shown.pager if shown else None,
        total=shown.total if shown else str(len(rows)), chips=_chips(asked, filters, words), words=words,
        areas=_areas(asked), area=asked.GET.get("area", ""), topics=Visit.Topic.choices, topic=filters.topic,
        weeks=_weeks(asked), week=filters.from_day.isoformat() if filters.from_day else "",
        counts=queries.topics_of(asked.actor, filters, at=asked.at), small=queries.SMALL, searched=queries.SEARCHED,
    )  # fmt: skip


def _filters(asked: Request) -> Filters:
    query = asked.GET
    node = areas.atlas(asked.at, asked.numbers).by_code.get(query.get("area", ""))
    topic, mood = query.get("topic", ""), query.get("mood", "")
    return Filters(
        area_id=node.id if node and not node.is_whole else None, area_level=node.role if node else "",
        topic=topic if topic in Visit.Topic.values else "", mood=mood if mood in Visit.Mood.values else "",
        from_day=_monday(query.get("week", "")),
    )  # fmt: skip


def _monday(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day - timedelta(days=day.weekday()) if 2000 < day.year < 2200 else None


def _weeks(asked: Request) -> list[tuple[str, str]]:
    today = asked.at.astimezone(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    days = [monday - n * _WEEK for n in range(9)]
    said = [_("本周"), _("上周")]
    return [
        (
            day.isoformat(),
            said[n] if n < len(said) else _("{month}月{day}日起一周").format(month=day.month, day=day.day),
        )
        for n, day in enumerate(days)
    ]


def _chips(asked: Request, filters: Filters, words: str) -> list[Filter]:
    node = areas.node(filters.area_id, asked.numbers) if filters.area_id else None
    said = {
        "area": " ".join(node.breadcrumb[1:]) if node else "",
        "topic": str(Visit.Topic(filters.topic).label) if filters.topic else "",
        "mood": str(Visit.Mood(filters.mood).label) if filters.mood else "",
        "week": dict(_weeks(asked)).get(filters.from_day.isoformat(), "") if filters.from_day else "",
        "q": f"“{words}”" if words else "",
    }
    return [Filter(label, filtering.address(asked.GET, asked.path, **{name: None}))
            for name, label in said.items() if label]  # fmt: skip


def _areas(asked: Request) -> list[tuple[str, str]]:
    """Return the areas in which the person reads, as an indented list."""
    scope = serving(asked.actor, "visits.view")
    if scope.everywhere:
        nodes = [node for node in areas.tree(asked.at, asked.numbers) if node.role in {"street", "community"}]
    else:
        ids = scope.street_ids | scope.community_ids | scope.grid_ids
        nodes = [node for node in areas.tree(asked.at, asked.numbers)
                 if node.role in {"street", "community", "grid"} and ids & set(node.path_ids)]  # fmt: skip
    low = min((node.depth for node in nodes), default=0)
    return [(node.code, "\u3000" * (node.depth - low) + node.name) for node in nodes]


def line(asked: Request, visit: Visit) -> dict[str, Any]:
    """Return a visit as a list shows it."""
    person = visit.person
    dwelling = visit.dwelling or (person.home if person else None)
    about = visit.establishment.name if visit.establishment else ""
    return {
        "visit": visit,
        "who": mask_name(person.name) if person else about,
        "home": dwelling.address if dwelling else where(asked, visit.area_id),
        "topics": queries.labels(visit.topics),
        "by": mask_name(visit.by_label),
    }


def visit_or_404(asked: Request, key: UUID) -> Visit:
    """Return a visit the person may read; raise NotFound."""
    found = Visit.objects.visible_to(asked.actor).select_related("person__home", "dwelling", "establishment", "case")
    one = found.filter(key=key).first()
    if one is None:
        raise NotFound(_("没有这次走访，或不在您的辖区。"))
    return one


@require_safe
@never_cache
@staff_only("visits.view")
def visit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a visit with what it led to and all its versions."""
    asked = cast("Request", request)
    found = visit_or_404(asked, key)
    held = [(one, telling.unpacked(one.content)) for one in found.versions.order_by("-number")]
    now = next((told for one, told in held if one.number == found.version), None)
    return page(
        request, "console/visits/visit.html", door=DOOR, title=_("走访"), **line(asked, found),
        person=person_line(asked, found.person) if found.person else None,
        versions=[
            {"one": one, "by": mask_name(one.by_label), "lines": telling.lines(told, now) if told and now else []}
            for one, told in held
        ],
        unsettled=any(one.is_apart and one.settled_by is None for one, _told in held),
        voices=files_of("visit", found.pk),
        company="、".join(str(Visit.Company(one).label) for one in found.company),
        need=str(CareTag.Need(found.need).label) if found.need else "",
        may_write=asked.actor.may("visits.write", found),
        may_case=found.case is not None and asked.actor.may("cases.view", found.case),
    )  # fmt: skip


@require_POST
@never_cache
@staff_only("visits.write")
def follow(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that nobody needs to come again."""
    asked = cast("Request", request)
    actions.follow(asked.actor, visit=visit_or_404(asked, key), at=asked.at)
    return done(request, Done(reverse("console:visits_due"), _("记下了，不用再去")))


@require_safe
@never_cache
@staff_only("visits.view")
def due(request: HttpRequest) -> HttpResponse:
    """Show what was to be followed up, and whom nobody has visited yet."""
    asked = cast("Request", request)
    until = asked.at.astimezone(ZONE).date() + _WEEK
    follow_ups = listed(request, queries.follow_ups(asked.actor, until=until), order=("follow_up_on", "id"), size=_SIZE)
    never = list(queries.never_visited(asked.actor).order_by("set_at", "pk")[: _SIZE + 1])
    return page(
        request, "console/visits/due.html", door=DOOR, title=_("等着去看的"), tabs=tabs(asked, "visits_due"),
        rows=[line(asked, one) for one in follow_ups.items], pager=follow_ups.pager, total=follow_ups.total,
        today=asked.at.astimezone(ZONE).date(),
        never=[(tag, person_line(asked, tag.person), tag.person.home) for tag in never[:_SIZE]],
        is_cut=len(never) > _SIZE,
    )  # fmt: skip


@require_safe
@never_cache
@staff_only("care.tag")
def proposals(request: HttpRequest) -> HttpResponse:
    """Show needs that visitors saw; the clerk sets the tag or leaves it."""
    asked = cast("Request", request)
    shown = listed(request, queries.proposals(asked.actor), order=("visited_at", "id"), size=_SIZE)
    return page(
        request, "console/visits/proposals.html", door=DOOR, title=_("建议关照"),
        tabs=tabs(asked, "visit_proposals"), pager=shown.pager, total=shown.total,
        rows=[
            line(asked, one)
            | {"need": str(CareTag.Need(one.need).label), "person": person_line(asked, one.person)}
            for one in shown.items
            if one.person is not None
        ],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("care.tag")
def decline(request: HttpRequest, key: UUID) -> HttpResponse:
    """Leave a need that was proposed."""
    asked = cast("Request", request)
    found = queries.proposals(asked.actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这条建议，或已经有人看过。"))
    back = reverse("console:visit_proposals")
    question = Question(
        _("不采纳这条建议"), _("看到的情况不再保留，走访记录还在。"), _("不采纳"), back, is_danger=False
    )

    def act(_values: dict[str, Any]) -> Done:
        actions.decline_need(asked.actor, visit=found, at=asked.at)
        return Done(back, _("已记下，没有采纳"))

    return ask(request, forms.Form(request.POST if request.method == "POST" else None), question, act, door=DOOR)
