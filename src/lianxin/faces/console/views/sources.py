"""The register of fields (字段目录): who owns what, why, how long a value is fresh; and what was delivered."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card
from lianxin.faces.console.listing import listed
from lianxin.faces.console.lookups import LookupForm, UnitField
from lianxin.faces.console.saving import Done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import NotFound
from lianxin.registry.sources import fields as register
from lianxin.registry.sources import queries
from lianxin.registry.sources.models import Field, FieldChange, Sensitivity, Source, Subject
from lianxin.registry.sources.queries import FieldNode

DOOR = "console:base"
SEEN_BY = ("sources.manage", "sources.rule", "sources.decide", "sources.request", "people.view", "places.view")
_NAMES = {
    "label": "名称", "subject": "对象", "sensitivity": "敏感程度", "purpose": "用途", "legal_basis": "依据",
    "owner": "归口单位", "stale_after_days": "多少天算过时", "is_required": "必填", "is_active": "在用",
}  # fmt: skip
_SIZE = 40


def tabs(asked: Request) -> list[Tab]:
    """Return the pages about where data comes from, as far as the person may open them."""
    pages = (
        ("console:fields", "字段目录", SEEN_BY),
        ("console:conflicts", "冲突", ("sources.rule",)),
        ("console:requests", "准入清单", ("sources.request", "sources.decide", "people.view")),
        ("console:load", "网格负担", ("sources.request", "sources.decide", "people.view")),
        ("console:deliveries", "数据批次", ("sources.manage", "sources.rule", "sources.push")),
    )
    return [
        Tab(reverse(name), label, current=asked.path.startswith(reverse(name)))
        for name, label, permissions in pages
        if any(map(asked.actor.may, permissions))
    ]


@require_safe
@staff_only(*SEEN_BY)
def fields(request: HttpRequest) -> HttpResponse:
    """List the register, by what the fields are about."""
    asked = cast("Request", request)
    known = queries.register(asked.numbers)
    subject = request.GET.get("subject", "")
    nodes = known.of(subject) if subject else list(known.by_code.values())
    subjects = [
        Tab(f"{request.path}?subject={value}" if value else request.path, str(label), current=value == subject)
        for value, label in [("", "全部"), *Subject.choices]
    ]
    return page(
        request, "console/sources/fields.html", door=DOOR, title=_("字段目录"), tabs=tabs(asked), subjects=subjects,
        rows=[said(asked, node) for node in nodes], total=len(nodes),
    )  # fmt: skip


def said(asked: Request, node: FieldNode) -> dict[str, Any]:
    """Return a field in words."""
    return {
        "node": node,
        "subject": str(Subject(node.subject).label),
        "sensitivity": str(Sensitivity(node.sensitivity).label),
        "owner": queries.owner_name(node, asked.numbers),
    }


def _node(asked: Request, code: str) -> FieldNode:
    node = queries.field(code, asked.numbers)
    if node is None:
        raise NotFound(_("字段目录里没有这一项。"))
    return node


@require_safe
@staff_only(*SEEN_BY)
def field(request: HttpRequest, code: str) -> HttpResponse:
    """Show one field with everything that was changed about it."""
    asked = cast("Request", request)
    node = _node(asked, code)
    changes = FieldChange.objects.filter(field_id=code).order_by("-at", "-id")[:50]
    return page(
        request, "console/sources/field.html", door=DOOR, title=node.label, row=said(asked, node),
        crumbs=[Crumb("字段目录", reverse("console:fields")), Crumb(node.label)],
        changes=[(one, _told(one.changes)) for one in changes],
        may_manage=asked.actor.scope("sources.manage").everywhere,
    )  # fmt: skip


def _told(changes: dict[str, list[Any]]) -> list[str]:
    return [f"{_NAMES.get(name, name)}：{_word(old)} → {_word(new)}" for name, (old, new) in changes.items()]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "没有" if value in {None, ""} else str(value)


class FieldForm(LookupForm):
    """Who owns a field, and how long its values are fresh."""

    owner = UnitField(label=_lazy("归口单位"), required=False, help_text=_lazy("谁说了算；空着就是属地社区"))
    stale_after_days = forms.IntegerField(
        label=_lazy("多少天算过时"), required=False, min_value=1, max_value=3650,
        help_text=_lazy("过了这些天没人核实，就进数据质量清单；不会过时的空着"),
    )  # fmt: skip
    reason = forms.CharField(label=_lazy("为什么改"), max_length=300, help_text=_lazy("例如会议纪要、文号"))


@require_http_methods(["GET", "POST"])
@staff_only("sources.manage")
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """Give a field another owner or another age."""
    asked = cast("Request", request)
    node = _node(asked, code)
    to = reverse("console:field", args=[code])

    def act(values: dict[str, Any]) -> Done:
        owner = values.pop("owner")
        register.amend_field(asked.actor, code=code, owner_id=owner.id if owner else None, at=asked.at, **values)
        return Done(to, f"{node.label}已改")

    unit = organizations.directory(asked.numbers).by_id.get(node.owner_id) if node.owner_id else None
    initial = {"owner": unit.name if unit else "", "stale_after_days": node.stale_after_days}
    form = FieldForm(request.POST or None, asked=asked, initial=initial)
    return save(
        request, form, act, template="console/units/form.html", door=DOOR,
        title=_("修改{label}").format(label=node.label),
        verb=_("改好了"),
        back_url=to,
    )  # fmt: skip


@require_safe
@staff_only("sources.manage", "sources.rule", "sources.push")
def deliveries(request: HttpRequest) -> HttpResponse:
    """List what came in, the latest first; a department sees its own."""
    asked = cast("Request", request)
    found = Source.objects.select_related("unit")
    if not (asked.actor.may("sources.manage") or asked.actor.may("sources.rule")):
        found = found.filter(unit_id__in=asked.actor.scope("sources.push").unit_ids)
    shown = listed(request, found, order=("-at", "-id"), size=_SIZE)
    return page(
        request, "console/sources/deliveries.html", door=DOOR, title=_("数据批次"), tabs=tabs(asked), rows=shown.items,
        pager=shown.pager, total=shown.total,
    )  # fmt: skip


@card(60, on="base")
def _card(asked: Request) -> Card | None:
    """字段目录."""
    if not any(map(asked.actor.may, ("sources.manage", "sources.decide", "sources.request"))):
        return None
    count = len(queries.register(asked.numbers).by_code)
    owned = Field.objects.filter(is_active=True, owner__isnull=False).count()
    return Card("字段目录", reverse("console:fields"), "list", f"{count} 个字段，{owned} 个由部门归口")
