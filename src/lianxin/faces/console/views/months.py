"""My month: my figures, how each came about, my appeals; and for who answers, the appeals that wait."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, save
from lianxin.faces.console.telling import DOOR, tabs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.insight.months import actions, queries
from lianxin.insight.months.figures import FIGURES, Thing, described, month_of
from lianxin.insight.months.models import Appeal
from lianxin.insight.months.queries import Month, Value
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound

_MOST_THINGS = 100
_SIZE = 30


def _asked_month(asked: Request) -> date:
    given = asked.GET.get("month", "")
    try:
        return date.fromisoformat(f"{given}-01") if given else month_of(asked.at)
    except ValueError:
        raise NotFound(_("没有这个月。")) from None


def _said(month: date) -> str:
    return _("{year}年{month}月").format(year=month.year, month=month.month)


@require_safe
@staff_only()
def month(request: HttpRequest) -> HttpResponse:
    """Show my month beside my own months before, never beside anybody else's."""
    asked = cast("Request", request)
    wanted = _asked_month(asked)
    months = queries.own_months(asked.actor, at=asked.at)
    shown = next((one for one in months if one.month == wanted), None) or queries.own_month(
        asked.actor, wanted, at=asked.at
    )
    opened = request.GET.get("figure", "")
    value = next((each for each in shown.values if each.figure.code == opened), None)
    known = described(value.figure, asked.actor, _behind(value)) if value is not None else {}
    return page(
        request, "console/months/month.html", door="console:work", title=_("我的月报"), month=shown,
        said=_said(shown.month), rows=[_row(shown, each, months) for each in shown.values], opened=value,
        crumbs=[Crumb(_("我的账号"), reverse("console:me")), Crumb(_("我的月报"))],
        things=_things(value, known), appeals=queries.own_appeals(asked.actor, [shown.month])[:20],
        figures={code: one.label for code, one in FIGURES.items()},
        months=[Tab(f"{request.path}?month={one.month:%Y-%m}", _said(one.month), current=one.month == shown.month)
                for one in reversed(months)],
    )  # fmt: skip


def _behind(value: Value) -> list[int]:
    return [*value.missed, *value.ruled[0]][:_MOST_THINGS]


def _things(value: Value | None, known: Any) -> list[tuple[Thing, bool]]:
    if value is None:
        return []
    counts = set(value.ruled[0])
    return [(known[pk], pk in counts) for pk in _behind(value) if pk in known]


def _row(shown: Month, value: Value, months: list[Month]) -> dict[str, Any]:
    before = [each for one in months if one.month < shown.month for each in one.values
              if each.figure.code == value.figure.code][:3]  # fmt: skip
    return {
        "value": value,
        "before": [(each.number, each.total) for each in before],
        "url": f"?month={shown.month:%Y-%m}&figure={value.figure.code}#behind",
        "was": len(value.counted) if value.is_ruled else None,
    }


class AppealForm(forms.Form):
    """What is counted wrong."""

    words = forms.CharField(
        label=gettext_lazy("哪里算得不对"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写清为什么，例如“那两天已批准延期”。社区或街道五个工作日内答复"),
    )  # fmt: skip
    client_id = forms.CharField(max_length=36, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@staff_only()
def appeal(request: HttpRequest) -> HttpResponse:
    """Say that a figure of mine, or one thing behind it, is counted wrong."""
    asked = cast("Request", request)
    wanted, one = _asked_month(asked), FIGURES.get(request.GET.get("figure", ""))
    if one is None:
        raise NotFound(_("月报里没有这一项。"))
    given = request.GET.get("thing", "")
    thing_id = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
    about = described(one, asked.actor, [thing_id]).get(thing_id) if thing_id is not None else None
    back = f"{reverse('console:month')}?month={wanted:%Y-%m}&figure={one.code}"

    def act(values: dict[str, Any]) -> Done:
        actions.appeal(
            asked.actor, key=ids.parse(values["client_id"]), month=wanted, code=one.code, thing_id=thing_id,
            words=values["words"], at=asked.at,
        )  # fmt: skip
        return Done(back, _("申诉已送出，答复会发消息给您"))

    form = AppealForm(request.POST or None, initial={"client_id": ids.uuid7(asked.at)})
    return save(
        request, form, act, template="console/months/appeal_form.html", door="console:work", title=_("这里算得不对"),
        figure=one, about=about, said=_said(wanted), back_url=back,
    )  # fmt: skip


@require_safe
@staff_only("months.answer")
def appeals(request: HttpRequest) -> HttpResponse:
    """List the appeals that wait, the first due on top; or all."""
    asked = cast("Request", request)
    shows_all = "all" in request.GET
    found = queries.appeals(asked.actor)
    order = ("-id",) if shows_all else ("due_at", "id")
    shown = listed(request, found if shows_all else found.open(), order=order, size=_SIZE)
    path = reverse("console:appeals")
    return page(
        request, "console/months/appeals.html", door=DOOR, title=_("月报申诉"), tabs=tabs(asked, "console:appeals"),
        kinds=[Tab(path, _("等答复"), current=not shows_all), Tab(f"{path}?all=1", _("全部"), current=shows_all)],
        rows=[(one, _label(one), _said(one.month), one.due_at < asked.at) for one in shown.items], pager=shown.pager,
        total=shown.total,
    )  # fmt: skip


def _label(one: Appeal) -> str:
    known = FIGURES.get(one.code)
    return str(known.label) if known is not None else one.code


class AnswerForm(forms.Form):
    """What is made of it, and why."""

    ruling = forms.ChoiceField(
        label=gettext_lazy("怎么处理"), choices=Appeal.Ruling.choices, widget=forms.RadioSelect, initial="stands"
    )
    answer = forms.CharField(
        label=gettext_lazy("为什么"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("申诉的人看得到"),
    )  # fmt: skip

    def __init__(self, *args: Any, about_one: bool, **rest: Any) -> None:
        """Offer to change one thing only where the appeal is about one."""
        super().__init__(*args, **rest)
        if not about_one:
            choices = [(Appeal.Ruling.STANDS.value, _("已说明，数字不改"))]
            self.fields["ruling"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("months.answer")
def one_appeal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one appeal with the figure it is about, and take the answer."""
    asked = cast("Request", request)
    found = queries.appeals(asked.actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这份申诉，或不由您答复。"))

    def act(values: dict[str, Any]) -> Done:
        actions.answer(
            asked.actor, appeal=found, ruling=values["ruling"], words=values["answer"], at=asked.at
        )  # fmt: skip
        return Done(reverse("console:appeals"), _("已答复"))

    value = queries.appealed_value(found, asked.at)
    about = None
    if value is not None and found.thing_id is not None:
        about = described(value.figure, asked.actor, [found.thing_id]).get(found.thing_id)
    return save(
        request, AnswerForm(request.POST or None, about_one=found.thing_id is not None), act,
        template="console/months/appeal.html", door=DOOR, title=_("月报申诉"), appeal=found, value=value, about=about,
        label=_label(found), said=_said(found.month),
        crumbs=[Crumb(_("月报申诉"), reverse("console:appeals")), Crumb(_label(found))],
    )  # fmt: skip
