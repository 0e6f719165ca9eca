"""Categories and the filing standard (分类与标准), to read: what is filed, in which time, and what closes it."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.paging_in_memory import paged
from lianxin.faces.identity.request import Request
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.work.cases.evidence import LABELS
from lianxin.work.cases.models import FilingStandard
from lianxin.work.dispatch.queries import catalogue

from .profile import DOOR, SEEN_BY, tabs


@require_safe
@staff_only(*SEEN_BY, "cases.view")
def standards(request: HttpRequest) -> HttpResponse:
    """List the rows in force by category."""
    asked = cast("Request", request)
    nodes = catalogue(asked.numbers)
    chosen, words = request.GET.get("category", ""), request.GET.get("words", "").strip()[:40]
    rows = FilingStandard.objects.filter(valid_to=None).select_related("category").order_by("category__code", "row")
    found = [
        row
        for row in rows
        if row.category.code.startswith(chosen) and (words in row.category.name or words in row.condition)
    ]
    shown, pager = paged(request, found, size=25)
    return page(
        request,
        "operations/standards.html",
        door=DOOR,
        title=_("分类与标准"),
        tabs=tabs(asked),
        pager=pager,
        words=words,
        may_change=asked.actor.scope("config.manage").everywhere,
        chosen=chosen,
        total=len(found),
        majors=nodes.children(None),
        counts=[len([node for node in nodes.nodes if node.depth == depth]) for depth in (1, 2, 3)],
        rows=[
            {
                "row": row,
                "limit": Limit(row.limit_value, Unit(row.limit_unit)).label,
                "path": nodes.by_code[row.category.code].path
                if row.category.code in nodes.by_code
                else (row.category.name,),
                "evidence": [str(LABELS.get(label, label)) for label in row.evidence],
            }
            for row in shown
        ],
    )
