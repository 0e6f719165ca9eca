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


def listed(
    request: HttpRequest, found: QuerySet[M], *, order: Sequence[str], size: int, is_counted: bool = True,
    path: str = "",
) -> Listed[M]:  # fmt: skip
    """Cut the page the address asks for; raises Invalid for a cursor not of this list.

    Two statements, one when it is not counted: then the figure says what was seen, such as "20+". That is for
    lists by words, where counting costs as much again as finding. `path` is the list's address
    where a piece of it is drawn.
    """
    rows = cut(found, order=order, after=request.GET.get("after"), size=size)
    first = _first(request)
    count = len(rows.items)
    seen = first + count - 1 if count else 0
    counted = found.order_by().values("pk")[: COUNTED + 1].count() if is_counted else seen
    is_all = counted <= COUNTED if is_counted else rows.next is None
    pager = Page(
        first=first if count else 0,
        last=seen,
        total=counted if is_all else None,
        previous_url=_to(request, path, rows.previous, max(1, first - size)),
        next_url=_to(request, path, rows.next, first + count),
    )
    return Listed(rows.items, pager, str(counted) if is_all else f"{min(counted, COUNTED)}+")


def _first(request: HttpRequest) -> int:
    given = request.GET.get("first", "")
    return int(given) if given.isdecimal() and len(given) < 9 and "after" in request.GET else 1


def _to(request: HttpRequest, path: str, cursor: str | None, first: int) -> str:
    if cursor is None:
        return ""
    kept = [(name, value) for name in request.GET for value in request.GET.getlist(name)
            if name not in {"after", "first", "case", "panel"}]  # fmt: skip
    return f"{path or request.path}?{urlencode([*kept, ('after', cursor), ('first', first)])}"
