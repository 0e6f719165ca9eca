"""平安信号 at a desk: who is looked after, who is asked to look now, and beginning one on somebody's own wish."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.living import person_line
from lianxin.faces.console.saving import Done, Question, ask, done, save
from lianxin.faces.console.standing import where
from lianxin.faces.console.views.people import person_of
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas.acting import demand
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_name, mask_phone
from lianxin.work.visits.signs import days, keeping, queries, rules
from lianxin.work.visits.signs.keeping import Wish
from lianxin.work.visits.signs.models import Pause, Sign, SignDay

from .visits import DOOR, tabs

_SIZE = 40


@require_safe
@never_cache
@staff_only("visits.signs")
def signs(request: HttpRequest) -> HttpResponse:
    """List the running signs; on top the days on which somebody is asked to look."""
    asked = cast("Request", request)
    opened = queries.open_days(asked.actor)
    shown = listed(request, queries.listed(asked.actor), order=("until", "id"), size=_SIZE)
    today = queries.today_of(shown.items, asked.at)
    return page(
        request, "console/visits/signs.html", door=DOOR, title=_("平安信号"), tabs=tabs(asked, "signs"),
        open_days=[_day(asked, one) for one in opened], pager=shown.pager, total=shown.total,
        rows=[_row(asked, one, today.get(one.pk)) for one in shown.items],
    )  # fmt: skip


def _row(asked: Request, sign: Sign, day: SignDay | None) -> dict[str, Any]:
    today = rules.day_of(asked.at)
    paused = rules.is_paused(sign.pauses.all(), today)
    home = sign.person.home
    if day is not None:
        said, tone = str(SignDay.State(day.state).label), "warn" if rules.is_open(day.state) else "ok"
    else:
        said, tone = (_("暂停中"), "") if paused else (_("还没到时间"), "")
    return {
        "sign": sign, "person": person_line(asked, sign.person), "ways": keeping.ways_in_words(sign.ways),
        "home": home.address if home else where(asked, sign.person.area_id), "said": said, "tone": tone,
        "has_neighbour": sign.neighbour_agreed_at is not None,
    }  # fmt: skip


def _day(asked: Request, day: SignDay) -> dict[str, Any]:
    """Return a missed day; who is asked now sees whom it is about, all others a masked name."""
    sign, person = day.sign, day.sign.person
    is_asked = queries.is_asked(asked.actor, day)
    home = person.home.address if person.home else where(asked, person.area_id)
    return {
        "day": day, "sign": sign, "name": person.name if is_asked else mask_name(person.name), "home": home,
        "phone": (person.phone or "") if is_asked else mask_phone(person.phone or ""), "is_asked": is_asked,
        "neighbour": (sign.neighbour_name or "") if is_asked else "",
        "neighbour_phone": (sign.neighbour_phone or "") if is_asked else "",
        "state": SignDay.State(day.state).label, "since": day.clerk_at or day.worker_at or day.due_at,
        "can_pass": is_asked and day.state == SignDay.State.WORKER,
    }  # fmt: skip


def _sign_or_404(asked: Request, key: UUID) -> Sign:
    found = Sign.objects.visible_to(asked.actor).select_related("person__home").filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这个平安信号，或不在您的辖区。"))
    return found


@require_safe
@never_cache
@staff_only("visits.signs")
def sign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one sign: how it is given, its pauses, how the last days went."""
    asked = cast("Request", request)
    found = _sign_or_404(asked, key)
    last = queries.last_days(found, at=asked.at)
    opened = next((one for one in last if rules.is_open(one.state) and one.state != SignDay.State.NEIGHBOUR), None)
    today = next((one for one in last if one.day == rules.day_of(asked.at)), None)
    return page(
        request, "console/visits/sign.html", door=DOOR, title=_("平安信号"), **_row(asked, found, today),
        days=last, missed=_day(asked, opened) if opened else None,
        pauses=found.pauses.filter(until_date__gte=rules.day_of(asked.at)).order_by("from_date"),
        consent=Sign.ConsentBy(found.consent_by).label,
        may_call=today is None and Sign.Way.CALL in found.ways and found.ended_at is None,
        day=rules.day_of(asked.at).isoformat(),
    )  # fmt: skip


@require_POST
@never_cache
@staff_only("visits.signs")
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say what was found, or that the person was well on the telephone."""
    asked = cast("Request", request)
    found = _sign_or_404(asked, key)
    given = forms.DateField().clean(request.POST.get("day", "")) if request.POST.get("day") else rules.day_of(asked.at)
    days.answer(
        asked.actor, sign=found, day=given, said=request.POST.get("said", ""), how=request.POST.get("how", "call"),
        at=asked.at,
    )  # fmt: skip
    return done(request, Done(reverse("console:sign", args=[key]), _("记下了")))


class SignForm(forms.Form):
    """How somebody wants to give a sign."""

    until = forms.TimeField(
        label=gettext_lazy("每天几点前报"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        initial="10:00",
    )
    ways = forms.MultipleChoiceField(
        label=gettext_lazy("怎么报"), choices=Sign.Way.choices, widget=forms.CheckboxSelectMultiple, initial=["call"]
    )
    neighbour_name = forms.CharField(label=gettext_lazy("请哪位邻居先看一看"), max_length=60, required=False)
    neighbour_phone = forms.CharField(
        label=gettext_lazy("邻居的手机号"), max_length=30, required=False,
        help_text=gettext_lazy("加密存放，没报平安时才用"),
    )  # fmt: skip
    neighbour_agrees = forms.BooleanField(label=gettext_lazy("问过这位邻居，他同意"), required=False)

    @property
    def wish(self) -> Wish:
        """Return what was filled in."""
        told = self.cleaned_data
        return Wish(
            told["until"],
            tuple(told["ways"]),
            told["neighbour_name"],
            told["neighbour_phone"],
            told["neighbour_agrees"],
        )


class NewSignForm(SignForm):
    """A new sign, with who agreed."""

    consent_by = forms.ChoiceField(
        label=gettext_lazy("谁同意的"), widget=forms.RadioSelect,
        choices=[("paper", gettext_lazy("本人签了同意书（存档）")), ("guardian", gettext_lazy("监护人同意"))],
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("visits.signs")
def add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begin a sign for somebody who wants one."""
    asked = cast("Request", request)
    person = person_of(asked, key)
    demand(asked.actor, "visits.signs", keeping.LABEL, person)
    running = Sign.objects.visible_to(asked.actor).running().filter(person=person).first()
    if running is not None:
        return HttpResponseRedirect(reverse("console:sign", args=[running.key]))
    form = NewSignForm(request.POST or None, initial={"key": ids.uuid7()})

    def act(values: dict[str, Any]) -> Done:
        made = keeping.start(
            asked.actor, key=values["key"], person=person, wish=form.wish, at=asked.at, consent_by=values["consent_by"]
        )
        return Done(reverse("console:sign", args=[made.key]), _("办好了，从说好的时间起每天等他报平安"))

    return save(
        request, form, act, template="console/people/form.html", door=DOOR, verb=_("办好"),
        title=_("给 {name} 办平安信号").format(name=mask_name(person.name)),
        back_url=reverse("console:resident", args=[key]),
        help=_("只给自己愿意的人办。到时没有报，先请邻居看一看，再请网格员，最后请社区；本人随时可以暂停、停止。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("visits.signs")
def amend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change time, ways or neighbour."""
    asked = cast("Request", request)
    found = _sign_or_404(asked, key)
    begin = {
        "until": found.until,
        "ways": found.ways,
        "neighbour_name": found.neighbour_name or "",
        "neighbour_phone": found.neighbour_phone or "",
        "neighbour_agrees": found.neighbour_phone is not None,
    }
    form = SignForm(request.POST or None, initial=begin)
    back = reverse("console:sign", args=[key])

    def act(_values: dict[str, Any]) -> Done:
        keeping.amend(asked.actor, sign=found, wish=form.wish, at=asked.at)
        return Done(back, _("改好了"))

    return save(
        request, form, act, template="console/people/form.html", door=DOOR, verb=_("改好"), title=_("改平安信号"),
        back_url=back, help=_("换了邻居，原来那位的链接马上失效。"),
    )  # fmt: skip


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class PauseForm(forms.Form):
    """Days on which no sign is expected."""

    from_date = _day_field(gettext_lazy("从哪天"))
    until_date = _day_field(gettext_lazy("到哪天"))
    reason = forms.ChoiceField(label=gettext_lazy("为什么"), choices=Pause.Reason.choices)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("visits.signs")
def pause(request: HttpRequest, key: UUID) -> HttpResponse:
    """Expect no sign for some days."""
    asked = cast("Request", request)
    found = _sign_or_404(asked, key)
    today, back = rules.day_of(asked.at), reverse("console:sign", args=[key])
    form = PauseForm(request.POST or None, initial={"from_date": today, "until_date": today + timedelta(days=7)})

    def act(values: dict[str, Any]) -> Done:
        keeping.pause(asked.actor, sign=found, at=asked.at, **values)
        return Done(back, _("这几天不等他报平安"))

    return save(
        request, form, act, template="console/people/form.html", door=DOOR, verb=_("暂停"), title=_("暂停平安信号"),
        back_url=back,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only("visits.signs")
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a sign."""
    asked = cast("Request", request)
    found = _sign_or_404(asked, key)
    back = reverse("console:signs")
    question = Question(
        _("停掉平安信号"), _("以后没有人等他报平安。邻居的称呼和手机号随即删去，要再办得重新同意。"), _("停掉"),
        reverse("console:sign", args=[key]),
    )  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        keeping.stop(asked.actor, sign=found, at=asked.at)
        return Done(back, _("已停"))

    return ask(request, forms.Form(request.POST if request.method == "POST" else None), question, act, door=DOOR)
