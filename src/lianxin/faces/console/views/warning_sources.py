"""Sources of warnings: who may send, by which key, what went wrong last."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_warnings import SourceForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, save
from lianxin.faces.console.warning import DOOR, SOURCES, rows, tabs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb
from lianxin.foundation.areas import queries as areas
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound
from lianxin.work.warnings import queries
from lianxin.work.warnings import sources as acts
from lianxin.work.warnings.models import Source

_SIZE, _LAST = 30, 10


@require_safe
@staff_only(SOURCES)
def sources(request: HttpRequest) -> HttpResponse:
    """List who sends warnings, and how that goes."""
    asked = cast("Request", request)
    shown = listed(request, Source.objects.all(), order=("id",), size=_SIZE)
    return page(
        request, "console/warnings/sources.html", door=DOOR, title=_("预警来源"), pager=shown.pager, total=shown.total,
        tabs=tabs(asked, "console:warning_sources"),
        rows=[(one, areas.node(one.area_id, asked.numbers)) for one in shown.items],
    )  # fmt: skip


def _found(key: UUID) -> Source:
    found = Source.objects.filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这个来源。"))
    return found


def _url(source: Source) -> str:
    return reverse("console:warning_source", args=[source.key])


def _shown(request: HttpRequest, found: Source, secret: str = "") -> HttpResponse:
    asked = cast("Request", request)
    last = queries.visible(asked.actor).filter(source=found).order_by("-pk")[:_LAST]
    return page(
        request, "console/warnings/source.html", door=DOOR, title=found.name, source=found, secret=secret,
        crumbs=[Crumb(_("预警来源"), reverse("console:warning_sources")), Crumb(found.name)],
        area=areas.node(found.area_id, asked.numbers), rows=rows(asked, list(last)),
        post_url=request.build_absolute_uri(reverse("cap:post", args=[found.code])),
    )  # fmt: skip


@require_safe
@staff_only(SOURCES)
def source(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one source: where it posts or is fetched from, what it sent, what failed."""
    return _shown(request, _found(key))


@require_http_methods(["GET", "POST"])
@staff_only(SOURCES)
def add(request: HttpRequest) -> HttpResponse:
    """Let a source in."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = SourceForm(request.POST or None, asked=asked)

    def act(_values: dict[str, Any]) -> Done:
        made = acts.join(asked.actor, key=key, told=form.told(), at=asked.at)
        return Done(_url(made), _("已加上。给它一个密钥，或等着去取"))

    return save(
        request, form, act, template="console/warnings/source_form.html", door=DOOR, title=_("加预警来源"),
        verb=_("添加"), back_url=reverse("console:warning_sources"), client_id=key,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(SOURCES)
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Correct a source."""
    asked = cast("Request", request)
    found = _found(key)
    area = areas.node(found.area_id, asked.numbers)
    initial = {
        "name": found.name, "area": area.code if area else "", "is_trusted": found.is_trusted,
        "senders": "\n".join(found.senders), "feed_url": found.feed_url, "sender": found.sender, "seen": found.version,
    }  # fmt: skip
    form = SourceForm(request.POST or None, asked=asked, source=found, initial=initial)

    def act(values: dict[str, Any]) -> Done:
        acts.amend(asked.actor, source=found, told=form.told(), at=asked.at, seen=values["seen"])
        return Done(_url(found), _("已改好"))

    return save(
        request, form, act, template="console/warnings/source_form.html", door=DOOR, title=_("改预警来源"),
        verb=_("改好了"), back_url=_url(found),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
@staff_only(SOURCES)
def renew_key(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a new key; it is shown on the answer of this request and never again."""
    asked = cast("Request", request)
    found = _found(key)
    if request.method == "POST":
        renewed, secret = acts.renew_key(asked.actor, source=found, at=asked.at)
        return _shown(request, renewed, secret)
    effect = _("新密钥只显示这一次。旧的马上不能用。") if found.secret_hash else _("密钥只显示这一次，请交给对方。")
    question = Question(_("给{name}新密钥").format(name=found.name), effect, _("给密钥"), _url(found), is_danger=False)
    return ask(request, NothingForm(None), question, lambda _values: Done(_url(found), ""), door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(SOURCES)
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take nothing more from it."""
    asked = cast("Request", request)
    found = _found(key)
    effect = _("它的密钥马上不能用，也不再去取。已经发布的预警不受影响。")
    question = Question(_("停用{name}").format(name=found.name), effect, _("停用"), _url(found))

    def act(_values: dict[str, Any]) -> Done:
        acts.close(asked.actor, source=found, at=asked.at)
        return Done(_url(found), _("已停用"))

    return ask(request, NothingForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)
