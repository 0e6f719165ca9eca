"""Notices: the list, writing one, its page with preview and audience, publishing, amending, withdrawing, receipts."""

from typing import Any, cast
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_notices import AmendForm, NoticeForm, initial_of
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, NoteForm, NothingForm, Question, ask, save
from lianxin.faces.console.telling import DOOR, KEEPS, SEEN_BY, meant_words, row, state_words, tabs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas.queries import node
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.files import actions as files
from lianxin.kernel.files.models import FileKind
from lianxin.work.disclosure import actions, audience, queries, rules
from lianxin.work.disclosure.models import Notice, NoticeKind, State

PUBLISH = "disclosure.publish"
_SIZE, _PEOPLE = 30, 50
_KINDS: tuple[tuple[str, str, list[State]], ...] = (
    ("out", "在用", [State.PUBLISHED]),
    ("draft", "没发的", [State.DRAFT, State.WAITING, State.SCHEDULED]),
    ("all", "全部", []),
)


@require_safe
@staff_only(*SEEN_BY)
def notices(request: HttpRequest) -> HttpResponse:
    """List notices this person keeps; who keeps none comes to the first page they do keep."""
    asked = cast("Request", request)
    if not any(asked.actor.may(permission) for permission in KEEPS):
        return page(request, "console/notices/none.html", door=DOOR, title=_("通知"), tabs=tabs(asked, ""))
    kind = request.GET.get("state", "out")
    states = next((found for name, _label, found in _KINDS if name == kind), [])
    found = Notice.objects.visible_to(asked.actor)
    order = ("-published_at", "-id") if kind == "out" else ("-id",)
    shown = listed(request, found.filter(state__in=states) if states else found, order=order, size=_SIZE)
    counts, roles = queries.counts(shown.items), dict(audience.roles_to_choose())
    return page(
        request, "console/notices/notices.html", door=DOOR, title=_("通知"), tabs=tabs(asked, DOOR),
        kinds=[Tab(f"{request.path}?state={name}", _(label), current=name == kind) for name, label, _s in _KINDS],
        rows=[row(asked, one, counts[one.pk], roles) for one in shown.items], pager=shown.pager, total=shown.total,
        may_add=asked.actor.may(PUBLISH),
    )  # fmt: skip


def _found(asked: Request, key: UUID) -> Notice:
    found = Notice.objects.visible_to(asked.actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这份通知，或不由您管。"))
    return found


def _url(notice: Notice, name: str = "notice") -> str:
    return reverse(f"console:{name}", args=[notice.key])


@require_safe
@staff_only(*KEEPS)
def notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a notice as its readers see it, whom it is for, and what may be done."""
    asked = cast("Request", request)
    found = _found(asked, key)
    roles = dict(audience.roles_to_choose())
    is_due = found.state in {State.DRAFT, State.WAITING, State.SCHEDULED}
    return page(
        request, "console/notices/notice.html", door=DOOR, title=found.title, notice=found,
        crumbs=[Crumb(_("通知"), reverse(DOOR)), Crumb(found.title)], paragraphs=rules.paragraphs(found.body),
        state=state_words(found, asked.at), meant=meant_words(asked, found, roles),
        count=len(audience.meant(found.area_ids, found.to_roles, asked.at)) if is_due else None,
        counts=queries.counts([found])[found.pk], files=_photos(found),
        may_change=_may(asked, found) and found.kind != NoticeKind.WARNING,
        may_approve=found.state == State.WAITING and found.created_by_id != asked.actor.account_id,
        versions=found.versions.order_by("-version")[:20], is_out=rules.is_out(found, asked.at),
        answers=queries.answers_of(found)[:50], waits=found.state == State.WAITING,
    )  # fmt: skip


def _may(asked: Request, found: Notice) -> bool:
    area = node(found.area_id, asked.numbers)
    by_unit = found.unit_id is not None and found.unit_id in asked.actor.scope(PUBLISH).unit_ids
    return by_unit or (area is not None and audience.may_reach(asked.actor, area))


def _photos(found: Notice) -> list[Any]:
    return [file for file in queries.files_of([found]).get(found.pk, []) if file.kind == FileKind.PHOTO]


@require_http_methods(["GET", "POST"])
@staff_only(PUBLISH)
def add(request: HttpRequest) -> HttpResponse:
    """Write a notice; it is a draft until it is published from its own page."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = NoticeForm(request.POST or None, asked=asked, initial={"kind": "utility", "to_public": True})
    return _write(asked, form, key, title=_("写通知"), back_url=reverse(DOOR))


@require_http_methods(["GET", "POST"])
@staff_only(PUBLISH)
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write a draft anew."""
    asked = cast("Request", request)
    found = _found(asked, key)
    form = NoticeForm(request.POST or None, asked=asked, initial=dict(initial_of(found)))
    return _write(asked, form, key, title=_("改通知"), back_url=_url(found))


def _write(asked: Request, form: NoticeForm, key: UUID, *, title: str, back_url: str) -> HttpResponse:
    def act(values: dict[str, Any]) -> Done:
        wanted = rules.Wanted(**{**_plain(form.wanted()), "files": stored_photos(asked, key)})
        actions.save_draft(asked.actor, key=key, wanted=wanted, at=asked.at, seen=values.get("seen"))
        return Done(reverse("console:notice", args=[key]), _("存为草稿。看过效果再发"))

    return save(
        asked, form, act, template="console/notices/form.html", door=DOOR, title=title, back_url=back_url,
        client_id=key, verb=_("存草稿，看效果"),
    )  # fmt: skip


def _plain(wanted: rules.Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}


def stored_photos(asked: Request, key: UUID) -> list[UUID]:
    """Keep the pictures that came with the form; the same form sent again stores nothing anew."""
    stored = []
    for number, file in enumerate(asked.FILES.getlist("photos")[:9]):
        made = uuid5(key, f"{number} {file.name} {file.size}")
        try:
            kept = files.store(
                file.read(), kind="photo", by_id=asked.actor.account_id, at=asked.at, key=made
            )  # fmt: skip
        except Invalid as error:
            raise Invalid({"photos": next(iter(error.fields.values()))}) from None
        stored.append(kept.key)
    return stored


@require_http_methods(["GET", "POST"])
@staff_only(PUBLISH)
def publish(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask how many are told, then send."""
    asked = cast("Request", request)
    found = _found(asked, key)
    question = Question(
        _("发出“{title}”").format(title=found.title), _effect(asked, found), _verb(asked, found), _url(found),
        is_danger=False,
    )  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        sent = actions.publish(asked.actor, notice=found, at=asked.at)
        return Done(_url(found), _said(sent))

    return ask(request, NothingForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)


def _effect(asked: Request, found: Notice) -> str:
    who = meant_words(asked, found, dict(audience.roles_to_choose()))
    count = len(audience.meant(found.area_ids, found.to_roles, asked.at))
    told = [_("{who}。").format(who=who)]
    if found.to_roles:
        told.append(_("{count} 名工作人员会收到。").format(count=count))
    if found.is_urgent and count:
        told.append(_("同时发短信。"))
    if found.valid_from is not None and found.valid_from > asked.at:
        told.append(_("到时自动发出，收的人以那时在岗的为准。"))
    return "".join(told)


def _verb(asked: Request, found: Notice) -> str:
    area = node(found.area_id, asked.numbers)
    if area is not None and audience.needs_second_look(area, asked.numbers) and found.approved_by_id is None:
        return _("送复核")
    count = len(audience.meant(found.area_ids, found.to_roles, asked.at))
    return _("发给 {count} 人").format(count=count) if found.to_roles else _("发布给居民")


def _said(sent: Notice) -> str:
    return {
        State.WAITING: _("已送复核，另一位同事看过就发"), State.SCHEDULED: _("定好了，到时自动发出"),
    }.get(State(sent.state), _("已发布"))  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(PUBLISH)
def approve(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let out what another wrote."""
    asked = cast("Request", request)
    found = _found(asked, key)
    question = Question(
        _("复核“{title}”").format(title=found.title),
        _effect(asked, found),
        _("看过了，发出"),
        _url(found),
        is_danger=False,
    )

    def act(_values: dict[str, Any]) -> Done:
        return Done(_url(found), _said(actions.approve(asked.actor, notice=found, at=asked.at)))

    return ask(request, NothingForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(PUBLISH)
def send_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give it back to its author."""
    asked = cast("Request", request)
    found = _found(asked, key)
    question = Question(_("退回修改"), _("变回草稿，作者会收到原因。"), _("退回"), _url(found), is_danger=False)

    def act(values: dict[str, Any]) -> Done:
        actions.send_back(asked.actor, notice=found, reason=values["note"], at=asked.at)
        return Done(_url(found), _("已退回"))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(PUBLISH)
def amend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Correct what is out; its readers are told what has changed."""
    asked = cast("Request", request)
    found = _found(asked, key)
    form = AmendForm(request.POST or None, asked=asked, initial=dict(initial_of(found)))

    def act(values: dict[str, Any]) -> Done:
        actions.amend(
            asked.actor, notice=found, at=asked.at, files=stored_photos(asked, ids.uuid7(asked.at)), **values
        )  # fmt: skip
        return Done(_url(found), _("已更正，看过的人会收到"))

    return save(
        request, form, act, template="console/notices/form.html", door=DOOR, title=_("更正通知"), back_url=_url(found),
        verb=_("更正"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(PUBLISH)
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take it back with a reason."""
    asked = cast("Request", request)
    found = _found(asked, key)
    question = Question(
        _("撤回“{title}”").format(title=found.title), _("马上从所有页面消失；看过的人会收到原因。"), _("撤回通知"),
        _url(found),
    )  # fmt: skip

    def act(values: dict[str, Any]) -> Done:
        actions.withdraw(asked.actor, notice=found, reason=values["note"], at=asked.at)
        return Done(_url(found), _("已撤回"))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(PUBLISH)
def remind(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remind once who has not read."""
    asked = cast("Request", request)
    found = _found(asked, key)
    left = queries.counts([found])[found.pk]
    waiting = left.meant - (left.confirmed if found.confirm_by else left.read)
    question = Question(
        _("提醒还没看的人"), _("每一版只能提醒一次。提醒只为帮大家记得，不记入任何统计。"),
        _("提醒 {count} 人").format(count=waiting), _url(found, "notice_receipts"), is_danger=False,
    )  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        count = actions.remind(asked.actor, notice=found, at=asked.at)
        return Done(_url(found, "notice_receipts"), _("已提醒 {count} 人").format(count=count))

    return ask(request, NothingForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)


@require_safe
@staff_only("disclosure.receipts", PUBLISH)
def receipts(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show which of the staff have read and confirmed, area by area; of residents only how often it was opened."""
    asked = cast("Request", request)
    found = _found(asked, key)
    rows, counts = queries.receipts(found), queries.counts([found])[found.pk]
    only = request.GET.get("only", "")
    if only == "unread":
        rows = rows.filter(read_at=None)
    if only == "unconfirmed":
        rows = rows.exclude(confirmed_version__gte=found.confirm_version)
    shown = listed(request, rows.order_by("id"), order=("id",), size=_PEOPLE)
    choices = [("", _("全部")), ("unread", _("没看的"))]
    choices += [("unconfirmed", _("没确认的"))] if found.confirm_by else []
    return page(
        request, "console/notices/receipts.html", door=DOOR, title=_("回执"), notice=found, pager=shown.pager,
        crumbs=[Crumb(_("通知"), reverse(DOOR)), Crumb(found.title, _url(found)), Crumb(_("回执"))],
        rows=[(one, rules.is_confirmed(one, found)) for one in shown.items], counts=counts,
        kinds=[Tab(f"{request.path}?only={name}", label, current=name == only) for name, label in choices],
        may_remind=_may_remind(asked, found, counts),
    )  # fmt: skip


def _may_remind(asked: Request, found: Notice, counts: queries.Counts) -> bool:
    """Tell whether there is somebody to remind who was not reminded of this version."""
    done = counts.confirmed if found.confirm_by is not None else counts.read
    is_open = found.reminded_at is None and rules.is_out(found, asked.at)
    return is_open and done < counts.meant and _may(asked, found)
