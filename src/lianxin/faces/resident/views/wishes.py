"""The wish mailbox: write a letter, find it again, and talk on. Who has no proof learns nothing of it."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.acts import limits
from lianxin.faces.acts.enclosed import enclosed
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.resident import frame, letters
from lianxin.faces.resident.blocks import Line, block
from lianxin.faces.resident.choosing import area_choices
from lianxin.faces.resident.forms_wishes import LetterForm, ProofForm, RateLetterForm, SayForm
from lianxin.faces.resident.here import Here, here_at, here_of
from lianxin.faces.resident.uploads import files_of_form, kept, keys_of_form
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.idempotency.models import ClientKey
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes import doors
from lianxin.work.wishes.models import Letter, Side
from lianxin.work.wishes.settings import desks, wish_settings

MODULE = "wishes"


@block(order=60, module=MODULE)
def line(_asked: Request, _here: Here | None) -> Line:
    """Put the mailbox on the home page."""
    return Line("mail", _("心愿邮箱"), _("说给一个人听：难处、矛盾、建议，不公开"), reverse("resident:wishes"))


def _demand_on(request: Request) -> None:
    if not frame.modules(request.numbers).get(MODULE, True):
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@frame.resident_page
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show my letters, and ask for number and proof of another."""
    asked = cast("Request", request)
    _demand_on(asked)
    if request.method != "POST":
        return _box(asked, ProofForm(initial={"number": request.GET.get("number", "")[:20]}))
    form = ProofForm(request.POST)
    if not form.is_valid():
        return _box(asked, form, 422)
    number, proof = (_plain(form.cleaned_data[name]) for name in ("number", "proof"))
    try:
        side = doors.prove(number=number, proof=proof, address=address_of(request), at=asked.at)
    except (NotFound, Refused) as error:
        form.add_error(None, error.sentence)
        return frame.told_when(error, _box(asked, form, error.status))
    response = HttpResponseRedirect(reverse("resident:wish", args=[side.number]))
    letters.remember(request, response, side)
    return response


def _plain(typed: str) -> str:
    return "".join(unicodedata.normalize("NFKC", typed).replace("\0", "").split())


def _box(request: Request, form: ProofForm, status: int = 200) -> HttpResponse:
    return frame.page(
        request, "resident/wishes/box.html", title=_("心愿邮箱"), back=reverse("resident:home"), status=status,
        form=form, mine=letters.mine(request, most=2 if frame.is_elder(request) else 20),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@frame.resident_page
def write(request: HttpRequest) -> HttpResponse:
    """Show the form of a letter, or take it."""
    asked = cast("Request", request)
    _demand_on(asked)
    if request.method == "POST":
        return _take(asked)
    here = here_of(asked)
    first = desks(asked.numbers)[0].code
    initial = {"area": here.community.code if here else "", "desk": first}
    return _ask(asked, _form(asked, initial=initial), ids.uuid7(asked.at))


def _form(request: Request, **values: object) -> LetterForm:
    to = [(desk.code, desk.label) for desk in desks(request.numbers)]
    data = request.POST if request.method == "POST" else None
    return LetterForm(data, desks=to, areas=area_choices(request, grids=False), **values)


def _ask(
    request: Request, form: LetterForm, key: UUID, *, keys: Sequence[UUID] = (), told: str = "", status: int = 200
) -> HttpResponse:
    return frame.page(
        request, "resident/wishes/write.html", title=_("写一封信"), back=reverse("resident:wishes"), status=status,
        told=[{"tone": "wrong", "words": told}] if told else [], form=form, client_id=key, kept=kept(keys),
        hours=wish_settings(request.numbers).first_answer_hours, days=wish_settings(request.numbers).keep_days,
        is_signed_in=request.actor.kind == "resident",
    )  # fmt: skip


def _take(request: Request) -> HttpResponse:
    form = _form(request)
    form.full_clean()
    key, keys = _key(request), keys_of_form(request)
    try:
        limits.count_report(request.actor, address_of(request), at=request.at)
        if not ClientKey.objects.filter(key=key).exists():  # sent before: its files are sealed already
            keys = files_of_form(request, key, by_id=request.actor.account_id, at=request.at)
        letter = _put(request, form, key, keys)
    except Invalid as error:
        form.show_faults({_FIELDS.get(name, name): sentence for name, sentence in error.fields.items()})
        return _ask(request, form, key, keys=keys, status=422)
    except Refused as refused:
        shown = _ask(request, form, key, keys=keys, told=refused.sentence, status=refused.status)
        return frame.told_when(refused, shown)
    side = letter.sides.get(role=Side.Role.WRITER)
    response = HttpResponseRedirect(reverse("resident:wish_sent", args=[side.number]))
    letters.remember(request, response, side)
    return response


_FIELDS = {"files": "photos"}


def _put(request: Request, form: LetterForm, key: UUID, keys: Sequence[UUID]) -> Letter:
    if not form.is_valid():
        raise Invalid({name: str(faults[0]) for name, faults in form.errors.items()})
    given = form.cleaned_data
    here = here_at(given["area"], request.at, request.numbers) or here_of(request)
    if here is None:
        raise Invalid({"area": _("请选您的社区，信才知道送到哪里。")})
    return wishes.put(
        request.actor, key=key, area_id=here.area.id, topic=given["topic"], desk=given["desk"], words=given["words"],
        files=keys, name=given["name"], phone=given["phone"], is_anonymous=given["is_anonymous"], at=request.at,
    )  # fmt: skip


def _key(request: HttpRequest) -> UUID:
    try:
        return ids.parse(request.POST.get("client_id", ""))
    except Invalid:
        return ids.uuid7(cast("Request", request).at)


@require_safe
@frame.resident_page
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """Show the number, and the code where nothing else would open the letter again."""
    asked = cast("Request", request)
    side = letters.side_of(asked, number)
    if side is None:
        return HttpResponseRedirect(reverse("resident:wish", args=[number]))
    needs_code = side.phone_hash is None and side.account_id is None
    return frame.page(
        request, "resident/wishes/sent.html", title=_("信送到了"), back=reverse("resident:wishes"), side=side,
        letter=side.letter, desk_label=letters.desk_label(side.letter, asked.numbers),
        code=doors.code_of(side.letter.key, side.role) if needs_code else "",
    )  # fmt: skip


@require_safe
@frame.resident_page
def wish(request: HttpRequest, number: str) -> HttpResponse:
    """Show a letter to one of its sides; ask anybody else for the proof, in the same way for every number."""
    asked = cast("Request", request)
    _demand_on(asked)
    side = letters.side_of(asked, number)
    if side is None:
        return _box(asked, ProofForm(initial={"number": number[:20]}))
    return _show(asked, side)


def _show(
    request: Request, side: Side, *, form: SayForm | None = None, rating: RateLetterForm | None = None, act: str = "",
    told: str = "", keys: Sequence[UUID] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    seen = letters.conversation(side, request.at, request.numbers)
    return frame.page(
        request, "resident/wishes/letter.html", title=_("心愿邮箱"), back=reverse("resident:wishes"), status=status,
        told=[{"tone": "wrong", "words": told}] if told else [], seen=seen,
        standing=letters.standing(side.letter), desk_label=letters.desk_label(side.letter, request.numbers),
        say=form if form is not None and act == "say" else SayForm(label=_("接着说"), auto_id="say_%s"),
        again=form if form is not None and act == "reopen" else SayForm(label=_("还差什么"), auto_id="reopen_%s"),
        rating=rating or RateLetterForm(), open_act=act, client_id=ids.uuid7(request.at), kept=kept(keys),
        days=wish_settings(request.numbers).reopen_days,
    )  # fmt: skip


@require_POST
@frame.resident_page
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Take an act of one side; the same form sent twice acts once."""
    asked = cast("Request", request)
    _demand_on(asked)
    side = letters.side_of(asked, number)
    if side is None:
        return HttpResponseRedirect(reverse("resident:wish", args=[number]))
    form = SayForm(request.POST, auto_id=f"{name}_%s")
    rating = RateLetterForm(request.POST) if name == "rate" else None
    keys: list[UUID] = keys_of_form(asked)
    try:
        if name == "say":
            limits.count_report(asked.actor, address_of(request), at=asked.at)
            keys = files_of_form(asked, _key(asked), by_id=asked.actor.account_id, at=asked.at)
        _ACTS[name](asked, side, form, rating, keys)
    except Invalid as error:
        (rating or form).show_faults({_FIELDS.get(field, field): told for field, told in error.fields.items()})
        return _show(asked, side, form=form, rating=rating, act=name, keys=keys, status=422)
    except Refused as refused:
        shown = _show(
            asked, side, form=form, rating=rating, act=name, keys=keys, told=refused.sentence, status=refused.status
        )
        return frame.told_when(refused, shown)
    return HttpResponseRedirect(f"{reverse('resident:wish', args=[number])}?said=wish_{name}")


Form = SayForm
Rating = RateLetterForm | None
Act = Callable[[Request, Side, Form, Rating, Sequence[UUID]], None]


def _say(asked: Request, side: Side, form: Form, _rating: Rating, keys: Sequence[UUID]) -> None:
    form.full_clean()
    wishes.write(
        asked.actor, side=side, key=_key(asked), words=form.cleaned_data.get("words", ""), files=keys, at=asked.at
    )


def _answer(*, is_agreed: bool) -> Act:
    def answer(asked: Request, side: Side, _form: Form, _rating: Rating, _keys: Sequence[UUID]) -> None:
        number = asked.POST.get("ask", "")
        ask_id = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
        wishes.answer_ask(asked.actor, side=side, ask_id=ask_id, is_agreed=is_agreed, at=asked.at)

    return answer


def _rate(asked: Request, side: Side, _form: Form, rating: Rating, _keys: Sequence[UUID]) -> None:
    if rating is None or not rating.is_valid():
        raise Invalid({})
    given = rating.cleaned_data
    wishes.rate(asked.actor, side=side, solved=given["solved"], stars=given["stars"], at=asked.at)


def _reopen(asked: Request, side: Side, form: Form, _rating: Rating, _keys: Sequence[UUID]) -> None:
    form.full_clean()
    words = form.cleaned_data.get("words", "")
    wishes.reopen(asked.actor, side=side, key=_key(asked), words=words, at=asked.at)


def _withdraw(asked: Request, side: Side, _form: Form, _rating: Rating, _keys: Sequence[UUID]) -> None:
    wishes.withdraw(asked.actor, side=side, at=asked.at)


def _leave(asked: Request, side: Side, _form: Form, _rating: Rating, _keys: Sequence[UUID]) -> None:
    wishes.leave(asked.actor, side=side, at=asked.at)


_ACTS: Mapping[str, Act] = {
    "say": _say, "agree": _answer(is_agreed=True), "refuse": _answer(is_agreed=False), "rate": _rate, "reopen": _reopen,
    "withdraw": _withdraw, "leave": _leave,
}  # fmt: skip
ACTS = tuple(_ACTS)


@require_safe
@frame.resident_page
def enclosure(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """Give the bytes of a photo or recording of one's own thread."""
    asked = cast("Request", request)
    side = letters.side_of(asked, number)
    found = letters.enclosure_of(side, key) if side is not None else None
    if found is None:
        raise NotFound(_("没有这个文件，可能已经过期。"))
    return cast("HttpResponse", enclosed(found))
