"""Which cases are taken along as a list: those of the list of cases, or those behind a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lianxin.faces.console import filtering
from lianxin.faces.identity.request import Request
from lianxin.insight.tables import lists
from lianxin.kernel.errors import NotFound

_SALT = "lianxin.console.lists"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases, in data and in words, and where one came from."""

    which: Mapping[str, Any]
    about: str
    back_url: str


def export_url(request: Request, which: Mapping[str, Any], about: str) -> str:
    """Return where the cases behind a number are taken along, for who may; the address is sealed against changes."""
    if not request.actor.may(lists.PERMISSION):
        return ""
    told = {"which": dict(which), "about": about, "back": request.get_full_path()}
    return f"{reverse('console:case_list_add')}?{urlencode({'number': signing.dumps(told, salt=_SALT, compress=True)})}"


def wanted(request: Request) -> Wanted:
    """Return which cases the address names. Raises NotFound for a number that was not given by us."""
    if sealed := request.GET.get("number"):
        try:
            told = signing.loads(sealed, salt=_SALT, max_age=24 * 3600)
        except signing.BadSignature:
            raise NotFound(_("这个地址不完整或过了一天，请从数字后面的列表重新按“导出”。")) from None
        return Wanted(told["which"], told["about"], told["back"])
    filters = filtering.read(request.GET, at=request.at, numbers=request.numbers)
    chips = filtering.chips(request.GET, request.path, at=request.at, numbers=request.numbers)
    state = {False: _("在办"), True: _("已办结"), None: _("全部")}[filters.ended]
    about = _("案卷：{about}").format(about="、".join([chip.label for chip in chips] or [state]))
    return Wanted(lists.of_filters(filters), about, f"{reverse('console:cases')}?{request.GET.urlencode()}")
