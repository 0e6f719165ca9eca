"""The wish mailbox's desk: a queue without words, and one letter with the one who answers for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianxin.faces.acts.enclosed import enclosed
from lianxin.faces.console.forms_wishes import HandOverForm, InviteForm, WordsForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.faces.parts.words import ClockState
from lianxin.foundation.areas import queries as areas
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.work.wishes import actions as acts
from lianxin.work.wishes import queries
from lianxin.work.wishes.models import Ask, Enclosure, Letter, Side
from lianxin.work.wishes.scoping import PERMISSION
from lianxin.work.wishes.settings import desks

DOOR = "console:wishes"
State = Letter.State
# A beginning for what is often said; the desk writes on.
PHRASES = (
    gettext_lazy("您的信我收到了，由我负责到底。我先了解一下情况，{day}前答复您。"),
    gettext_lazy("谢谢您信得过我们。这件事不用您出面，我来跟对方说，有结果马上告诉您。"),
    gettext_lazy("这件事要有关单位来办。您同意的话，我替您转过去，您的信不会给他们看。"),
    gettext_lazy("谢谢您的表扬，我已经转告本人。"),
)


@require_safe
@staff_only(PERMISSION)
def queue(request: HttpRequest) -> HttpResponse:
    """List what lies at the desk: topic, age and clock, never a word."""
    asked = cast("Request", request)
    shown = request.GET.get("show", "waiting")
    found = _shown(asked, shown)
    order = ("-ended_at", "-id") if shown == "ended" else ("due_at", "id")
    rows = listed(request, found, order=order, size=30)
    told = queries.counts(asked.actor, at=asked.at)
    return page(
        request, "console/wishes/queue.html", door=DOOR, title=_("心愿邮箱"), total=rows.total, pager=rows.pager,
        rows=[_row(asked, each) for each in rows.items], tabs=_tabs(shown, told), shown=shown, told=(), counts=told,
    )  # fmt: skip


def _shown(asked: Request, shown: str) -> Any:
    desk, mine = Letter.objects.queued_for(asked.actor), Letter.objects.filter(taken_by_id=asked.actor.account_id)
    if shown == "mine":
        offered = Ask.objects.filter(to_id=asked.actor.account_id, state=Ask.State.AGREED).values("letter_id")
        return mine.open() | Letter.objects.filter(pk__in=offered).open()
    if shown == "others":
        return desk.open().filter(state=State.TAKEN).exclude(taken_by_id=asked.actor.account_id)
    if shown == "ended":
        return mine.filter(state__in=[State.SETTLED, State.WITHDRAWN])
    return desk.filter(state=State.WAITING)


def _tabs(shown: str, told: queries.Counts) -> list[Tab]:
    named = (
        ("waiting", _("等人打开"), told.waiting), ("mine", _("我在办"), told.mine + told.offered),
        ("others", _("同事在办"), None), ("ended", _("我办结的"), None),
    )  # fmt: skip
    return [
        Tab(f"{reverse('console:wishes')}?show={name}", label, count=count, current=name == shown)
        for name, label, count in named
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """One letter as a line."""

    letter: Letter
    area: str
    desk: str
    clock: str
    may_open: bool
    offered: bool


def _row(asked: Request, letter: Letter) -> Row:
    area = areas.node(letter.area_id, asked.numbers)
    is_mine = letter.taken_by_id == asked.actor.account_id
    offered = letter.state == State.TAKEN and not is_mine
    return Row(
        letter, " ".join(area.breadcrumb[-2:]) if area else "",
        next((desk.label for desk in desks(asked.numbers) if desk.code == letter.desk), ""), _clock(asked, letter),
        may_open=letter.state == State.WAITING or is_mine, offered=offered,
    )  # fmt: skip


def _clock(asked: Request, letter: Letter) -> str:
    """Return the state of the clock to the first answer; none once answered or ended."""
    if letter.answered_at is not None or letter.ended_at is not None:
        return ""
    if letter.due_at <= asked.at:
        return ClockState.LATE.value
    left, whole = letter.due_at - asked.at, letter.due_at - letter.sent_at
    return ClockState.WARN.value if left * 5 < whole else ClockState.ON_TIME.value


def _letter(asked: Request, key: UUID) -> Letter:
    found = Letter.objects.visible_to(asked.actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这封信，或由同事负责。"))
    return found


@require_safe
@staff_only(PERMISSION)
def letter(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the envelope of a letter that waits, or the letter to who answers for it; that opening is recorded."""
    asked = cast("Request", request)
    return _show(asked, _letter(asked, key))


def _show(asked: Request, found: Letter, *, wrong: Mapping[str, forms.Form] | None = None) -> HttpResponse:
    crumbs = [Crumb(_("心愿邮箱"), reverse("console:wishes")), Crumb(found.get_topic_display())]
    shared: dict[str, Any] = {
        "door": DOOR, "title": found.get_topic_display(), "row": _row(asked, found), "letter": found, "crumbs": crumbs,
        "status": 422 if wrong else 200,
    }  # fmt: skip
    if found.taken_by_id != asked.actor.account_id or found.state == State.WITHDRAWN:
        offer = found.asks.filter(to_id=asked.actor.account_id, state=Ask.State.AGREED).first()
        return page(asked, "console/wishes/envelope.html", offer=offer, **shared)
    opened = acts.open_letter(asked.actor, letter=found, at=asked.at, address=address_of(asked))
    other = next((side for side, _notes in opened.threads if side.role == Side.Role.OTHER), None)
    shown: dict[str, Any] = {**_forms(asked, found), **(wrong or {})}
    return page(
        asked, "console/wishes/letter.html", opened=opened, other=other, client_id=ids.uuid7(asked.at),
        open_act=next(iter(wrong or {}), ""), pending=next((ask for ask in opened.asks if ask.state in _PENDING), None),
        phrases=[(number, _filled(found, phrase)) for number, phrase in enumerate(PHRASES)],
        is_open=found.state == State.TAKEN, is_dispute=found.topic == Letter.Topic.DISPUTE, **shared, **shown,
    )  # fmt: skip


_PENDING = (Ask.State.ASKED, Ask.State.AGREED)


def _filled(letter: Letter, phrase: object) -> str:
    due = words.local(letter.due_at)
    return str(phrase).replace("{day}", _("{month}月{day}日").format(month=due.month, day=due.day))


def _forms(asked: Request, found: Letter) -> dict[str, forms.Form]:
    chosen = asked.GET.get("phrase", "")
    initial = {}
    if chosen.isascii() and chosen.isdecimal() and int(chosen) < len(PHRASES):
        initial = {"words": _filled(found, PHRASES[int(chosen)])}
    people = queries.colleagues(asked.actor, found, at=asked.at) if found.state == State.TAKEN else []
    return {
        "reply": WordsForm(label=_("写给来信人"), auto_id="reply_%s", initial=initial),
        "relay": WordsForm(label=_("转给另一方的话"), auto_id="relay_%s"),
        "invite": InviteForm(auto_id="invite_%s"),
        "case": WordsForm(label=_("转给单位的话（写信人会先看到）"), auto_id="case_%s"),
        "hand_over": HandOverForm(auto_id="hand_over_%s", colleagues=people),
        "settle": WordsForm(label=_("结果，写给来信人"), auto_id="settle_%s"),
    }


@require_POST
@staff_only(PERMISSION)
def take(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open a letter and answer for it from now on."""
    asked = cast("Request", request)
    acts.take(asked.actor, letter=_letter(asked, key), at=asked.at)
    return done(request, Done(reverse("console:wish", args=[key]), _("这封信由您负责到底")))


@require_POST
@staff_only(PERMISSION)
def decline(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that one does not take over."""
    asked = cast("Request", request)
    acts.decline_hand_over(asked.actor, letter=_letter(asked, key), at=asked.at)
    return done(request, Done(reverse("console:wishes"), _("已告诉同事您不接手")))


@require_POST
@staff_only(PERMISSION)
def drop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back what was asked of the writer."""
    asked = cast("Request", request)
    acts.drop_ask(asked.actor, letter=_letter(asked, key), at=asked.at)
    return done(request, Done(reverse("console:wish", args=[key]), _("已撤掉这一问")))


Act = Callable[[Request, Letter, dict[str, Any]], str]


def _act(name: str, made: Callable[[Request, Letter], forms.Form], act: Act) -> Callable[..., HttpResponse]:
    """Return a view that takes one act of the taker's and comes back to the letter, with what was typed if refused."""

    @require_POST
    @staff_only(PERMISSION)
    def view(request: HttpRequest, key: UUID) -> HttpResponse:
        asked = cast("Request", request)
        found = _letter(asked, key)
        form = made(asked, found)
        if form.is_valid():
            with faults_into(form):
                said = act(asked, found, form.cleaned_data)
                return done(request, Done(reverse("console:wish", args=[key]), said))
        return _show(asked, Letter.objects.get(pk=found.pk), wrong={name: form})

    return view


def _words(name: str, label: object) -> Callable[[Request, Letter], forms.Form]:
    return lambda asked, _found: WordsForm(asked.POST, label=label, auto_id=f"{name}_%s")


def _key(asked: Request) -> UUID:
    try:
        return ids.parse(asked.POST.get("client_id", ""))
    except Invalid:
        return ids.uuid7(asked.at)


def _seen(asked: Request) -> int | None:
    text = asked.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _reply(asked: Request, found: Letter, values: dict[str, Any]) -> str:
    role = Side.Role.OTHER if asked.POST.get("role") == Side.Role.OTHER else Side.Role.WRITER
    acts.reply(
        asked.actor, letter=found, key=_key(asked), words=values["words"], role=role, seen=_seen(asked), at=asked.at
    )
    return _("已送到")


def _relay(asked: Request, found: Letter, values: dict[str, Any]) -> str:
    role = Side.Role.OTHER if asked.POST.get("role") == Side.Role.OTHER else Side.Role.WRITER
    acts.relay(
        asked.actor, letter=found, key=_key(asked), role=role, words=values["words"], seen=_seen(asked), at=asked.at
    )
    return _("已转告")


def _invite(asked: Request, found: Letter, values: dict[str, Any]) -> str:
    acts.invite(asked.actor, letter=found, seen=_seen(asked), at=asked.at, **values)
    return _("已发短信请另一方来说")


def _case(asked: Request, found: Letter, values: dict[str, Any]) -> str:
    acts.ask_for_case(asked.actor, letter=found, words=values["words"], seen=_seen(asked), at=asked.at)
    return _("已问写信人，同意后自动转为事件")


def _hand_over(asked: Request, found: Letter, values: dict[str, Any]) -> str:
    acts.ask_to_hand_over(
        asked.actor, letter=found, to_id=values["to"], why=values["why"], seen=_seen(asked), at=asked.at
    )
    return _("已问写信人，同意后请同事接手")


def _settle(asked: Request, found: Letter, values: dict[str, Any]) -> str:
    acts.settle(asked.actor, letter=found, key=_key(asked), words=values["words"], seen=_seen(asked), at=asked.at)
    return _("已办结，请写信人评价")


def _hand_over_form(asked: Request, found: Letter) -> forms.Form:
    people = queries.colleagues(asked.actor, found, at=asked.at)
    return HandOverForm(asked.POST, auto_id="hand_over_%s", colleagues=people)


reply = _act("reply", _words("reply", gettext_lazy("写给来信人")), _reply)
relay = _act("relay", _words("relay", gettext_lazy("转给另一方的话")), _relay)
invite = _act("invite", lambda asked, _found: InviteForm(asked.POST, auto_id="invite_%s"), _invite)
ask_case = _act("case", _words("case", gettext_lazy("转给单位的话（写信人会先看到）")), _case)
hand_over = _act("hand_over", _hand_over_form, _hand_over)
settle = _act("settle", _words("settle", gettext_lazy("结果，写给来信人")), _settle)


@require_safe
@staff_only(PERMISSION)
def enclosure(request: HttpRequest, key: UUID, file: UUID) -> HttpResponse:
    """Give a photo or recording of a letter to who answers for it."""
    asked = cast("Request", request)
    found = _letter(asked, key)
    mine = found.taken_by_id == asked.actor.account_id
    one = Enclosure.objects.filter(key=file, note__side__letter=found).first() if mine else None
    if one is None:
        raise NotFound(_("没有这个文件，可能已经过期。"))
    return cast("HttpResponse", enclosed(one))
