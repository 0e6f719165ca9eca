"""施工方的一页: a crew's own link to one task: take it on, tell how far, send photos, say that it is done.

Says nothing of who reported, nor what they wrote. A token that is wrong is not found; one that is over opens nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.resident import frame, uploads
from lianxin.foundation.areas.queries import node
from lianxin.kernel import ids
from lianxin.kernel.errors import Invalid, LianxinError, NotFound
from lianxin.kernel.files.models import FileStatus
from lianxin.kernel.files.queries import files_of, labels_of, open_file
from lianxin.kernel.throttle.counting import count
from lianxin.work.cases.evidence import LABELS
from lianxin.work.cases.models import Case
from lianxin.work.contractors import actions as contractors
from lianxin.work.contractors import queries
from lianxin.work.contractors.models import Link, Word
from lianxin.work.dispatch.queries import catalogue

_TEN_MINUTES, _HOUR = timedelta(minutes=10), timedelta(hours=1)
PER_ADDRESS, PER_LINK = 240, 60  # a whole site may share an address
_SAID = {
    Word.Kind.ACCEPT: gettext_lazy("接下了。办的时候可以随时发照片。"),
    Word.Kind.PROGRESS: gettext_lazy("收到了。"),
    Word.Kind.DONE: gettext_lazy("收到了，等派活的单位确认。"),
}
frame.SAID.update({f"crew_{name}": words for name, words in _SAID.items()})


def _discreet(view: frame.View) -> frame.View:
    """Let no other page and no search learn the address: who has it may act. The log does not either (discretion)."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        response = view(request, *args, **values)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return shown


def _opened(request: HttpRequest, token: str) -> Link:
    """Return the link of a token, counted before it is looked up so that right and wrong ones cost the same."""
    asked = cast("Request", request)
    count("contractor.address", address_of(request) or "", most=PER_ADDRESS, span=_TEN_MINUTES, at=asked.at)
    link = queries.by_token(token[:100])
    if link is None:
        raise NotFound(_("没有这一页。可能地址写错了，或它已经不在了。"))
    return link


@require_http_methods(["GET", "HEAD", "POST"])
@_discreet
@frame.resident_page
def work(request: HttpRequest, token: str) -> HttpResponse:
    """Show the task behind a link, and take what its holder tells."""
    asked = cast("Request", request)
    link = _opened(request, token)
    if not link.is_live(asked.at):
        return _over(asked, link)
    told: list[Mapping[str, str]] = []
    client_id, photos = ids.uuid7(asked.at), dict[str, list[UUID]]()
    if request.method == "POST":
        count("contractor.link", str(link.pk), most=PER_LINK, span=_HOUR, at=asked.at)
        kind = request.POST.get("kind", "")
        try:
            client_id = ids.parse(request.POST.get("client_id", ""), field="client_id")
            photos = _photos(asked, client_id)
            contractors.say(
                link, kind=kind, note=request.POST.get("note", ""), photos=photos, client_id=client_id, at=asked.at
            )
        except LianxinError as error:
            sentences = error.fields.values() if isinstance(error, Invalid) else [error.sentence]
            told = [{"tone": "wrong", "words": sentence} for sentence in sentences]
        else:
            return HttpResponseRedirect(f"{request.path}?said=crew_{kind}")
    else:
        contractors.opened(link, at=asked.at)
    return _shown(asked, link, token, client_id=client_id, photos=photos, told=told)


def _photos(asked: Request, client_id: UUID) -> dict[str, list[UUID]]:
    """Return the uploads of the form by what they show: those kept from a form that came back, and new ones."""
    found: dict[str, list[UUID]] = {}
    for label in LABELS:
        sent = asked.FILES.getlist(f"photos.{label}")[: uploads.MOST]
        kept = [ids.parse(key, field="photos") for key in asked.POST.getlist(f"kept.{label}")[: uploads.MOST]]
        keys = [*kept, *(uploads.keep(file, client_id, None, asked.at) for file in sent)]
        if keys:
            found[label] = keys[: uploads.MOST]
    return found


def _shown(
    asked: Request, link: Link, token: str, *, client_id: UUID, photos: Mapping[str, list[UUID]],
    told: list[Mapping[str, str]],
) -> HttpResponse:  # fmt: skip
    case, unit = link.assignment.case, link.assignment.unit
    category = catalogue(asked.numbers).by_id.get(case.category_id) if case.category_id else None
    mine = list(files_of(queries.FILES, link.pk))
    there = {file.label for file in mine} | labels_of("case", case.pk)
    wanted = [
        {"label": label, "words": str(LABELS[label]), "there": label in there, "kept": photos.get(label, ())}
        for label in queries.demanded(case)
    ]
    return frame.page(
        asked, "resident/contractor/work.html", title=_("施工任务"), told=told, status=422 if told else 200,
        link=link, state=queries.state_of(link, asked.at), where=_where(case, asked),
        category=category.name if category is not None else "", unit=unit.short_name if unit is not None else "",
        call=unit.duty_phone if unit is not None else "", point=case.point, wanted=wanted,
        words=link.words.order_by("-pk")[:20], token=token, client_id=client_id,
        note=asked.POST.get("note", "") if told else "", mine=[file for file in mine if file.has_thumb],
    )  # fmt: skip


def _where(case: Case, asked: Request) -> str:
    area = node(case.area_now_id, asked.numbers) if case.area_now_id is not None else None
    return " · ".join(filter(None, (" ".join(area.breadcrumb[1:]) if area is not None else "", case.address)))


def _over(asked: Request, link: Link) -> HttpResponse:
    """Say that the link is over, and nothing else but whom to call."""
    unit = link.assignment.unit
    is_done = link.confirmed_at is not None
    return frame.page(
        asked, "resident/contractor/over.html", title=_("链接已停用"), status=410, is_done=is_done,
        unit=unit.short_name if unit is not None else "", call=unit.duty_phone if unit is not None else "",
    )  # fmt: skip


@require_safe
@_discreet
@frame.resident_page
def photo(request: HttpRequest, token: str, key: UUID) -> HttpResponse:
    """Give the thumbnail of a photo that was sent through this link."""
    link = _opened(request, token)
    asked = cast("Request", request)
    file = files_of(queries.FILES, link.pk).filter(key=key, status=FileStatus.READY, has_thumb=True).first()
    if file is None or not link.is_live(asked.at):
        raise NotFound(_("没有这张照片。"))
    with open_file(file, is_thumb=True) as content:
        return HttpResponse(content.read(), content_type="image/webp")  # small pictures only
