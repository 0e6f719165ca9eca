"""Take an act from a form: parse, make one call, and tell what the next page says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from lianxin.faces.acts import performing
from lianxin.faces.acts.parsing import parse_form
from lianxin.faces.console import flash
from lianxin.faces.identity.request import Request
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, LianxinError, Stale
from lianxin.kernel.files import actions as files
from lianxin.work.cases import rules
from lianxin.work.cases.models import Case
from lianxin.work.desk import templates

_MOST_AT_ONCE = 9


@dataclass(frozen=True)
class Outcome:
    """What came of a form: the case as it then is, or why not."""

    case: Case | None = None
    faults: Mapping[str, str] = field(default_factory=dict)  # a sentence a field
    sentence: str = ""  # what stands above the form
    changes: tuple[str, ...] = ()  # what came since the form was drawn
    version: int | None = None  # to send again with, once the changes were seen


def take(request: Request, case: Case, act: str) -> Outcome:
    """Take one act as the form tells it, with photos that travel along."""
    return take_as(request, case, act, request.POST)


def take_as(request: Request, case: Case, act: str, told: QueryDict) -> Outcome:
    """Take one act as `told` says, where a page asks for it in a form of its own."""
    schema = performing.act_named(act).schema

    def call() -> Case:
        data = parse_form(schema, told)
        keep_photos(request, case)
        done = performing.perform(
            request.actor, act, case=case, seen=seen(request), at=request.at, client_id=client_id(request), data=data,
            numbers=request.numbers,
        )  # fmt: skip
        count_templates(request)
        return done

    return outcome(call)


def count_templates(request: Request) -> None:
    """Count the reply templates whose words went along with an act."""
    used = [key for given in request.POST.getlist("template") if (key := _uuid(given)) is not None]
    if used:
        templates.count_uses(used, client_id=client_id(request), at=request.at)


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def outcome(call: Callable[[], Case]) -> Outcome:
    """Make the call whole or not at all, and put what stopped it where the form can show it."""
    try:
        with transaction.atomic():
            return Outcome(case=call())
    except Stale as stale:
        return Outcome(sentence=stale.sentence, changes=tuple(stale.changes), version=stale.version)
    except Invalid as invalid:
        return Outcome(faults=dict(invalid.fields), sentence=_("有几项要改。填的都还在。"))
    except LianxinError as error:
        return Outcome(sentence=error.sentence)


def seen(request: HttpRequest) -> int | None:
    """Return the version the form was drawn from."""
    given = request.POST.get("seen", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def client_id(request: HttpRequest) -> UUID | None:
    """Return the form's own id, by which sending it twice has one effect."""
    given = request.POST.get("client_id", "")
    return ids.parse(given, field="client_id") if given else None


def keep_photos(request: Request, case: Case) -> int:
    """Attach the photos and videos a form brought to the case, each under the label of its field."""
    kept = 0
    for name, label in ((name, name.partition(".")[2]) for name in request.FILES if name.startswith("photos")):
        keys = []
        for file in request.FILES.getlist(name)[:_MOST_AT_ONCE]:
            kind = "video" if (getattr(file, "content_type", "") or "").startswith("video/") else "photo"
            stored = files.store(
                file.read(),
                kind=kind,
                label=label,
                by_id=request.actor.account_id,
                at=request.at,
            )
            keys.append(stored.key)
        if keys:
            files.attach(keys, kind="case", subject_id=case.pk, by_id=request.actor.account_id, at=request.at)
        kept += len(keys)
    return kept


def said_of(act: str, case: Case) -> str:
    """Return what is said once an act is done."""
    tail = case.number.rsplit("-", 1)[-1]
    return _("已“%(act)s” …%(tail)s") % {"act": rules.FLOW[act].label, "tail": tail}


def go_on(request: HttpRequest, url: str, *, said: str = "", undo_url: str = "") -> HttpResponse:
    """Lead to the next page and let it say what was done; a dialog leaves the page as a whole."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
    else:
        response = HttpResponseRedirect(url)
    if said:
        flash.say(request, response, said, undo_url=undo_url)
    return response


def undo_url(number: str, *, at_seat: bool) -> str:
    """Return where what was just done is taken back; at the seat the case then is open again."""
    back = reverse("console:seat" if at_seat else "console:case", args=[] if at_seat else [number])
    on = f"{back}?case={number}" if at_seat else back
    return f"{reverse('console:undo', args=[number])}?{urlencode({'next': on})}"


def next_url(request: HttpRequest, otherwise: str) -> str:
    """Return where the form wants to go on to, when that is one of our own pages."""
    return inner_url(request, str(request.POST.get("next") or request.GET.get("next") or "")) or otherwise


def inner_url(request: HttpRequest, wanted: str) -> str:
    """Return an address if it is one of our own, else nothing."""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""


def new_client_id() -> str:
    """Return an id for a form that is about to be drawn."""
    return str(ids.uuid7())


def typed(request: HttpRequest) -> Any:
    """Return what was typed, for the form that comes back."""
    return request.POST if request.method == "POST" else None
