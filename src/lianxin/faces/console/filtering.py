"""Filters of lists as words in the address: read, said as chips, and offered in a panel."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Filter
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.insight.views import reading
from lianxin.insight.views.reading import CLOCKS, FLAGS, ORDERS, read
from lianxin.work.cases.queries.todo import LABELS as TODO
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Channel, Kind, Severity, Stage
from lianxin.work.dispatch.queries import catalogue

__all__ = ["CLOCKS", "FLAGS", "ORDERS", "STATES", "FilterForm", "address", "chips", "read"]

Numbers = Mapping[str, int]
STATES = {"open": gettext_lazy("在办"), "ended": gettext_lazy("已办结"), "all": gettext_lazy("全部")}
# What moves one through the list, not what is listed.
_ASIDE = frozenset({"after", "first", "case", "panel", "view"})


def address(query: QueryDict, path: str, **changes: str | None) -> str:
    """Return the address of the list with some words changed; None takes one away; the page begins anew."""
    given = query.copy()
    for name in _ASIDE:
        given.pop(name, None)
    for name, value in changes.items():
        given.pop(name, None)
        if value is not None:
            given[name] = value
    return f"{path}?{given.urlencode()}" if given else path


def chips(query: QueryDict, path: str, *, at: datetime, numbers: Numbers) -> list[Filter]:
    """Return the filters in force in words, each with the address of the list without it."""
    found = []
    for name, label in _said(query, at, numbers):
        tone = "late" if name == "clock" and query.get("clock") == "overdue" else ""
        found.append(Filter(label, address(query, path, **{name: None}), tone=tone))
    return found


def _said(query: QueryDict, at: datetime, numbers: Numbers) -> Iterator[tuple[str, str]]:
    settings = flow_settings(numbers)
    stages = [settings.stage_label(stage) for stage in query.getlist("stage") if stage in Stage.values]
    if stages:
        yield "stage", "、".join(stages)
    plain: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("severity", dict(Severity.choices)), ("kind", dict(Kind.choices)), ("channel", dict(Channel.choices)),
        ("clock", CLOCKS), ("flag", FLAGS), ("todo", TODO),
    )  # fmt: skip
    for name, known in plain:
        value = query.get(name, "")
        if value in known:
            yield name, str(known[str(value)])
    yield from _named(query, at, numbers)
    if "mine" in query:
        yield "mine", _("归我的")
    if asked := str(query.get("q", "")).strip():
        yield "q", f"“{asked[:30]}”"
    for name, label in (("from", _("从")), ("to", _("到"))):
        if day := reading.day(query.get(name, "")):
            yield name, f"{label} {words.day(day.date(), words.local(at).date())}"
    if (state := str(query.get("state", ""))) in {"ended", "all"}:
        yield "state", str(STATES[state])


def _named(query: QueryDict, at: datetime, numbers: Numbers) -> Iterator[tuple[str, str]]:
    area = areas.atlas(at, numbers).by_code.get(query.get("area", ""))
    category = catalogue(numbers).by_code.get(query.get("category", ""))
    unit = organizations.directory(numbers).by_code.get(query.get("unit", ""))
    if area:
        yield "area", " ".join(area.breadcrumb[1:] or area.breadcrumb)
    if category:
        yield "category", category.name
    if unit:
        yield "unit", unit.short_name or unit.name


class FilterForm(forms.Form):
    """The panel of filters. It is sent by GET, so that a list can be shared by its address."""

    q = forms.CharField(label=gettext_lazy("词语或编号"), required=False, max_length=80)
    state = forms.ChoiceField(label=gettext_lazy("在办与否"), required=False)
    stage = forms.MultipleChoiceField(label=gettext_lazy("阶段"), required=False, widget=forms.CheckboxSelectMultiple)
    clock = forms.ChoiceField(label=gettext_lazy("时限"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("等级"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("来源"), required=False)
    flag = forms.ChoiceField(label=gettext_lazy("标记"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("区域"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("分类"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("办理单位"), required=False)
    order = forms.ChoiceField(label=gettext_lazy("排序"), required=False)
    from_ = forms.DateField(label=gettext_lazy("上报从"), required=False)
    to = forms.DateField(label=gettext_lazy("到"), required=False)

    def __init__(self, query: QueryDict, *, at: datetime, numbers: Numbers) -> None:
        """Fill the lists with the words of this place."""
        initial = {name: query.getlist(name) if name == "stage" else query.get(name) for name in query}
        super().__init__(initial={**initial, "from_": query.get("from", "")}, auto_id="f_%s")
        settings = flow_settings(numbers)
        self._offer("state", STATES, blank=False)
        self._offer("stage", {stage: settings.stage_label(stage) for stage in Stage.values}, blank=False)
        self._offer("order", ORDERS, blank=False)
        for name, known in (("clock", CLOCKS), ("severity", dict(Severity.choices)), ("kind", dict(Kind.choices)),
                            ("channel", dict(Channel.choices)), ("flag", FLAGS)):  # fmt: skip
            self._offer(name, known)
        communities = [node for node in areas.tree(at, numbers) if node.role in {"street", "community"}]
        self._offer("area", {node.code: "\u3000" * (node.role == "community") + node.name for node in communities})
        broad = [node for node in catalogue(numbers).nodes if node.depth < 3]
        self._offer("category", {node.code: "\u3000" * (node.depth - 1) + node.name for node in broad})
        higher = [unit for unit in organizations.unit_tree(at, numbers) if unit.level in {"city", "street"}]
        self._offer("unit", {unit.code: unit.short_name or unit.name for unit in higher})
        for name in ("from_", "to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})

    def add_prefix(self, field_name: str) -> str:
        """Send `from_` as `from`, which Python keeps for itself."""
        return super().add_prefix(field_name.rstrip("_"))

    def _offer(self, name: str, known: Mapping[str, Any], *, blank: bool = True) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = ([("", _("不限"))] if blank else []) + [(value, str(label)) for value, label in known.items()]
