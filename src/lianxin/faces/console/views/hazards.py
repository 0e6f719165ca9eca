"""隐患台账: the ledger, one hazard with all that was done about it, and what may be done now."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import land, patrolling
from lianxin.faces.console.forms_patrols import CareForm, HazardForm, LookForm, WordsForm, told_of_care
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.patrolling import DOOR
from lianxin.faces.console.saving import Done, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.kernel.errors import Invalid
from lianxin.kernel.files import actions as files
from lianxin.kernel.files.models import FileKind
from lianxin.kernel.ids import uuid7
from lianxin.kernel.text import clean, mask_name
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.models import Case
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.models import FollowUp, Hazard
from lianxin.work.patrols.queries import ledger
from lianxin.work.patrols.words import IN_LEDGER, HazardKind, HazardState

_SIZE = 30
_MOST_PHOTOS = 6
_KINDS: tuple[tuple[str, str], ...] = (
    ("open", "未销号"), ("reported", "待核实"), ("recheck", "待复查"), ("late", "超期"), ("gone", "已销号"),
)  # fmt: skip


@require_safe
@staff_only()
def hazards(request: HttpRequest) -> HttpResponse:
    """List hazards: those that must be gone soonest first, those gone latest first."""
    asked = cast("Request", request)
    state, words = request.GET.get("state", "open"), clean(request.GET.get("words", ""), 40)
    found = _narrowed(Hazard.objects.visible_to(asked.actor), state, asked)
    if words:
        found = found.filter(Q(what__contains=words) | Q(number=words.upper()) | Q(address__contains=words))
    kind = request.GET.get("kind", "")
    if kind in HazardKind.values:
        found = found.filter(kind=kind)
    order = ("-settled_at", "-id") if state == "gone" else ("due_date", "id")
    shown = listed(request, found.select_related("unit"), order=order, size=_SIZE)
    today = asked.at.astimezone(ZONE).date()
    told = ledger.ledger(asked.actor, at=asked.at)
    counts = {"open": told.reported + told.open + told.recheck, "reported": told.reported, "recheck": told.recheck,
              "late": told.overdue}  # fmt: skip
    return page(
        request, "console/patrols/hazards.html", door=DOOR, title=_("隐患台账"), tabs=patrolling.tabs("hazards"),
        kinds=[Tab(f"{request.path}?state={code}", _(label), counts.get(code), current=code == state)
               for code, label in _KINDS],
        rows=[_row(row, asked, today) for row in shown.items], pager=shown.pager, total=shown.total, state=state,
        words=words, ages=_ages(told), may_note=asked.actor.may("patrols.walk") or asked.actor.may("patrols.settle"),
        center=land.center_of(asked), areas_url=land.areas_url(asked),
    )  # fmt: skip


def _narrowed(found: Any, state: str, asked: Request) -> Any:
    if state in {"reported", "recheck"}:
        return found.filter(state=state)
    if state == "gone":
        return found.exclude(state__in=sorted(IN_LEDGER))
    if state == "late":
        return found.open().filter(due_date__lt=asked.at.astimezone(ZONE).date())
    return found.open()


def _ages(told: ledger.Ledger) -> list[tuple[str, int]]:
    labels = {"week": _("一周内"), "fortnight": _("一到两周"), "month": _("两周到一个月"), "older": _("一个月以上")}
    return [(labels[name], count) for name, count in told.ages.items()]


def _row(row: Hazard, asked: Request, today: Any) -> dict[str, Any]:
    return {
        "row": row,
        "area": patrolling.area_name(row, asked),
        "tone": patrolling.HAZARD_TONES[row.state],
        "late": ledger.is_overdue(row, today),
        "who": row.unit.short_name if row.unit else mask_name(row.responsible_label),
    }


@require_safe
@staff_only()
def hazards_map(request: HttpRequest) -> JsonResponse:
    """Give the hazards of the list to the map."""
    asked = cast("Request", request)
    found = _narrowed(Hazard.objects.visible_to(asked.actor), request.GET.get("state", "open"), asked)
    rows = found.filter(place__isnull=False).order_by("-pk")[:500]
    return patrolling.collection(
        patrolling.feature(
            row.place, shape="hazard", title=row.what[:40], line=f"{row.number} {row.get_state_display()}",
            url=reverse("console:hazard", args=[row.key]),
        )
        for row in rows
    )  # fmt: skip


@require_safe
@staff_only()
def hazard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one hazard and what may be done about it."""
    asked = cast("Request", request)
    row = patrolling.hazard_of(asked, key)
    today = asked.at.astimezone(ZONE).date()
    case = Case.objects.visible_to(asked.actor).filter(pk=row.case_id).first() if row.case_id else None
    looks = [
        {"look": look, "who": mask_name(look.by_label)}
        for look in FollowUp.objects.filter(hazard=row).order_by("-made_at", "-pk")
    ]
    times = ledger.came_back([row.point_id], at=asked.at).get((row.point_id, row.kind), 1) if row.point_id else 1
    return page(
        request, "console/patrols/hazard.html", door=DOOR, title=row.number,
        crumbs=patrolling.crumbs((_("隐患台账"), reverse("console:hazards")), (row.number, "")),
        row=row, area=patrolling.area_name(row, asked), tone=patrolling.HAZARD_TONES[row.state],
        late=ledger.is_overdue(row, today), photos=patrolling.photos_of(patrols.HAZARD_FILES, [row.pk]).get(row.pk, []),
        looks=looks, case=case, times=times, may=_may(asked, row, case), found_by=mask_name(row.found_by_label),
        settled_by=mask_name(row.settled_by_label), areas_url=land.areas_url(asked),
        responsible=row.unit.name if row.unit else mask_name(row.responsible_label),
    )  # fmt: skip


def _may(asked: Request, row: Hazard, case: Case | None) -> dict[str, bool]:
    """Return which acts are open to the person now."""
    actor = asked.actor
    if row.state not in IN_LEDGER:
        return {}
    settles, is_new = actor.may("patrols.settle", row), row.state == HazardState.REPORTED
    follows = patrols.may_follow(actor, row)
    return {
        "follow": follows and not is_new,
        "confirm": is_new and (settles or actor.may("patrols.walk", row)),
        "dismiss": is_new and settles,
        "assign": settles,
        "settle": not is_new and patrols.may_settle(actor, row),
        "hand": follows and not (case is not None and case.ended_at is None),
    }


@require_http_methods(["GET", "POST"])
@staff_only("patrols.walk", "patrols.settle")
def add(request: HttpRequest) -> HttpResponse:
    """Write a hazard into the ledger from the desk."""
    asked = cast("Request", request)

    def act(values: dict[str, Any]) -> Done:
        area = values["area"]
        given = patrols.HazardIn(
            what=values["what"], kind=values["kind"], grade=values["grade"], place=form.place(),
            area_id=area.id if area else None, address=values["address"], files=_photos(asked),
        )  # fmt: skip
        made = patrols.note(asked.actor, key=uuid7(), given=given, at=asked.at)
        return Done(reverse("console:hazard", args=[made.key]), _("已记入台账 {number}").format(number=made.number))

    form = HazardForm(request.POST or None, asked=asked)
    return save(
        request, form, act, template="console/patrols/hazard_form.html", door=DOOR, title=_("登记隐患"),
        back_url=reverse("console:hazards"), center=land.center_of(asked), areas_url=land.areas_url(asked),
    )  # fmt: skip


def _photos(asked: Request) -> tuple[UUID, ...]:
    """Store the photos that came with a form; raise Invalid, named `photos`, for what is none."""
    sent = [file for file in asked.FILES.getlist("photos") if file.name]
    if len(sent) > _MOST_PHOTOS:
        raise Invalid({"photos": _("一次最多 {most} 张照片。").format(most=_MOST_PHOTOS)})
    by_id = asked.actor.account_id
    return tuple(files.store(file.read(), kind=FileKind.PHOTO, by_id=by_id, at=asked.at).key for file in sent)


@require_http_methods(["GET", "POST"])
@staff_only()
def follow(request: HttpRequest, key: UUID) -> HttpResponse:
    """Look at a hazard again, with photos."""
    asked = cast("Request", request)
    row = patrolling.hazard_of(asked, key)
    to = reverse("console:hazard", args=[key])

    def act(values: dict[str, Any]) -> Done:
        look = patrols.Look(values["found"], values["note"], files=_photos(asked))
        patrols.follow(asked.actor, key=uuid7(), hazard_key=key, look=look, at=asked.at)
        return Done(to, _("已记下复查"))

    form = LookForm(request.POST if request.method == "POST" else None)
    return save(
        request, form, act, template="console/patrols/follow.html", door=DOOR,
        title=_("复查 {number}").format(number=row.number), row=row, back_url=to,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.settle")
def assign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say who removes it by when."""
    asked = cast("Request", request)
    row = patrolling.hazard_of(asked, key)
    to = reverse("console:hazard", args=[key])

    def act(values: dict[str, Any]) -> Done:
        patrols.assign(asked.actor, key=key, care=form.given(), seen=values["seen"], at=asked.at)
        return Done(to, _("已交办，会发消息给他们"))

    form = CareForm(request.POST or None, asked=asked, initial=told_of_care(row, asked))
    return save(
        request, form, act, template="console/units/form.html", door=DOOR,
        title=_("交办 {number}").format(number=row.number), verb=_("交办"), back_url=to,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.settle", "patrols.walk")
def settle(request: HttpRequest, key: UUID) -> HttpResponse:
    """Strike a hazard off."""
    asked = cast("Request", request)
    row = patrolling.hazard_of(asked, key)
    question = Question(
        _("销号 {number}").format(number=row.number),
        _("说明隐患已经消除，它离开台账；又出现要新登记一条。"), _("销号"),
        reverse("console:hazard", args=[key]),
    )  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        patrols.settle(asked.actor, key=key, words=values["words"], seen=values["seen"], at=asked.at)
        return Done(question.back_url, _("已销号"))

    return ask(request, _words(request, row), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only("patrols.settle")
def dismiss(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that what residents reported is no hazard."""
    asked = cast("Request", request)
    row = patrolling.hazard_of(asked, key)
    question = Question(
        _("{number} 不属实").format(number=row.number), _("它不进台账。写的话巡逻队看得见。"), _("不属实"),
        reverse("console:hazard", args=[key]),
    )  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        patrols.dismiss(asked.actor, key=key, words=values["words"], seen=values["seen"], at=asked.at)
        return Done(question.back_url, _("已记为不属实"))

    return ask(request, _words(request, row), question, act, door=DOOR)


def _words(request: HttpRequest, row: Hazard) -> forms.Form:
    return WordsForm(request.POST if request.method == "POST" else None, initial={"seen": row.version})


@require_http_methods(["GET", "POST"])
@staff_only("patrols.settle", "patrols.walk")
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that what residents found is so."""
    asked = cast("Request", request)
    row = patrolling.hazard_of(asked, key)
    to = reverse("console:hazard", args=[key])
    question = Question(
        _("{number} 属实").format(number=row.number),
        _("它进入台账，接着交办、复查、销号。"),
        _("属实"),
        to,
        is_danger=False,
    )

    def act(_values: dict[str, Any]) -> Done:
        patrols.confirm(asked.actor, key=key, at=asked.at)
        return Done(to, _("已进入台账"))

    return ask(request, _nothing(request), question, act, door=DOOR)


def _nothing(request: HttpRequest) -> forms.Form:
    return forms.Form(request.POST if request.method == "POST" else None)


@require_http_methods(["GET", "POST"])
@staff_only()
def hand_over(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a case of a hazard that others must remove."""
    asked = cast("Request", request)
    row = patrolling.hazard_of(asked, key)
    to = reverse("console:hazard", args=[key])
    effect = _("按“隐患”上报成案件，照片和位置一起去；结案后台账会请人复查。")
    question = Question(_("把 {number} 转成案件").format(number=row.number), effect, _("转成案件"), to, is_danger=False)

    def act(_values: dict[str, Any]) -> Done:
        made = patrols.hand_over(asked.actor, key=uuid7(), hazard_key=key, at=asked.at)
        return Done(to, _("已转成案件 {number}").format(number=made.case_number))

    return ask(request, _nothing(request), question, act, door=DOOR)
