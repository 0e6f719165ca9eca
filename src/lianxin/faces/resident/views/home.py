"""My community: what I reported, who looks after us, what goes on nearby, and whatever other rooms put here."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.resident import frame
from lianxin.faces.resident.blocks import Block, Line, block, elder_blocks, home_blocks
from lianxin.faces.resident.here import Here, here_of, workers_of
from lianxin.faces.resident.matters import matters
from lianxin.faces.resident.nearby import public_matters
from lianxin.faces.resident.views.warnings import on_home


@require_safe
@frame.resident_page
def home(request: HttpRequest) -> HttpResponse:
    """Show the page a resident comes to first."""
    asked = cast("Request", request)
    here = here_of(asked)
    is_elder = frame.is_elder(request)
    return frame.page(
        request, "resident/home.html", title=here.community.name if here else str(frame.texts(asked.numbers)["name"]),
        greeting=_greeting(asked), warnings=on_home(asked, here),
        blocks=(elder_blocks if is_elder else home_blocks)(asked, here),
        # In large print the telephone stands first and says who is on duty.
        workers=workers_of(here, asked.at) if is_elder else [],
        has_services=frame.modules(asked.numbers).get("services", False),
    )  # fmt: skip


def _greeting(asked: Request) -> str:
    """Greet by the hour, and by name whoever signed in and told theirs: this page is theirs alone."""
    said, name = words.greeting(asked.at), asked.actor.name if asked.actor.kind == "resident" else ""
    return _("%(name)s，%(greeting)s") % {"name": name, "greeting": said} if name else said


@block(order=20)
def _mine(asked: Request, _here: Here | None) -> Block:
    mine, total = matters(asked.actor, asked.at, asked.numbers, most=3)
    return Block("resident/blocks/mine.html", {"mine": mine, "total": total})


@block(order=30)
def _workers(asked: Request, here: Here | None) -> Block:
    if here is None:
        return Block("resident/blocks/nowhere.html")
    return Block("resident/blocks/workers.html", {"workers": workers_of(here, asked.at)})


@block(order=80)
def _around(asked: Request, here: Here | None) -> Block | None:
    if here is None:
        return None
    return Block("resident/blocks/around.html", {"around": public_matters(here.community.id, asked.at, asked.numbers)})


@block(order=10, elder=True)
def _elder_mine(asked: Request, _here: Here | None) -> Block | None:
    mine, _total = matters(asked.actor, asked.at, asked.numbers, most=1)
    return Block("resident/blocks/elder_matter.html", {"matter": mine[0]}) if mine else None


@block(order=90, elder=True)
def _elder_follow(asked: Request, _here: Here | None) -> Line:
    return Line("search", str(frame.texts(asked.numbers)["follow"]), _("用编号和手机号"), reverse("resident:follow"))


@require_safe
@frame.resident_page
def services(request: HttpRequest) -> HttpResponse:
    """List what can be done here now; there is no such page where the place has not switched it on."""
    asked = cast("Request", request)
    if not frame.modules(asked.numbers).get("services", False):
        raise Http404
    return frame.page(request, "resident/services.html", title=_("帮您办事"), back="/")
