"""My data (我的信息): what is stored about me, what for, who looked; correct, withdraw, delete, take a copy."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts.words import full_instant
from lianxin.faces.resident import frame
from lianxin.faces.resident.forms import Form
from lianxin.foundation.audit.actions import record
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.kernel.tables.writing import csv_text
from lianxin.registry.care import queries as care
from lianxin.registry.people import rights
from lianxin.registry.people.models import Ask
from lianxin.registry.people.rights import CONSENTS, MyFile
from lianxin.registry.people.rules import LABELS

# What is wrong most often stands first; large print shows no more than these.
_CHOICES = ("phone", "home", "name", "birth_date", "id_number", "household")
_SHOWN = 12  # looks and changes on the page; the copy has all
_KINDS = (Ask.Kind.CORRECT.value, Ask.Kind.DELETE.value)


class ClaimForm(Form):
    """What proves which file is mine, beside the phone I signed in with."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    last_four = forms.CharField(
        label=gettext_lazy("证件号码后四位"), max_length=8, help_text=gettext_lazy("最后一位是 X 的，写 X"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip


class AskForm(Form):
    """What is not right, and what is; or why something is to be deleted."""

    wish = forms.CharField(label=gettext_lazy("对的是什么"), max_length=120, required=False)
    words = forms.CharField(
        label=gettext_lazy("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def _away(asked: Request) -> HttpResponse | None:
    """Return where to go for who is not signed in."""
    return HttpResponseRedirect(reverse("resident:me")) if asked.signed_in is None else None


@require_safe
@frame.resident_page
def data(request: HttpRequest) -> HttpResponse:
    """Show everything that is stored about me, or ask which file is mine."""
    asked = cast("Request", request)
    if away := _away(asked):
        return away
    if rights.own_file(asked.actor) is None:
        return _claim(asked, ClaimForm())
    mine = rights.my_file(asked.actor, at=asked.at)
    given = {one.purpose for one in mine.consents if one.withdrawn_at is None}
    return frame.page(
        request, "resident/data.html", title=_("我的信息"), back=reverse("resident:me"), mine=mine,
        looks=mine.looks[:_SHOWN], look_count=len(mine.looks), history=mine.history[:_SHOWN],
        care=care.own_tags(asked.actor.account_id or 0),
        consents=[
            (purpose, words, purpose in given) for purpose, (_version, words) in CONSENTS.items()
            if purpose in given or purpose not in rights.ASKED_APART
        ],
        can_correct=rights.CORRECTABLE,
    )  # fmt: skip


def _claim(asked: Request, form: ClaimForm, status: int = 200) -> HttpResponse:
    return frame.page(
        asked, "resident/claim.html", title=_("我的信息"), back=reverse("resident:me"), form=form, status=status
    )


@require_POST
@frame.resident_page
def claim(request: HttpRequest) -> HttpResponse:
    """Prove which file is mine."""
    asked = cast("Request", request)
    if away := _away(asked):
        return away
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return _claim(asked, form, 422)
    try:
        rights.link_account(asked.actor, at=asked.at, **form.cleaned_data)
    except LianxinError as refused:
        form.add_error(None, refused.sentence)
        return frame.told_when(refused, _claim(asked, form, refused.status))
    return _back("claimed")


def _back(said: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('resident:data')}?{urlencode({'said': said})}")


@require_http_methods(["GET", "HEAD", "POST"])
@frame.resident_page
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to have something corrected or deleted."""
    asked = cast("Request", request)
    if away := _away(asked):
        return away
    given = request.POST if request.method == "POST" else request.GET
    kind, field = given.get("kind", ""), given.get("field", "")
    kind = kind if kind in _KINDS else Ask.Kind.CORRECT.value
    field = field if field in rights.CORRECTABLE and kind == Ask.Kind.CORRECT else ""
    form = AskForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            rights.ask(
                asked.actor, key=ids.parse(request.POST.get("client_id", ""), field="client_id"), kind=kind,
                at=asked.at, field=field, **form.cleaned_data,
            )  # fmt: skip
            return _back("data_asked")
        except Invalid as invalid:
            form.show(invalid)
            status = 422
        except LianxinError as refused:
            form.add_error(None, refused.sentence)
            status = refused.status
    return _ask_page(asked, form, kind, field, status)


def _ask_page(asked: Request, form: AskForm, kind: str, field: str, status: int) -> HttpResponse:
    mine = rights.my_file(asked.actor, at=asked.at)
    about = next((one for one in mine.fields if one.name == field), None)
    client_id = str(asked.POST.get("client_id") or ids.uuid7())
    is_value = about is not None and field != "home"
    if is_value:
        form.fields["wish"].required = True
    else:
        del form.fields["wish"]
        form.fields["words"].required = kind == Ask.Kind.CORRECT
    choices = [(name, LABELS[name]) for name in _CHOICES] if kind == Ask.Kind.CORRECT and not field else []
    title = _("删除我的信息") if kind == Ask.Kind.DELETE else _("这一项不对")
    return frame.page(
        asked, "resident/data_ask.html", title=title, back=reverse("resident:data"), form=form, kind=kind,
        field=field, about=about, client_id=client_id, choices=choices, status=status,
    )  # fmt: skip


@require_POST
@frame.resident_page
def consent(request: HttpRequest) -> HttpResponse:
    """Agree to a purpose, or take that back, at once and without a reason."""
    asked = cast("Request", request)
    if away := _away(asked):
        return away
    purpose = request.POST.get("purpose", "")
    if request.POST.get("agree") == "1":
        rights.give_consent(asked.actor, purpose=purpose, at=asked.at)
        return _back("agreed")
    rights.withdraw_consent(asked.actor, purpose=purpose, at=asked.at)
    return _back("taken_back")


@require_POST
@frame.resident_page
def unlink(request: HttpRequest) -> HttpResponse:
    """Let this account no longer open the file."""
    asked = cast("Request", request)
    if away := _away(asked):
        return away
    rights.unlink_account(asked.actor, at=asked.at)
    return HttpResponseRedirect(f"{reverse('resident:me')}?said=unlinked")


@require_POST
@frame.resident_page
def copy(request: HttpRequest) -> HttpResponse:
    """Give me all of it as a table; a form, so that nobody is lured into it by a link. It is audited."""
    asked = cast("Request", request)
    if away := _away(asked):
        return away
    mine = rights.my_file(asked.actor, at=asked.at)
    record(
        asked.actor, "people.copy_own", at=asked.at, subject_kind="person", subject_id=mine.person.pk,
        address=address_of(request),
    )  # fmt: skip
    content = csv_text(_lines(mine, asked))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="my-data-{asked.at:%Y%m%d}.csv"'
    return response


def _lines(mine: MyFile, asked: Request) -> list[list[str]]:
    def when(at: Any) -> str:
        return full_instant(at) if at else ""

    lines = [[_("内容"), _("值"), _("用来做什么"), _("依据"), _("最近核实"), _("来源")]]
    lines += [
        [one.label, one.value, one.purpose, one.legal_basis, when(one.confirmed_at), one.source] for one in mine.fields
    ]
    lines += [[_("居住关系"), f"{one.get_kind_display()} {one.dwelling.address}", "", "", when(one.valid_from), ""]
              for one in mine.residences]  # fmt: skip
    lines += [[_("联系人"), f"{one.relation} {one.name} {one.phone}", "", "", "", ""] for one in mine.contacts]
    lines += [
        [_("关爱标签"), tag.get_need_display(), tag.purpose, tag.legal_basis, when(tag.set_at), tag.set_by_label]
        for tag in care.own_tags(asked.actor.account_id or 0)
    ]
    lines += [[_("查看留痕"), one.fields, one.why, one.case_number, when(one.at), one.who] for one in mine.looks]
    lines += [[_("修改留痕"), "、".join(one.fields), one.what, "", when(one.at), one.source or one.who]
              for one in mine.history]  # fmt: skip
    lines += [[_("我的申请"), one.get_kind_display(), one.get_state_display(), one.answer, when(one.asked_at), ""]
              for one in mine.asks]  # fmt: skip
    return lines
