"""Forms of patrols: points, routes, plans, checklists, hazards, teams."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts.models import Role
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.actions import Care, PlanIn, PointIn
from lianxin.work.patrols.models import Hazard, Plan, Point, Route, Team
from lianxin.work.patrols.rules import Question
from lianxin.work.patrols.words import Excuse, Found, Grade, HazardKind, PointKind, Rhythm

from .lookups import AreaField, LookupForm, PersonField, UnitField, person_name

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_HOUR = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_HIDDEN = forms.HiddenInput
_WEEK = [(1, "周一"), (2, "周二"), (3, "周三"), (4, "周四"), (5, "周五"), (6, "周六"), (7, "周日")]
ROWS = 12  # lines of a checklist that a form offers


class PlacedForm(LookupForm):
    """Where something is, by a map; without script, by two numbers."""

    seen = forms.IntegerField(widget=_HIDDEN, required=False)
    lon = forms.FloatField(label=gettext_lazy("经度"), required=False, widget=forms.NumberInput(attrs={"step": "any"}))
    lat = forms.FloatField(label=gettext_lazy("纬度"), required=False, widget=forms.NumberInput(attrs={"step": "any"}))

    def place(self) -> Place | None:
        """Return the place that was pointed at, if one was."""
        lon, lat = self.cleaned_data.get("lon"), self.cleaned_data.get("lat")
        return None if lon is None or lat is None else Place.checked(lon, lat)


class PointForm(PlacedForm):
    """A point."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=80, help_text=gettext_lazy("当地人怎么叫就怎么写：和平市场北门")
    )
    kind = forms.ChoiceField(label=gettext_lazy("这是什么地方"), choices=PointKind.choices)
    address = forms.CharField(label=gettext_lazy("地址"), max_length=200, required=False)
    hint = forms.CharField(
        label=gettext_lazy("提示"), max_length=200, required=False,
        help_text=gettext_lazy("贴纸贴在哪里、要留意什么，例如“在门卫室外墙”"),
    )  # fmt: skip
    radius = forms.IntegerField(
        label=gettext_lazy("打卡范围（米）"), required=False, min_value=10, max_value=500,
        help_text=gettext_lazy("定位在这个距离以内就算到了；不填按本地的规定"),
    )  # fmt: skip

    def given(self) -> PointIn:
        """Return what was told; raise Invalid without a place."""
        place, told = self.place(), self.cleaned_data
        if place is None:
            raise Invalid({"lon": _("请在地图上点出位置。")})
        return PointIn(told["kind"], told["name"], place, told["address"], told["hint"], told["radius"])


def told_of(point: Point) -> dict[str, Any]:
    """Return what the form of a point begins with."""
    words = {name: getattr(point, name) for name in ("name", "kind", "address", "hint", "radius")}
    return words | {"seen": point.version, "lon": point.place.lon, "lat": point.place.lat}


class TagForm(forms.Form):
    """The number of an NFC tag."""

    serial = forms.CharField(
        label=gettext_lazy("标签号"), max_length=60, required=False,
        help_text=gettext_lazy("十六进制，例如 04:A2:2F:1B；留空就取下标签"),
    )  # fmt: skip


class RouteForm(forms.Form):
    """A route: its name and its points in order, each box a point with its place in the order."""

    seen = forms.IntegerField(widget=_HIDDEN, required=False)
    name = forms.CharField(label=gettext_lazy("路线名称"), max_length=80, help_text=gettext_lazy("例如“龙眠河沿线”"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)


class PlanForm(LookupForm):
    """When a route is walked, and by whom."""

    seen = forms.IntegerField(widget=_HIDDEN, required=False)
    rhythm = forms.ChoiceField(label=gettext_lazy("哪些天"), choices=Rhythm.choices, widget=forms.RadioSelect)
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("每周几"), choices=_WEEK, required=False, widget=forms.CheckboxSelectMultiple
    )
    every_days = forms.IntegerField(
        label=gettext_lazy("每隔几天"), required=False, min_value=1, max_value=90, help_text=gettext_lazy("1 是每天")
    )
    month_days = forms.CharField(
        label=gettext_lazy("每月几号"), max_length=80, required=False,
        help_text=gettext_lazy("用顿号隔开：1、15；31 在小月是最后一天"),
    )  # fmt: skip
    begins = forms.TimeField(label=gettext_lazy("从几点"), widget=_HOUR)
    ends = forms.TimeField(label=gettext_lazy("到几点"), widget=_HOUR, help_text=gettext_lazy("比开始早的算到第二天"))
    from_date = forms.DateField(label=gettext_lazy("从哪天起"), widget=_DAY)
    until_date = forms.DateField(label=gettext_lazy("到哪天止"), widget=_DAY, required=False)
    role = forms.ChoiceField(label=gettext_lazy("由这里的哪种岗位"), required=False)
    walker = PersonField(
        label=gettext_lazy("或由某个人"), required=False, help_text=gettext_lazy("写姓名；别人也可以代他走")
    )
    team = forms.ChoiceField(label=gettext_lazy("或由居民巡逻队"), required=False)

    def __init__(self, *args: Any, asked: Request, route: Route, **rest: Any) -> None:
        super().__init__(*args, asked=asked, **rest)
        roles = Role.objects.filter(permissions__contains=["patrols.walk"]).order_by("sort")
        self._set("role", [(role.code, role.label) for role in roles])
        teams = Team.objects.visible_to(asked.actor).filter(valid_to=None)
        if route.community_id is not None:
            teams = teams.filter(community_id=route.community_id)
        self._set("team", [(str(team.pk), team.name) for team in teams.order_by("name")[:50]])

    def _set(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", _("不用")), *choices]  # type: ignore[attr-defined]

    def given(self) -> PlanIn:
        """Return what was told."""
        told = self.cleaned_data
        rhythm = told["rhythm"]
        days: tuple[int, ...] = ()
        if rhythm == Rhythm.WEEKLY:
            days = tuple(int(day) for day in told["weekdays"])
        elif rhythm == Rhythm.MONTHLY:
            days = _days(told["month_days"])
        person = told["walker"]
        return PlanIn(
            rhythm=rhythm, begins=told["begins"], ends=told["ends"], from_date=told["from_date"],
            until_date=told["until_date"], days=days,
            every_days=told["every_days"] if rhythm == Rhythm.EVERY else None, role=told["role"],
            walker_id=person.pk if person else None, team_id=int(told["team"]) if told["team"] else None,
        )  # fmt: skip


def _days(text: str) -> tuple[int, ...]:
    parts = text.replace("，", "、").replace(",", "、").replace(" ", "、").split("、")
    days = [part.strip().removesuffix("号").removesuffix("日") for part in parts if part.strip()]
    if any(not (day.isascii() and day.isdecimal() and 1 <= int(day) <= 31) for day in days):
        raise Invalid({"month_days": _("每月几号请写 1 至 31 的数，用顿号隔开。")})
    return tuple(int(day) for day in days)


def told_of_plan(plan: Plan | None, asked: Request, walker: Any = None) -> dict[str, Any]:
    """Return what the form of a plan begins with."""
    if plan is None:
        today = asked.at.astimezone(ZONE).date()
        return {"rhythm": Rhythm.WEEKLY, "begins": "08:30", "ends": "11:30", "from_date": today, "role": "grid_worker"}
    told: dict[str, Any] = {name: getattr(plan, name) for name in ("rhythm", "every_days", "begins", "ends")}
    told |= {"from_date": plan.from_date, "until_date": plan.until_date, "role": plan.role, "seen": plan.version}
    told["weekdays"] = plan.days if plan.rhythm == Rhythm.WEEKLY else []
    told["month_days"] = "、".join(map(str, plan.days)) if plan.rhythm == Rhythm.MONTHLY else ""
    return told | {"team": str(plan.team_id or ""), "walker": person_name(walker) if walker else ""}


class ChecklistForm(forms.Form):
    """Up to a dozen short questions; an empty line is no question."""

    seen = forms.IntegerField(widget=_HIDDEN)

    def __init__(self, *args: Any, questions: Sequence[Question], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.codes = [question.code for question in questions]
        for number in range(ROWS):
            question = questions[number] if number < len(questions) else None
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("第 {number} 项").format(number=number + 1), max_length=60, required=False,
                initial=question.text if question else "",
            )  # fmt: skip
            self.fields[f"hazard_{number}"] = forms.ChoiceField(
                label=_("有问题是哪类隐患"), choices=HazardKind.choices, required=False,
                initial=question.hazard if question else HazardKind.OTHER,
            )  # fmt: skip
            self.fields[f"photo_{number}"] = forms.BooleanField(
                label=_("有问题要拍照"), required=False, initial=question.photo if question else True
            )

    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Return the three fields of each line."""
        return [(self[f"text_{n}"], self[f"hazard_{n}"], self[f"photo_{n}"]) for n in range(ROWS)]

    def given(self) -> list[Question]:
        """Return the questions; one that stood there keeps its code, so that its answers stay comparable."""
        told, found = self.cleaned_data, []
        for number in range(ROWS):
            if text := told[f"text_{number}"].strip():
                code = self.codes[number] if number < len(self.codes) else f"q{number + 1}"
                found.append(
                    Question(code, text, told[f"photo_{number}"], told[f"hazard_{number}"] or HazardKind.OTHER)
                )
        return found


class HazardForm(PlacedForm):
    """A hazard seen from the desk."""

    what = forms.CharField(
        label=gettext_lazy("有什么危险"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("只写事和物，不写人"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=HazardKind.choices)
    grade = forms.ChoiceField(
        label=gettext_lazy("等级"), choices=Grade.choices, widget=forms.RadioSelect, initial=Grade.GENERAL
    )
    area = AreaField(label=gettext_lazy("在哪个网格"), required=False, help_text=gettext_lazy("图上点了就不用写"))
    address = forms.CharField(label=gettext_lazy("地点"), max_length=200, required=False)


class CareForm(LookupForm):
    """Who removes a hazard by when."""

    seen = forms.IntegerField(widget=_HIDDEN, required=False)
    grade = forms.ChoiceField(label=gettext_lazy("等级"), choices=Grade.choices, widget=forms.RadioSelect)
    unit = UnitField(label=gettext_lazy("责任单位"), required=False)
    responsible = PersonField(
        label=gettext_lazy("或责任人"), required=False, help_text=gettext_lazy("同事的姓名；两样填一样就行")
    )
    due_date = forms.DateField(label=gettext_lazy("整改期限"), widget=_DAY)

    def given(self) -> Care:
        """Return what was told."""
        told = self.cleaned_data
        unit, person = told["unit"], told["responsible"]
        return Care(told["grade"], told["due_date"], unit.id if unit else None, person.pk if person else None)


def told_of_care(hazard: Hazard, asked: Request) -> dict[str, Any]:
    """Return what the form begins with: a day that is still to come."""
    soonest = asked.at.astimezone(ZONE).date() + timedelta(days=1)
    unit = hazard.unit.name if hazard.unit else ""
    return {
        "seen": hazard.version, "grade": hazard.grade, "unit": unit, "due_date": max(hazard.due_date, soonest),
    }  # fmt: skip


class LookForm(forms.Form):
    """How it is now."""

    found = forms.ChoiceField(label=gettext_lazy("现在怎么样"), choices=Found.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=500, required=False)


class WordsForm(forms.Form):
    """A sentence that is kept with the act."""

    seen = forms.IntegerField(widget=_HIDDEN, required=False)
    words = forms.CharField(label=gettext_lazy("说明"), max_length=300)


class ExcuseForm(forms.Form):
    """Why points of a round were not reached."""

    excuse = forms.ChoiceField(label=gettext_lazy("原因"), choices=Excuse.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


class TeamForm(LookupForm):
    """A team of residents."""

    seen = forms.IntegerField(widget=_HIDDEN, required=False)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("例如“东苑红袖章”"))
    about = forms.CharField(
        label=gettext_lazy("做什么"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    area = AreaField(label=gettext_lazy("在哪个社区或网格"))
