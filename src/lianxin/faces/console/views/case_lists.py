"""Lists of cases as files (案卷清单): asked for from a list or a number, watched while written, fetched in a day."""

import re
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import taking
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, done, save
from lianxin.faces.identity.request import Request, address_of
from lianxin.faces.parts.shapes import Crumb
from lianxin.insight.tables import files, lists
from lianxin.insight.tables.models import CaseList, Schedule, State

DOOR = "console:cases"
_SIZE = 30
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
_TONES = {State.READY: "ok", State.FAILED: "late", State.QUEUED: "warn", State.RUNNING: "warn"}


class ListForm(forms.Form):
    """Why, and as what."""

    purpose = forms.CharField(
        label=_lazy("用来做什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_lazy("审计看得到"),
    )  # fmt: skip
    format = forms.ChoiceField(
        label=_lazy("格式"), choices=Schedule.Format.choices, widget=forms.RadioSelect, initial="xlsx"
    )


@require_safe
@staff_only(lists.PERMISSION)
def case_lists(request: HttpRequest) -> HttpResponse:
    """List what one took out, the latest first."""
    asked = cast("Request", request)
    own = CaseList.objects.filter(by_id=asked.actor.account_id)
    found = listed(request, own, order=("-id",), size=_SIZE)
    return page(
        request, "console/lists/lists.html", door=DOOR, title=_("案卷清单"), pager=found.pager, total=found.total,
        rows=[(one, _TONES.get(State(one.state), "pause")) for one in found.items],
        crumbs=[Crumb(_("案卷"), reverse("console:cases")), Crumb(_("案卷清单"))],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(lists.PERMISSION)
def add(request: HttpRequest) -> HttpResponse:
    """Let the cases of a list be written, as the words of its address say."""
    asked = cast("Request", request)
    wanted = taking.wanted(asked)
    count = lists.found(asked.actor, wanted.which, at=asked.at).order_by().values("pk").count()

    def act(values: dict[str, Any]) -> Done:
        made = lists.ask(
            asked.actor, wanted=wanted.which, about=wanted.about, at=asked.at, address=address_of(request), **values
        )  # fmt: skip
        return Done(reverse("console:case_list", args=[made.key]), _("正在生成，好了会发消息给您"))

    return save(
        request, ListForm(request.POST or None), act, template="console/lists/form.html", door=DOOR,
        title=_("导出案卷清单"), about=wanted.about, count=count, back_url=wanted.back_url,
        crumbs=[Crumb(_("案卷"), wanted.back_url), Crumb(_("导出案卷清单"))],
    )  # fmt: skip


@require_safe
@staff_only(lists.PERMISSION, "audit.read")
def case_list(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how far a list is, or let it be fetched."""
    asked = cast("Request", request)
    one = lists.find(asked.actor, key)
    is_own = one.by_id == asked.actor.account_id
    return page(
        request, "console/lists/list.html", door=DOOR, title=_("案卷清单"), one=one, is_own=is_own,
        tone=_TONES.get(State(one.state), "pause"), share=min(1.0, one.rows / max(1, one.expected_rows)),
        is_waiting=one.state in {State.QUEUED, State.RUNNING},
        is_ready=one.state == State.READY and one.expires_at is not None and one.expires_at > asked.at,
        may_cancel=is_own and one.state in {State.QUEUED, State.RUNNING, State.READY},
        crumbs=[Crumb(_("案卷清单"), reverse("console:case_lists")), Crumb(one.about)],
    )  # fmt: skip


@require_POST
@staff_only(lists.PERMISSION)
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Want it no more."""
    asked = cast("Request", request)
    lists.cancel(asked.actor, asked=lists.find(asked.actor, key), at=asked.at)
    return done(request, Done(reverse("console:case_lists"), _("已取消，文件不再保留")))


@require_safe
@staff_only(lists.PERMISSION)
def file(request: HttpRequest, key: UUID) -> Any:
    """Give the file, from where a download broke off if the browser says so; the first byte of each is noted."""
    asked = cast("Request", request)
    one = lists.find(asked.actor, key)
    size = one.size or 0
    start, end = _range(request, size)
    if start >= size > 0:
        response: HttpResponse | StreamingHttpResponse = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    content = lists.fetch(asked.actor, asked=one, at=asked.at, start=start, address=address_of(request))
    is_part = start > 0 or end < size - 1
    response = StreamingHttpResponse(
        _first(content, end - start + 1), status=206 if is_part else 200, content_type=files.TYPES[one.format]
    )
    response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{one.key.hex}"'
    if is_part:
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Disposition"] = f'attachment; filename="cases-{one.asked_at:%Y%m%d}.{one.format}"'
    return response


def _range(request: HttpRequest, size: int) -> tuple[int, int]:
    """Return the first and the last byte that are wanted: all, unless one range of this very file is named."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if_range = request.headers.get("If-Range", "")
    if found is None or (if_range and if_range.strip('"') not in request.path.replace("-", "")):
        return 0, size - 1
    last = int(found[2]) if found[2] else size - 1
    return int(found[1]), min(last, size - 1)


def _first(content: Iterator[bytes], count: int) -> Iterator[bytes]:
    for piece in content:
        if count <= 0:
            return
        yield piece[:count]
        count -= len(piece)
