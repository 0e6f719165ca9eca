"""Writing visits down at a desk; where somebody else wrote meanwhile both are shown, and one decides."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.console.views.people import person_of
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas.acting import demand
from lianxin.kernel import ids
from lianxin.kernel.text import mask_name
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.visits import actions, telling
from lianxin.work.visits.actions import Whom
from lianxin.work.visits.models import Visit
from lianxin.work.visits.telling import Told

from .visits import DOOR, visit_or_404

_MINUTE = "%Y-%m-%dT%H:%M"


class VisitForm(forms.Form):
    """A visit as it is written at a desk."""

    outcome = forms.ChoiceField(label=gettext_lazy("见到没有"), choices=Visit.Outcome.choices, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=gettext_lazy("怎么见的"), choices=Visit.Kind.choices, widget=forms.RadioSelect)
    visited_at = forms.DateTimeField(
        label=gettext_lazy("什么时候"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE),
        input_formats=[_MINUTE], help_text=gettext_lazy("晚上、周末去的一样算"),
    )  # fmt: skip
    went = forms.ChoiceField(label=gettext_lazy("谁去的"), choices=Visit.Went.choices, widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("谈了什么"), required=False, choices=Visit.Topic.choices, widget=forms.CheckboxSelectMultiple
    )
    mood = forms.ChoiceField(
        label=gettext_lazy("谈得怎样"), required=False, choices=[("", gettext_lazy("不选")), *Visit.Mood.choices]
    )
    words = forms.CharField(
        label=gettext_lazy("日记"), required=False, widget=forms.Textarea(attrs={"rows": 5, "maxlength": "2000"}),
        help_text=gettext_lazy("看到什么、听到什么。写事，不写对人的评价；加密存放，到期自动删去"),
    )  # fmt: skip
    follow_up_on = forms.DateField(
        label=gettext_lazy("哪天再去"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)


def _told(values: dict[str, Any], company: tuple[str, ...] = ()) -> Told:
    at: datetime = values["visited_at"]
    return Told(
        visited_at=at.replace(tzinfo=ZONE), kind=values["kind"], outcome=values["outcome"], went=values["went"],
        topics=tuple(values["topics"]), mood=values["mood"], words=values["words"], company=company,
        follow_up_on=values["follow_up_on"],
    )  # fmt: skip


def _form(asked: Request, begin: dict[str, Any]) -> VisitForm:
    return VisitForm(asked.POST or None, initial={"key": ids.uuid7()} | begin)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("visits.write")
def add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down a visit to a person."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    demand(asked.actor, "visits.write", _("走访、写民情日记"), person)
    begin = {
        "outcome": "met",
        "kind": "home",
        "went": "self",
        "visited_at": asked.at.astimezone(ZONE).replace(tzinfo=None),
    }
    form = _form(asked, begin)
    if request.method == "POST" and form.is_valid():
        with faults_into(form):
            own = form.cleaned_data["key"]
            saved = actions.save(
                asked.actor,
                key=own,
                visit_key=own,
                whom=Whom(person=person),
                told=_told(form.cleaned_data),
                at=asked.at,
            )
            return done(request, Done(reverse("console:visit", args=[saved.visit.key]), _("走访记下了")))
    title = _("走访 {name}").format(name=mask_name(person.name))
    return _page(asked, form, title, reverse("console:resident", args=[person.key]))


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("visits.write")
def amend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write a new version of a visit; it settles what was kept apart."""
    asked = cast("Request", request)
    visit = visit_or_404(asked, key)
    demand(asked.actor, "visits.write", _("走访、写民情日记"), visit)
    now = {name: getattr(visit, name) for name in ("outcome", "kind", "went", "topics", "mood", "follow_up_on")}
    now |= {"words": visit.words or "", "visited_at": visit.visited_at.astimezone(ZONE).replace(tzinfo=None)}
    form = _form(asked, now | {"seen": visit.version})
    back = reverse("console:visit", args=[visit.key])
    if request.method == "POST" and form.is_valid():
        with faults_into(form):
            values = form.cleaned_data
            told = _told(values, tuple(visit.company))
            saved = actions.save(
                asked.actor, key=values["key"], visit_key=visit.key, whom=Whom(), told=told, at=asked.at,
                seen=values["seen"] or 0,
            )  # fmt: skip
            if saved.apart is None:
                return done(request, Done(back, _("改好了，原来的版本都留着")))
            return _clash(asked, saved.visit, told, back)
    return _page(asked, form, _("改这次走访"), back)


def _clash(asked: Request, visit: Visit, mine: Told, back: str) -> HttpResponse:
    """Show both versions above the form, which holds mine and has now seen theirs."""
    last = visit.versions.get(number=visit.version)
    theirs = telling.unpacked(last.content)
    given = asked.POST.copy()
    given["seen"] = str(visit.version)
    lines = telling.lines(mine, theirs) if theirs else []
    return _page(
        asked,
        VisitForm(given),
        _("改这次走访"),
        back,
        status=409,
        lines=lines,
        who=mask_name(last.by_label),
        at=last.at,
    )


def _page(
    asked: Request, form: VisitForm, title: str, back: str, *, status: int = 0, **context: Any
) -> HttpResponse:  # fmt: skip
    status = status or (422 if form.is_bound and form.errors else 200)
    return page(
        asked, "console/visits/form.html", door=DOOR, title=title, form=form, back_url=back, status=status, **context
    )
