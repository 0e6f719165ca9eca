"""Conflicts (数据冲突): two sources disagree; side by side, with who says so and since when; one key rules."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, done, faults_into, save
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import NotFound
from lianxin.registry.people import looks
from lianxin.registry.people.models import Person
from lianxin.registry.quality import queries as quality
from lianxin.registry.sources import actions, adapters, queries
from lianxin.registry.sources.models import Conflict, Source, Subject

from .sources import DOOR, tabs

_SIZE = 30


@require_safe
@staff_only("sources.rule")
def conflicts(request: HttpRequest) -> HttpResponse:
    """List what nobody has ruled yet, the oldest first."""
    asked = cast("Request", request)
    found = Conflict.objects.visible_to(asked.actor).open().select_related(
        "offered_source__unit", "held_source__unit"
    )  # fmt: skip
    shown = listed(request, found, order=("at", "id"), size=_SIZE)
    return page(
        request, "console/sources/conflicts.html", door=DOOR, title=_("数据冲突"), tabs=tabs(asked),
        rows=_rows(asked, shown.items), pager=shown.pager, total=shown.total,
    )  # fmt: skip


def _rows(asked: Request, found: list[Conflict]) -> list[dict[str, Any]]:
    by_subject: dict[str, list[int]] = {}
    for one in found:
        by_subject.setdefault(one.subject, []).append(one.subject_id)
    names = {subject: quality.named(subject, ids) for subject, ids in by_subject.items()}
    return [_row(asked, one, names[one.subject].get(one.subject_id)) for one in found]


def _row(asked: Request, one: Conflict, named: quality.Named | None) -> dict[str, Any]:
    node = queries.field(one.field_id, asked.numbers)
    reach = adapters.adapter(one.subject)
    name = node.name if node else one.field_id
    area = areas.node(one.grid_id or one.community_id or one.street_id or 0, asked.numbers)

    def masked(value: str | None) -> str:
        return (reach.masked(name, value) if reach else "") or "空着"

    held, offered = masked(one.held), masked(one.offered)
    return {
        "conflict": one,
        "looks_alike": held == offered,
        "label": named.label if named else "已注销的记录",
        "key": named.key if named else "",
        "subject": str(Subject(one.subject).label),
        "field": node.label if node else one.field_id,
        "owner": queries.owner_name(node, asked.numbers) if node else "",
        "held": held,
        "offered": offered,
        "held_by": _by(one.held_source) or "社区登记",
        "offered_by": _by(one.offered_source),
        "area": " ".join(area.breadcrumb[1:]) if area else "没有定位置",
    }


def _by(source: Source | None) -> str:
    if source is None:
        return ""
    return f"{source.unit.short_name if source.unit else source.get_kind_display()} · {source.name}"


class RulingForm(forms.Form):
    """Which value holds, and why."""

    ruling = forms.ChoiceField(label=gettext_lazy("哪个对"), choices=Conflict.Ruling.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("采用新值、都不对时要写，例如“看过户口簿”"),
    )


def _conflict(asked: Request, pk: int) -> Conflict:
    seen = Conflict.objects.visible_to(asked.actor).select_related("offered_source__unit", "held_source__unit")
    found = seen.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这条冲突，或不在您的辖区。"))
    return found


@require_http_methods(["GET", "POST"])
@staff_only("sources.rule")
def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one conflict and take the ruling; then the next one comes."""
    asked = cast("Request", request)
    found = _conflict(asked, pk)
    row = _rows(asked, [found])[0]
    row |= _plain(asked, found)

    def act(values: dict[str, Any]) -> Done:
        actions.rule_conflict(
            asked.actor, conflict=found, ruling=values["ruling"], reason=values["reason"], at=asked.at
        )  # fmt: skip
        following = Conflict.objects.visible_to(asked.actor).open().order_by("at", "id").first()
        to = reverse("console:conflict", args=[following.pk]) if following else reverse("console:conflicts")
        label = Conflict.Ruling(values["ruling"]).label
        return Done(to, f"{row['field']}：{label}" + ("，下一条" if following else "，都裁定完了"))

    return save(
        request, RulingForm(request.POST or None), act, template="console/sources/conflict.html", door=DOOR,
        title=_("{label}的{field}").format(label=row["label"], field=row["field"]), row=row,
        rulings=list(zip("123", Conflict.Ruling.choices, strict=True)),
        crumbs=[Crumb("数据冲突", reverse("console:conflicts")), Crumb(row["field"])],
        left=Conflict.objects.visible_to(asked.actor).open().count(),
        reasons=looks.REASONS.items(), look_url=reverse("console:conflict_look", args=[pk]),
        may_look=_may_look(asked, found),
        confirmed=queries.confirmed(found.subject, found.subject_id, [found.field_id]).get(found.field_id),
    )  # fmt: skip


def _may_look(asked: Request, found: Conflict) -> bool:
    name = found.field_id.partition(".")[2]
    is_sealed = found.subject == Subject.PERSON and name in looks.FIELDS
    return found.ruled_at is None and is_sealed and asked.actor.may("people.reveal", found)


def _plain(asked: Request, found: Conflict) -> dict[str, Any]:
    """Return both values in full while a look at this person's field runs."""
    name = found.field_id.partition(".")[2]
    if found.subject != Subject.PERSON or name not in looks.FIELDS:
        return {}
    person = Person.objects.filter(pk=found.subject_id).first()
    if person is None or name not in looks.open_fields(asked.actor, person, at=asked.at):
        return {}
    return {"held": found.held or "空着", "offered": found.offered or "空着", "is_open": True, "looks_alike": False}


@require_http_methods(["POST"])
@staff_only("sources.rule")
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Open both values for a minute, for a reason; the person can see that somebody looked."""
    asked = cast("Request", request)
    found = _conflict(asked, pk)
    person = Person.objects.filter(pk=found.subject_id).first() if found.subject == Subject.PERSON else None
    if person is None:
        raise NotFound(_("没有这个人的档案。"))
    to = reverse("console:conflict", args=[pk])
    form = forms.Form(request.POST)
    with faults_into(form):
        looks.look(
            asked.actor, person=person, fields=[found.field_id.partition(".")[2]], at=asked.at,
            reason=request.POST.get("reason", ""), note=request.POST.get("note", ""), address=address_of(request),
        )  # fmt: skip
        return HttpResponseRedirect(to)
    return done(request, Done(to, "；".join(str(fault) for fault in form.non_field_errors()) or "没有打开，请重选理由"))


@card(61, on="base")
def _card(asked: Request) -> Card | None:
    """数据冲突."""
    if not asked.actor.may("sources.rule"):
        return None
    waiting = Conflict.objects.visible_to(asked.actor).open().count()
    line = "几个来源说的不一样，由人裁定"
    return Card("数据冲突", reverse("console:conflicts"), "merged", line, concern(waiting, "%d 条等裁定"))
