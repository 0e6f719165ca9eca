"""Forms about people. What is sealed is never written back into a form: a field left empty stays as it is."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.console.lookups import DwellingField, LookupForm
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import Invalid
from lianxin.registry.people import looks, rules
from lianxin.registry.people.models import Membership, Person, Residence

_DATE = {"type": "date"}
SEXES = [("", gettext_lazy("不详")), ("m", gettext_lazy("男")), ("f", gettext_lazy("女"))]
MEMBER = [("", gettext_lazy("不详")), ("yes", gettext_lazy("是")), ("no", gettext_lazy("否"))]


def checking(widget: forms.Widget, address: Any) -> forms.Widget:
    """Let a field be checked when one leaves it: its own piece comes back with what is wrong."""
    widget.attrs |= {
        "hx-post": address,
        "hx-trigger": "change",
        "hx-target": "closest .field",
        "hx-swap": "outerHTML",
        "hx-include": "closest form",
        "autocomplete": "off",
    }
    return widget


class PersonForm(LookupForm):
    """The entered fields of a person; what does not fit is told beside each field at once."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    id_kind = forms.ChoiceField(label=gettext_lazy("证件类型"), choices=Person.IdKind.choices, required=False)
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("新生儿还没有证件，选“没有证件”，号码空着"),
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("性别"),
        choices=SEXES,
        required=False,
        help_text=gettext_lazy("有身份证号码的，会从号码读出"),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("出生日期"), required=False, widget=forms.DateInput(attrs=_DATE),
        help_text=gettext_lazy("有身份证号码的，会从号码读出"),
    )  # fmt: skip
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=30, required=False)
    is_party_member = forms.ChoiceField(label=gettext_lazy("是否党员"), choices=MEMBER, required=False)
    asked: Request

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        super().__init__(*args, asked=asked, **rest)
        self.asked = asked
        for name in ("name", "id_number", "birth_date", "phone"):
            checking(self.fields[name].widget, reverse_lazy("console:resident_check"))

    def given(self) -> dict[str, Any]:
        """Return the fields as the acts take them."""
        member = {"yes": True, "no": False}.get(self.cleaned_data["is_party_member"])
        values = {name: self.cleaned_data[name] for name in rules.ENTERED if name != "is_party_member"}
        return values | {"is_party_member": member}

    def clean(self) -> dict[str, Any]:
        """Let the rules of people speak, all at once."""
        super().clean()
        told = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in rules.ENTERED and value not in {"", None}
        }
        told.pop("is_party_member", None)
        try:
            rules.checked(told, today=self.asked.at.date())
        except Invalid as invalid:
            for name, sentence in invalid.fields.items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, sentence)
        return self.cleaned_data


class RegisterForm(PersonForm):
    """A new person, at a dwelling."""

    dwelling = DwellingField(
        label=gettext_lazy("住在哪一套"), help_text=gettext_lazy("写小区、楼栋、单元、室号，或房屋编码")
    )

    residence = forms.ChoiceField(
        label=gettext_lazy("和这套房屋的关系"), choices=Residence.Kind.choices, initial=Residence.Kind.LIVES
    )
    relation = forms.ChoiceField(label=gettext_lazy("与户主关系"), required=False)
    since = forms.DateField(
        label=gettext_lazy("从哪天起"), required=False, widget=forms.DateInput(attrs=_DATE),
        help_text=gettext_lazy("不填就是今天"),
    )  # fmt: skip

    field_order = ("dwelling", "residence", "since", "name", "id_kind", "id_number")

    def __init__(self, *args: Any, has_household: bool, **rest: Any) -> None:
        super().__init__(*args, **rest)
        known = [each for each in Membership.Relation.choices if each[0] != Membership.Relation.HEAD]
        lead = ("", _("不入户")) if has_household else ("head", _("户主，另立一户"))
        more = known if has_household else [("", _("不入户"))]
        self.fields["relation"].choices = [lead, *more]  # type: ignore[attr-defined]


class AmendForm(PersonForm):
    """Change what is not right; sealed fields come empty, with what is held masked beside them."""

    no_phone = forms.BooleanField(label=gettext_lazy("没有电话了，把原来的清掉"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("name", "id_kind", "id_number", "sex", "birth_date", "phone", "no_phone", "is_party_member")

    def __init__(self, *args: Any, held: dict[str, str], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["name"].required = False
        for name, masked in held.items():
            self.fields[name].help_text = _("现在是 {masked}，不改就空着").format(masked=masked or _("空的"))

    def changed(self, person: Person) -> dict[str, Any]:
        """Return what was written, and what was chosen otherwise."""
        given = self.given()
        written = {name: given[name] for name in ("name", "id_number", "birth_date", "phone") if given[name]}
        chosen = {name: given[name] for name in ("sex", "is_party_member") if given[name] != getattr(person, name)}
        if "id_number" in written or given["id_kind"] != person.id_kind:
            chosen["id_kind"] = given["id_kind"]
        if self.cleaned_data["no_phone"] and "phone" not in written:
            chosen["phone"] = ""
        return written | chosen


class MoveForm(LookupForm):
    """Relate a person to a dwelling, found by its address."""

    dwelling = DwellingField(
        label=gettext_lazy("搬到哪一套"),
        help_text=gettext_lazy("写小区、楼栋、单元、室号，例如“和平小区3幢1单元302”，或房屋编码"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("关系"),
        choices=Residence.Kind.choices,
        initial=Residence.Kind.LIVES,
        help_text=gettext_lazy("“实际居住”只能有一处，会结束原来的住处"),
    )
    since = forms.DateField(
        label=gettext_lazy("从哪天起"),
        required=False,
        widget=forms.DateInput(attrs=_DATE),
        help_text=gettext_lazy("不填就是今天"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class EndForm(forms.Form):
    """Take a person off the books."""

    end = forms.ChoiceField(
        label=gettext_lazy("为什么注销"),
        choices=[("left", gettext_lazy("迁出本地")), ("died", gettext_lazy("已去世"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("依据"), max_length=60, help_text=gettext_lazy("例如“家属告知”“户籍注销证明”")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ContactForm(forms.Form):
    """Whom to call for a person."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=30)
    relation = forms.CharField(
        label=gettext_lazy("是本人的什么人"), max_length=20, help_text=gettext_lazy("例如“儿子”“邻居”")
    )
    is_guardian = forms.BooleanField(label=gettext_lazy("是监护人"), required=False)


class MergeForm(forms.Form):
    """Which record stays, and why they are one person."""

    keep = forms.ChoiceField(label=gettext_lazy("留下哪一份"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("凭什么认定是同一人"), max_length=300, help_text=gettext_lazy("例如“核对过身份证”")
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]


class LookForm(forms.Form):
    """What to see, and why."""

    fields_ = forms.MultipleChoiceField(
        label=gettext_lazy("看什么"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请勾出要看的内容。")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("为什么"),
        choices=[(code, said) for code, said in looks.REASONS.items()],
        error_messages={"required": gettext_lazy("请选一个理由。")},
        widget=forms.RadioSelect,
    )
    case_number = forms.CharField(
        label=gettext_lazy("案卷编号"), max_length=24, required=False, help_text=gettext_lazy("选“办理案件”时必填")
    )
    note = forms.CharField(
        label=gettext_lazy("补充说明"), max_length=200, required=False, help_text=gettext_lazy("选“其他”时必填")
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        labels = {**rules.LABELS, "contacts": _("联系人的姓名电话")}
        self.fields["fields_"].choices = [(name, labels[name]) for name in looks.FIELDS]  # type: ignore[attr-defined]

    def add_prefix(self, field_name: str) -> str:
        """Send `fields_` as `fields`, which the form keeps for itself."""
        return super().add_prefix(field_name.rstrip("_"))
