"""A page of a list: rows, how many there are, and the way forth and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode

from lianxin.faces.parts.shapes import Page
from lianxin.kernel.paging import page as cut

M = TypeVar("M", bound=Model)
COUNTED = 200  # beyond that the figure says "200+": an exact one would cost more than it tells


@dataclass(frozen=True, slots=True)
class Listed(Generic[M]):
    """The rows of one page, with its pager and the figure in the heading."""

    items: list[M]
    pager: Page
    total: str


def listed(request: HttpRequest, found: QuerySet[M], *, order: Sequence[str], size: int) -> Listed[M]:
    """Cut the page the address asks for. Two statements; raises Invalid for a cursor not of this list."""
    rows = cut(found, order=order, after=request.GET.get("after"), size=size)
    counted = found.order_by().values("pk")[: COUNTED + 1].count()
    first = _first(request)
    count = len(rows.items)
    pager = Page(
        first=first if count else 0,
        last=first + count - 1 if count else 0,
        total=counted if counted <= COUNTED else None,
        previous_url=_to(request, rows.previous, max(1, first - size)),
        next_url=_to(request, rows.next, first + count),
    )
    return Listed(rows.items, pager, str(counted) if counted <= COUNTED else f"{COUNTED}+")


def _first(request: HttpRequest) -> int:
    given = request.GET.get("first", "")
    return int(given) if given.isdecimal() and len(given) < 9 and "after" in request.GET else 1


def _to(request: HttpRequest, cursor: str | None, first: int) -> str:
    if cursor is None:
        return ""
    kept = [(name, value) for name in request.GET for value in request.GET.getlist(name)
            if name not in {"after", "first", "case", "panel"}]  # fmt: skip
    return f"{request.path}?{urlencode([*kept, ('after', cursor), ('first', first)])}"
