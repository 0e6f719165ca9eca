"""The duty rota (值班表): a week of one area or unit, shifts added and taken off."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.forms_staff import PlaceForm, ShiftForm
from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.lookups import area_name
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.words import PLACE, WEEKDAYS, local
from lianxin.foundation.accounts import actions
from lianxin.foundation.accounts.models import DutyShift, Post
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.foundation.organizations.queries import UnitNode
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_name

from .staff import DOOR, tabs

SEEN_BY = ("accounts.rota", "accounts.read", "accounts.manage")
_MOST = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Whose rota: an area's or a unit's."""

    area: AreaNode | None
    unit: UnitNode | None

    @property
    def name(self) -> str:
        """Return it in words."""
        return area_name(self.area) if self.area else (self.unit.name if self.unit else "")

    @property
    def query(self) -> dict[str, str]:
        """Return it as the address has it."""
        return {"area": self.area.code} if self.area else {"unit": self.unit.code} if self.unit else {}


@require_http_methods(["GET", "POST"])
@staff_only(*SEEN_BY)
def rota(request: HttpRequest) -> HttpResponse:
    """Show a week, and take a shift."""
    asked = cast("Request", request)
    place, monday = _place(asked), _monday(asked)
    posts = _posts(asked, place)
    shifts = _shifts(posts, monday)
    today = local(asked.at).date()
    days = [monday + timedelta(days=offset) for offset in range(7)]
    initial = {"day": max(monday, today).isoformat() if monday + timedelta(days=6) >= today else monday.isoformat()}
    form = ShiftForm(request.POST or None, posts=[(str(post.pk), _said(post)) for post in posts], initial=initial)

    def act(_values: dict[str, Any]) -> Done:
        starts_at, ends_at = form.span()
        post = next(one for one in posts if str(one.pk) == form.cleaned_data["post"])
        actions.add_shift(asked.actor, post=post, starts_at=starts_at, ends_at=ends_at, at=asked.at)
        return Done(_to(place, monday), f"{mask_name(post.account.name)}的班已排上")

    return save(
        request,
        form,
        act,
        template="console/staff/rota.html",
        door=DOOR,
        title=_("值班表"),
        tabs=tabs(asked),
        whose=place.name,
        days=[(WEEKDAYS[day.weekday()], day, day == today) for day in days],
        rows=[
            (
                post,
                _said(post),
                [[(one, _mark(one, asked.at)) for one in shifts.get((post.pk, day), [])] for day in days],
            )
            for post in posts
        ],
        places=PlaceForm(
            asked=asked,
            initial={
                "area": area_name(place.area) if place.area else "",
                "unit": place.unit.name if place.unit else "",
            },
        ),
        previous_url=_to(place, monday - timedelta(days=7)),
        next_url=_to(place, monday + timedelta(days=7)),
        this_url=_to(place, today - timedelta(days=today.weekday())),
        may_change=_may_change(asked, place),
        uncovered=[day for day in days if day >= today and not any(shifts.get((post.pk, day)) for post in posts)],
    )


def _place(asked: Request) -> Place:
    """Return the place of the address, else the person's own."""
    form = PlaceForm(asked.GET if {"area", "unit"} & set(asked.GET) else None, asked=asked)
    if form.is_bound and form.is_valid():
        if form.cleaned_data["unit"] is not None:
            return Place(None, form.cleaned_data["unit"])
        if form.cleaned_data["area"] is not None:
            return Place(form.cleaned_data["area"], None)
    post = asked.actor.post
    atlas = areas.atlas(asked.at, asked.numbers)
    if post and post.unit_id and post.area_level is None:
        return Place(None, organizations.unit(post.unit_id, asked.numbers))
    own = atlas.by_id.get(post.area_id) if post and post.area_id else next(iter(atlas.children(None)), None)
    return Place(own, None)


def _monday(asked: Request) -> date:
    today = local(asked.at).date()
    try:
        chosen = date.fromisoformat(asked.GET.get("week", ""))
    except ValueError:
        chosen = today
    chosen = chosen if abs((chosen - today).days) < 3660 else today
    return chosen - timedelta(days=chosen.weekday())


def _posts(asked: Request, place: Place) -> list[Post]:
    held = current_posts(asked.at).select_related("account", "role", "area", "unit__area")
    if place.unit is not None:
        held = held.filter(unit_id=place.unit.id)
    elif place.area is not None:
        held = held.filter(area_id=place.area.id)
    else:
        return []
    return list(held.order_by("role__sort", "pk")[:_MOST])


def _shifts(posts: list[Post], monday: date) -> dict[tuple[int, date], list[DutyShift]]:
    begin = datetime.combine(monday, time(), PLACE)
    found = DutyShift.objects.filter(post__in=posts, starts_at__lt=begin + timedelta(days=7), starts_at__gte=begin)
    gathered: dict[tuple[int, date], list[DutyShift]] = {}
    for shift in found.order_by("starts_at"):
        gathered.setdefault((shift.post_id, local(shift.starts_at).date()), []).append(shift)
    return gathered


def _said(post: Post) -> str:
    return f"{post.account.name} {post.title or post.role.label}"


def _mark(shift: DutyShift, at: datetime) -> str:
    night = " shift-night" if local(shift.ends_at).date() > local(shift.starts_at).date() else ""
    return night + (" shift-now" if shift.starts_at <= at < shift.ends_at else "")


def _to(place: Place, monday: date) -> str:
    return f"{reverse('console:rota')}?{urlencode({**place.query, 'week': monday.isoformat()})}"


def _may_change(asked: Request, place: Place) -> bool:
    return asked.actor.may("accounts.rota", place.area, place.unit.id if place.unit else None)


@require_http_methods(["GET", "POST"])
@staff_only("accounts.rota")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a shift off the rota."""
    asked = cast("Request", request)
    shift = DutyShift.objects.select_related("post__account", "post__area", "post__unit__area").filter(pk=pk).first()
    if shift is None:
        raise NotFound(_("没有这一班。"))
    day = local(shift.starts_at).date()
    where = (
        {"unit": shift.post.unit.code} if shift.post.unit else {"area": shift.post.area.code} if shift.post.area else {}
    )
    to = f"{reverse('console:rota')}?{urlencode({**where, 'week': day.isoformat()})}"
    effect = f"{shift.post.account.name} {day.month}月{day.day}日的班。正在值的班从现在结束。"

    def act(_values: dict[str, Any]) -> Done:
        actions.remove_shift(asked.actor, shift=shift, at=asked.at)
        return Done(to, "这一班已撤下")

    form = NothingForm(request.POST if request.method == "POST" else None)
    return ask(request, form, Question("撤下这一班", effect, "撤下", to), act, door=DOOR)
