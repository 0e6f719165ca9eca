"""平安信号: one big button each day; my neighbour, a pause, an end; and the links of those who help."""

from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.resident import frame
from lianxin.faces.resident.blocks import Line, block
from lianxin.faces.resident.forms import Form
from lianxin.faces.resident.here import Here
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, LianxinError, NotFound
from lianxin.registry.people import rights
from lianxin.work.visits.signs import days, doors, keeping, queries, rules
from lianxin.work.visits.signs.keeping import Wish
from lianxin.work.visits.signs.models import Pause, Sign, SignDay

_WAYS = [
    (Sign.Way.TAP, gettext_lazy("在这里点一下")),
    (Sign.Way.LINK, gettext_lazy("短信里点一下")),
    (Sign.Way.CALL, gettext_lazy("接社区的电话")),
    (Sign.Way.CURTAIN, gettext_lazy("邻居看窗帘拉开没有")),
]
_HOURS = [(f"{hour:02d}:00", f"{hour}:00") for hour in range(7, 22)]
_SAID = {
    "given": gettext_lazy("收到了，祝您一天都好。"),
    "started": gettext_lazy("办好了。从说好的时间起，每天等您报平安。"),
    "paused": gettext_lazy("这几天不等您报平安。"),
    "resumed": gettext_lazy("从今天起又等您报平安。"),
    "stopped": gettext_lazy("已经停了。要再办，随时回来。"),
    "thanks": gettext_lazy("谢谢您去看。"),
    "called": gettext_lazy("谢谢您去看。已经请网格员马上来。"),
}
frame.SAID.update({f"sign_{name}": words for name, words in _SAID.items()})


class SignForm(Form):
    """When and how I give a sign, and which neighbour looks first."""

    until = forms.ChoiceField(label=gettext_lazy("每天几点前报平安"), choices=_HOURS, initial="10:00")
    ways = forms.MultipleChoiceField(
        label=gettext_lazy("怎么报"), choices=_WAYS, widget=forms.CheckboxSelectMultiple, initial=[Sign.Way.TAP.value]
    )
    neighbour_name = forms.CharField(
        label=gettext_lazy("没报时，先请哪位邻居看一看"), max_length=60, required=False,
        help_text=gettext_lazy("不填，就直接请网格员"),
    )  # fmt: skip
    neighbour_phone = forms.CharField(
        label=gettext_lazy("邻居的手机号"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "type": "tel"}),
    )  # fmt: skip
    neighbour_agrees = forms.BooleanField(label=gettext_lazy("我问过这位邻居，他愿意"), required=False)
    agrees = forms.BooleanField(label="")

    def __init__(self, *args: Any, **values: Any) -> None:
        """Let the consent stand in its own words."""
        super().__init__(*args, **values)
        self.fields["agrees"].label = rights.CONSENTS[rules.CONSENT][1]


class PauseForm(Form):
    """Until which day I am away, and why."""

    until_date = forms.DateField(label=gettext_lazy("哪天回来"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.ChoiceField(label=gettext_lazy("为什么"), choices=Pause.Reason.choices, widget=forms.RadioSelect)


@require_safe
@frame.resident_page
def signs(request: HttpRequest) -> HttpResponse:
    """Show the button, or how one begins."""
    asked = cast("Request", request)
    person = rights.own_file(asked.actor)
    if person is None:
        return frame.page(
            request, "resident/signs/about.html", title=_("报平安"), back="/", is_signed_in=asked.signed_in is not None
        )
    return _show(asked, queries.own(asked.actor))


def _show(
    asked: Request, sign: Sign | None, *, form: SignForm | None = None, pausing: PauseForm | None = None
) -> HttpResponse:  # fmt: skip
    bad = (form is not None and form.errors) or (pausing is not None and pausing.errors)
    today = rules.day_of(asked.at)
    last = queries.last_days(sign, at=asked.at, most=7) if sign else []
    return frame.page(
        asked, "resident/signs/sign.html", title=_("报平安"), back="/", status=422 if bad else 200, sign=sign,
        today=next((day for day in last if day.day == today), None), days=last,
        is_paused=sign is not None and rules.is_paused(sign.pauses.all(), today),
        ways=keeping.ways_in_words(sign.ways) if sign else "",
        form=form or SignForm(initial=_begin(sign)), is_changing=form is not None or "change" in asked.GET,
        pausing=pausing or PauseForm(initial={"until_date": today + timedelta(days=7), "reason": Pause.Reason.AWAY}),
        is_pausing=pausing is not None or "pause" in asked.GET, client_id=ids.uuid7(),
    )  # fmt: skip


def _begin(sign: Sign | None) -> dict[str, Any]:
    if sign is None:
        return {}
    return {
        "until": f"{sign.until:%H}:00", "ways": sign.ways, "neighbour_name": sign.neighbour_name or "",
        "neighbour_phone": sign.neighbour_phone or "", "neighbour_agrees": sign.neighbour_phone is not None,
        "agrees": True,
    }  # fmt: skip


def _said(name: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('resident:signs')}?{urlencode({'said': f'sign_{name}'})}")


def _own(asked: Request) -> Sign:
    found = queries.own(asked.actor)
    if found is None:
        raise NotFound(_("您还没有办平安信号。"))
    return found


@require_POST
@frame.resident_page
def start(request: HttpRequest) -> HttpResponse:
    """Begin, or change what runs."""
    asked = cast("Request", request)
    person = rights.own_file(asked.actor)
    if person is None:
        raise NotFound(_("请先登录，并认领本人档案。"))
    sign = queries.own(asked.actor)
    form = SignForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        until = forms.TimeField().clean(told["until"])
        wish = Wish(
            until, tuple(told["ways"]), told["neighbour_name"], told["neighbour_phone"], told["neighbour_agrees"]
        )  # fmt: skip
        try:
            if sign is None:
                key = ids.parse(request.POST.get("client_id", ""), field="client_id")
                keeping.start(asked.actor, key=key, person=person, wish=wish, at=asked.at)
            else:
                keeping.amend(asked.actor, sign=sign, wish=wish, at=asked.at)
            return _said("started")
        except Invalid as invalid:
            form.show(invalid)
        except LianxinError as refused:
            form.add_error(None, refused.sentence)
    return _show(asked, sign, form=form)


@require_POST
@frame.resident_page
def now(request: HttpRequest) -> HttpResponse:
    """Give today's sign."""
    asked = cast("Request", request)
    days.give(asked.actor, sign=_own(asked), how=SignDay.How.TAP, at=asked.at)
    return _said("given")


@require_POST
@frame.resident_page
def pause(request: HttpRequest) -> HttpResponse:
    """Expect no sign from me until I am back."""
    asked = cast("Request", request)
    sign, form = _own(asked), PauseForm(request.POST)
    if form.is_valid():
        try:
            keeping.pause(asked.actor, sign=sign, from_date=rules.day_of(asked.at), at=asked.at, **form.cleaned_data)
            return _said("paused")
        except Invalid as invalid:
            form.show(invalid)
    return _show(asked, sign, pausing=form)


@require_POST
@frame.resident_page
def resume(request: HttpRequest) -> HttpResponse:
    """Expect a sign from me again."""
    asked = cast("Request", request)
    keeping.resume(asked.actor, sign=_own(asked), at=asked.at)
    return _said("resumed")


@require_POST
@frame.resident_page
def stop(request: HttpRequest) -> HttpResponse:
    """End it, at once."""
    asked = cast("Request", request)
    keeping.stop(asked.actor, sign=_own(asked), at=asked.at)
    return _said("stopped")


@require_http_methods(["GET", "HEAD", "POST"])
@frame.resident_page
def give(request: HttpRequest, token: str) -> HttpResponse:
    """Give the sign by the link of the day's text message; whoever holds it says no more than that all is well."""
    asked = cast("Request", request)
    sign = doors.own_sign(token)
    day = queries.today_of([sign], asked.at).get(sign.pk)
    if request.method == "POST":
        day = days.give(SYSTEM, sign=sign, how=SignDay.How.LINK, at=asked.at)
    is_given = day is not None and not rules.is_open(day.state)
    return frame.page(request, "resident/signs/give.html", title=_("报平安"), is_given=is_given)


@require_http_methods(["GET", "HEAD", "POST"])
@frame.resident_page
def neighbour(request: HttpRequest, token: str) -> HttpResponse:
    """Let a neighbour say what he sees. Whom it is about stands there only while he is asked."""
    asked = cast("Request", request)
    sign = doors.neighbours_sign(token)
    day = _latest(sign)
    is_asked = day is not None and day.state == SignDay.State.NEIGHBOUR
    said = request.POST.get("said", "") if request.method == "POST" else ""
    told = ""
    if said and is_asked and day is not None:
        day = days.neighbour_says(day=day, said=said, at=asked.at)
        told, is_asked = ("thanks" if said == "fine" else "called"), False
    elif said == "curtain" and Sign.Way.CURTAIN in sign.ways:
        days.give(SYSTEM, sign=sign, how=SignDay.How.CURTAIN, at=asked.at)
        told = "thanks"
    today = queries.today_of([sign], asked.at).get(sign.pk)
    home = sign.person.home
    return frame.page(
        request, "resident/signs/neighbour.html", title=_("看一看邻居"), is_asked=is_asked,
        name=sign.person.name if is_asked else "", where=home.address if is_asked and home else "",
        phone=(sign.person.phone or "") if is_asked else "",
        may_see_curtain=Sign.Way.CURTAIN in sign.ways and today is None and not told,
        told=[{"tone": "", "words": str(_SAID[told])}] if told else [],
    )  # fmt: skip


def _latest(sign: Sign) -> SignDay | None:
    """Return the last day of a sign: the one asked about may be yesterday's, shortly after midnight."""
    return sign.days.order_by("-day").first()


@block(order=5, module="visits", elder=True)
def _elder(asked: Request, _here: Here | None) -> Line | None:
    return _line(asked)


@block(order=15, module="visits")
def _home(asked: Request, _here: Here | None) -> Line | None:
    return _line(asked)


def _line(asked: Request) -> Line | None:
    """Return the way to the button for who gives a sign; strangers cost nothing."""
    if asked.actor.account_id is None or asked.actor.kind != "resident":
        return None
    sign = queries.own(asked.actor)
    if sign is None:
        return None
    day = queries.today_of([sign], asked.at).get(sign.pk)
    is_given = day is not None and not rules.is_open(day.state)
    words = _("今天报过了") if is_given else _("每天 {until} 前点一下").format(until=f"{sign.until:%H:%M}")
    return Line("heart", _("报平安"), words, reverse("resident:signs"), "" if is_given else _("还没报"))
