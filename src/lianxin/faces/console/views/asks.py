"""What residents ask about their own file (居民申请): the most pressing first, answered with words they will read."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.console.saving import Done, done, faults_into, save
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import NotFound
from lianxin.registry.people import looks, queries, rights
from lianxin.registry.people.models import Ask, Person
from lianxin.registry.people.rules import LABELS
from lianxin.registry.sources import adapters

from .sources import DOOR

_EFFECTS = {
    Ask.Kind.CORRECT: "同意后，档案马上改成居民写的值；写的是说明的，请先在档案里改好再同意。",
    Ask.Kind.WITHDRAW: "同意后，靠这项同意登记的照应随即结束。",
    Ask.Kind.DELETE: "同意后，档案删除，找不回来；法律要求保留的请不同意，并写明依据。",
    Ask.Kind.COPY: "同意后，居民可以在“我的信息”里拿副本。",
}


@require_safe
@staff_only("people.answer")
def asks(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer."""
    asked = cast("Request", request)
    waiting = rights.asks_waiting(asked.actor)[:100]
    people = queries.people_by_id([one.person_id for one in waiting])
    return page(
        request, "console/sources/asks.html", door=DOOR, title=_("居民申请"),
        rows=[_row(asked, one, people.get(one.person_id)) for one in waiting],
    )  # fmt: skip


def _row(asked: Request, one: Ask, person: Person | None) -> dict[str, Any]:
    area = areas.node(one.grid_id or one.community_id or 0, asked.numbers)
    reach = adapters.adapter("person")
    return {
        "one": one,
        "name": queries.shown(person, today=asked.at.date()).name if person else "已注销",
        "key": person.key if person else None,
        "kind": Ask.Kind(one.kind).label,
        "field": LABELS.get(one.field, ""),
        "wish": reach.masked(one.field, one.wish) if reach and one.wish else "",
        "area": " ".join(area.breadcrumb[1:]) if area else "",
        "is_late": one.due_at < asked.at,
    }


def _ask(asked: Request, key: UUID) -> tuple[Ask, Person]:
    found = Ask.objects.filter(key=key).first()
    person = Person.objects.select_related("home").filter(pk=found.person_id).first() if found else None
    if found is None or person is None or not asked.actor.may("people.answer", found):
        raise NotFound(_("没有这项申请，或不在您的辖区。"))
    return found, person


class AnswerForm(forms.Form):
    """What the resident will read."""

    words = forms.CharField(
        label=_lazy("给居民的话"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("不同意的要写明理由和依据"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("people.answer")
def ask(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one and take the answer."""
    asked = cast("Request", request)
    found, person = _ask(asked, key)
    row = _row(asked, found, person)
    opened = looks.open_fields(asked.actor, person, at=asked.at)
    if found.field in opened:
        row |= {"wish": found.wish or "", "is_open": True}

    def act(values: dict[str, Any]) -> Done:
        agree = request.POST.get("verdict") == "agree"
        rights.answer(asked.actor, ask=found, agree=agree, words=values["words"], at=asked.at)
        return Done(reverse("console:asks"), "已办理，居民看得到" if agree else "已答复不同意，居民看得到")

    return save(
        request, AnswerForm(request.POST or None), act, template="console/sources/ask.html", door=DOOR,
        title=_("{name}申请{kind}").format(name=row["name"], kind=row["kind"]), row=row,
        effect=_EFFECTS[Ask.Kind(found.kind)],
        held=_held(asked, person, found.field), reasons=looks.REASONS.items(),
        may_look=bool(found.wish) and found.field in looks.FIELDS and asked.actor.may("people.reveal", found),
        look_url=reverse("console:ask_look", args=[key]),
        crumbs=[Crumb("居民申请", reverse("console:asks")), Crumb(str(row["kind"]))],
    )  # fmt: skip


def _held(asked: Request, person: Person, field: str) -> str:
    reach = adapters.adapter("person")
    known = reach.read(person.pk, [field]) if reach and field in LABELS else None
    value = known.values.get(field) if known else None
    if reach is None or value is None:
        return ""
    return looks.revealed(asked.actor, person, at=asked.at).get(field) or reach.masked(field, value)


@require_POST
@staff_only("people.answer")
def look(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open old and new value for a minute, for a reason; the resident sees that somebody looked."""
    asked = cast("Request", request)
    found, person = _ask(asked, key)
    to = reverse("console:ask", args=[key])
    form = forms.Form(request.POST)
    with faults_into(form):
        looks.look(
            asked.actor, person=person, fields=[found.field], at=asked.at, reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""), address=address_of(request),
        )  # fmt: skip
        return HttpResponseRedirect(to)
    return done(request, Done(to, "；".join(map(str, form.non_field_errors())) or "没有打开，请重选理由"))


@card(65, on="base")
def _card(asked: Request) -> Card | None:
    """居民申请."""
    if not asked.actor.may("people.answer"):
        return None
    waiting = rights.asks_waiting(asked.actor)
    late = sum(one.due_at < asked.at for one in waiting)
    concerns = [*concern(late, "%d 件过了期", is_late=True), *concern(len(waiting) - late, "%d 件等答复")]
    return Card("居民申请", reverse("console:asks"), "message", "居民要求更正、撤回、删除自己的信息", concerns)
