"""Forms of acts, made from what each act is told: the schema says what, this says how it is filled in."""

from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lianxin.faces.acts import inputs
from lianxin.faces.acts.kinds import MAX_NOTE
from lianxin.faces.console.choosing import Choosing
from lianxin.registry.components.models import AMISS, State
from lianxin.work.cases.words import Channel, Kind, Level, Severity

_SOLVED = [("solved", "解决了"), ("partly", "解决了一部分"), ("not", "没有解决")]
_SATISFIED = [("satisfied", "满意"), ("basically", "基本满意"), ("not", "不满意")]
_ENUMS: Mapping[type, list[tuple[str, str]]] = {
    inputs.SeverityIn: [(value, str(label)) for value, label in Severity.choices],
    inputs.KindIn: [(value, str(label)) for value, label in Kind.choices],
    inputs.ChannelIn: [(value, str(label)) for value, label in Channel.choices],
    inputs.SaidStateIn: [(state.value, str(state.label)) for state in AMISS],
    inputs.SeenStateIn: [(value, str(label)) for value, label in State.choices],
    inputs.SolvedIn: _SOLVED,
    inputs.SatisfactionIn: _SATISFIED,
    inputs.HolderLevelIn: [(value, str(label)) for value, label in Level.choices if value != "grid"],
}
_NOTE_HINTS = {
    "return": "写清为什么不归本单位，最好写明归谁",
    "handle": "做了什么、结果怎样；上报人看得见",
    "rework": "哪里还没办好",
    "whistle": "为什么要大家一起来",
    "answer": "原样送给上报人",
    "reply": "原样送给上报人",
    "annotate": "只有工作人员看得见",
    "decline": "上报人看得见",
    "refer": "告诉上报人去哪里、找谁",
}
# Asked only where the case stands on a component.
_OF_A_COMPONENT = frozenset({"component_state", "detach"})
_TIMES = 4  # groups offered when a case is split


class ActForm(forms.Form):
    """Shows what was typed and what is wrong with it; `faces.acts` reads and judges it."""

    use_required_attribute = False

    def full_clean(self) -> None:
        """Judge nothing here."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}

    def blame(self, fields: Mapping[str, str]) -> None:
        """Put each sentence at its field, or above the form where the form has no such field."""
        self.full_clean()
        for place, sentence in fields.items():
            name = next((name for name in (place, place.split(".")[0]) if name in self.fields), None)
            if name is None and place.startswith(("point", "stars")):
                name = next((each for each in self.fields if each.startswith(place.split(".")[0])), None)
            self.add_error(name, sentence)


def act_form(
    act: str, schema: type[BaseModel], choosing: Choosing, *, data: QueryDict | None = None,
    initial: Mapping[str, Any] | None = None,
) -> ActForm:  # fmt: skip
    """Return the form of an act; `initial` are values the page knows already."""
    form = ActForm(data, initial=dict(initial or {}), auto_id="act_%s")
    for name, info in schema.model_fields.items():
        for key, field in _fields(act, name, info, choosing):
            form.fields[key] = field
    for name in ("component", "component_state", "detach", "note"):
        if name in form.fields:  # the words come last: what they explain stands above
            form.fields[name] = form.fields.pop(name)
    return form


def _fields(act: str, name: str, info: FieldInfo, choosing: Choosing) -> "Made":
    extra = info.json_schema_extra
    kind = str(extra.get("x-kind", "")) if isinstance(extra, dict) else ""
    kind = kind or _kind_of(info)
    if kind in _OF_A_COMPONENT and choosing.case.component_id is None:
        return []
    made = _made(act, name, kind, info, choosing)
    for key, field in made:
        field.label = field.label or (str(info.title) if info.title else name)
        field.help_text = field.help_text or (info.description or "" if key == name else "")
        field.required = info.is_required() if field.required else False
    return made


def _kind_of(info: FieldInfo) -> str:
    """Read the kind where it stands deeper: in a union, a list, or the annotation itself."""
    if get_origin(info.annotation) is dict:
        return "stars_by_unit"
    for part in _parts(info.annotation):
        if isinstance(part, type) and part in _ENUMS:
            return "enum"
        if part is bool:
            return "flag"
        extra = getattr(part, "json_schema_extra", None)
        if isinstance(extra, dict) and "x-kind" in extra:
            return str(extra["x-kind"])
    return "line"


def _parts(annotation: Any) -> list[Any]:
    found = [annotation]
    for part in found:
        found += [each for each in (*get_args(part), *getattr(part, "metadata", ())) if each not in found]
        if isinstance(part, FieldInfo):
            found += [each for each in part.metadata if each not in found]
    return found


Made = list[tuple[str, forms.Field]]


def _made(act: str, name: str, kind: str, info: FieldInfo, choosing: Choosing) -> Made:
    if name == "parts":
        return _split_fields(choosing)
    if kind in {"target", "unit"} and _is_list(info):
        groups = choosing.targets() if kind == "target" else choosing.units()
        return [(name, forms.MultipleChoiceField(choices=_flat(groups), widget=forms.CheckboxSelectMultiple))]
    several = _SEVERAL.get(kind)
    return several(name, choosing) if several else [(name, _simple(act, name, kind, info, choosing))]


def _point_fields(name: str, _choosing: Choosing) -> Made:
    return [(f"{name}.{axis}", forms.FloatField(widget=forms.HiddenInput, label=" ")) for axis in ("lon", "lat")]


def _limit_fields(name: str, choosing: Choosing) -> Made:
    amount = forms.IntegerField(label=_("延长多少"), widget=forms.NumberInput(attrs={"min": 1, "class": "input-short"}))
    unit = forms.ChoiceField(label=_("单位"), choices=choosing.limit_units(), widget=forms.RadioSelect)
    return [(f"{name}.value", amount), (f"{name}.unit", unit)]


def _star_fields(name: str, choosing: Choosing) -> Made:
    stars = [(str(number), _("%(number)d 星") % {"number": number}) for number in range(5, 0, -1)]
    return [
        (f"{name}.{code}", forms.ChoiceField(label=label, choices=stars, widget=forms.RadioSelect))
        for code, label in choosing.called()
    ]


# Kinds that take several fields, or none that a form can show.
_SEVERAL: Mapping[str, Callable[[str, Choosing], Made]] = {
    "point": _point_fields,
    "limit": _limit_fields,
    "stars_by_unit": _star_fields,
    "files": lambda _name, _choosing: [],
}


def _is_list(info: FieldInfo) -> bool:
    return "list[" in str(info.annotation)


def _flat(groups: Any) -> list[tuple[str, str]]:
    """Return the choices without their groups, each once."""
    found: dict[str, str] = {}
    for value, label in groups:
        for code, words in label if isinstance(label, list) else [(value, label)]:
            found.setdefault(code, words)
    return list(found.items())


def _split_fields(choosing: Choosing) -> Made:
    made: Made = []
    for number in range(_TIMES):
        title = forms.CharField(label=_("第 %(number)d 件：说什么") % {"number": number + 1}, max_length=60)
        category = _select(choosing.categories(), _("和原来一样"))
        category.label = _("第 %(number)d 件：分类") % {"number": number + 1}
        title.required = category.required = number < 2
        category.required = False
        made += [(f"parts.{number}.title", title), (f"parts.{number}.category", category)]
    return made


def _select(choices: Any, blank: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", blank), *choices])


def _simple(act: str, name: str, kind: str, info: FieldInfo, choosing: Choosing) -> forms.Field:
    blank = _("请选择") if info.is_required() else _("不变")
    makers: Mapping[str, Callable[[], forms.Field]] = {
        "category": lambda: _select(choosing.categories(), blank),
        "standard": lambda: _select(choosing.standards(), _("按分类和等级")),
        "area": lambda: _select(choosing.areas(), blank),
        "target": lambda: _select(choosing.targets(), _("请选择")),
        "unit": lambda: _select(choosing.units(), _("请选择")),
        "post": lambda: _select(choosing.posts(), _("本网格的网格员")),
        "decider": lambda: _select(choosing.deciders(), blank),
        "handler": lambda: _select(choosing.handlers(), _("不指定")),
        "case": lambda: forms.CharField(widget=forms.TextInput(attrs={"list": "like-cases", "autocomplete": "off"})),
        "instant": lambda: forms.CharField(widget=forms.DateTimeInput(attrs={"type": "datetime-local"})),
        "stars": lambda: forms.ChoiceField(
            choices=[(str(n), f"{n} 分") for n in range(5, 0, -1)], widget=forms.RadioSelect
        ),
        "component": _component_field,
        "said_state": lambda: _enum(info, _("不变")),
        "component_state": lambda: _enum(info, _("完好") if act != "force_close" else _("请选择")),
        "detach": lambda: _flag(act, name, default=False),
        "flag": lambda: _flag(act, name, default=info.default is True),
        "enum": lambda: _enum(info, blank),
        "prose": lambda: _prose(act, name),
        "reason": lambda: forms.ChoiceField(choices=choosing.reasons(act), widget=forms.RadioSelect),
    }
    maker = makers.get(kind)
    return maker() if maker else forms.CharField(max_length=_longest(info), widget=forms.TextInput())


def _flag(act: str, name: str, *, default: bool) -> forms.Field:
    """Return a box; what is yes unless told otherwise needs two answers, for an empty box says nothing."""
    if default:
        return forms.ChoiceField(
            choices=[("true", _("是")), ("false", _("否"))], widget=forms.RadioSelect, initial="true"
        )
    if (act, name) == ("report_check", "passed"):
        choices = [("true", _("属实")), ("false", _("不属实"))]
        return forms.ChoiceField(label=_("情况"), choices=choices, widget=forms.RadioSelect)
    field = forms.BooleanField(widget=forms.CheckboxInput())
    field.required = False
    return field


def _enum(info: FieldInfo, blank: str) -> forms.ChoiceField:
    known = next(part for part in _parts(info.annotation) if isinstance(part, type) and part in _ENUMS)
    choices = _ENUMS[known]
    if not info.is_required():
        choices = [("", blank), *choices]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)


def _component_field() -> forms.CharField:
    """Return a field for a number, which suggests while words or digits are typed, and what stands near."""
    attrs = {
        "list": "component-options", "autocomplete": "off", "hx-trigger": "input changed delay:250ms",
        "hx-get": reverse_lazy("console:suggest", args=["component"]), "hx-target": "#component-options",
        "hx-params": "*",
    }  # fmt: skip
    return forms.CharField(
        max_length=40, widget=forms.TextInput(attrs=attrs), help_text=_("标牌上的 16 位号；输入名称、路名会提示")
    )


def _prose(act: str, name: str) -> forms.CharField:
    hint = _NOTE_HINTS.get(act, "") if name == "note" else ""
    return forms.CharField(max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 3}), help_text=hint)


def _longest(info: FieldInfo) -> int | None:
    return next((limit for part in info.metadata if (limit := getattr(part, "max_length", None))), None)
