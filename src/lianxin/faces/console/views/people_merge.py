"""Two records that may be one person: side by side, merged, parted again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lianxin.faces.console import personpage
from lianxin.faces.console.forms_people import MergeForm
from lianxin.faces.console.frame import staff_only
from lianxin.faces.console.living import person_url
from lianxin.faces.console.saving import Done, Question, ask, done, save
from lianxin.faces.console.views.people import DOOR, person_of
from lianxin.faces.identity.request import Request
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_name
from lianxin.registry.people import actions, duplicates, queries
from lianxin.registry.people.models import Merge, Person

_MERGE = "people.merge"


@dataclass(frozen=True, slots=True)
class Side:
    """One field of two records beside each other."""

    label: str
    one: str
    other: str
    differs: bool


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_MERGE)
def merge(request: HttpRequest, key: UUID, other_key: UUID) -> HttpResponse:
    """Show two records side by side, and make them one."""
    asked = cast("Request", request)
    one, other = person_of(asked, key), person_of(asked, other_key)
    for each in (one, other):
        demand(asked.actor, _MERGE, _("合并、拆开重复人员"), each)
    choices = [(str(each.key), _said(each)) for each in (one, other)]
    form = MergeForm(request.POST or None, choices=choices, initial={"keep": str(one.key)})

    def act(told: dict[str, Any]) -> Done:
        kept, gone = (one, other) if told["keep"] == str(one.key) else (other, one)
        actions.merge(asked.actor, kept=kept, gone=gone, reason=told["reason"], at=asked.at)
        return Done(person_url(kept), _("已合并。合错了可以拆开，两份原样还在"))

    pairs = duplicates.duplicates_of(asked.actor, one, limit=20)
    return save(
        request, form, act, template="console/people/merge.html", door=DOOR, title=_("是不是同一个人"), one=one,
        other=other, names=(_said(one), _said(other)), rows=_sides(asked, one, other), back_url=person_url(one),
        reasons=next((pair.reasons for pair in pairs if pair.other.pk == other.pk), ()),
    )  # fmt: skip


def _said(person: Person) -> str:
    return f"{mask_name(person.name)} · {personpage.said_home(person)}"


def _sides(asked: Request, one: Person, other: Person) -> Sequence[Side]:
    """Return the fields of both. Sealed values are compared here; the page is told only whether they differ."""
    rows = [
        Side(a.label, f"{a.said} {a.confirmed}".strip(), f"{b.said} {b.confirmed}".strip(), _differ(one, other, name))
        for name, a, b in zip(
            personpage.ENTERED, personpage.facts(asked, one), personpage.facts(asked, other), strict=True
        )
    ]
    homes = (personpage.said_home(one), personpage.said_home(other))
    rows.append(Side(_("现住处"), *homes, differs=_differ(one, other, "home_id")))
    counts = [len(queries.residences_of(each)) for each in (one, other)]
    said = [_("{count} 条").format(count=count) for count in counts]
    rows.append(Side(_("居住关系"), said[0], said[1], differs=False))
    return rows


def _differ(one: Person, other: Person, name: str) -> bool:
    mine, theirs = getattr(one, name), getattr(other, name)
    if name == "id_kind" and Person.IdKind.NONE in {mine, theirs}:
        return False  # what one record does not know contradicts nothing
    return bool(mine) and bool(theirs) and mine != theirs


@require_POST
@never_cache
@staff_only(_MERGE)
def apart(request: HttpRequest, key: UUID, other_key: UUID) -> HttpResponse:
    """Note that two records are two people, so that they are not proposed again."""
    asked = cast("Request", request)
    one, other = person_of(asked, key), person_of(asked, other_key)
    duplicates.tell_apart(asked.actor, one=one, other=other, at=asked.at)
    return done(request, Done(person_url(one), _("记下了：是两个人，以后不再提醒")))


class PartForm(forms.Form):
    """Why they are two people after all."""

    reason = forms.CharField(label=gettext_lazy("为什么不是同一人"), max_length=300)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(_MERGE)
def unmerge(request: HttpRequest, pk: int) -> HttpResponse:
    """Part two records that were made one."""
    asked = cast("Request", request)
    found = Merge.objects.select_related("kept", "gone").filter(pk=pk, undone_at=None).first()
    if found is None or not Person.objects.visible_to(asked.actor).filter(pk=found.kept_id).exists():
        raise NotFound(_("没有这次合并，或已经拆开。"))

    def act(told: dict[str, Any]) -> Done:
        parted = actions.unmerge(asked.actor, merge=found, reason=told["reason"], at=asked.at)
        stayed = _("；合并后改过的留在原档案：{what}").format(what="、".join(parted.stayed)) if parted.stayed else ""
        return Done(person_url(parted.gone), _("已拆开，两份都回到原样{stayed}").format(stayed=stayed))

    question = Question(
        _("拆开这次合并"),
        _("{name} 会重新成为单独的一份档案，合并时移过来的都移回去。").format(name=mask_name(found.gone.name)),
        _("拆开"), person_url(found.kept),
    )  # fmt: skip
    return ask(request, PartForm(request.POST or None), question, act, door=DOOR)
