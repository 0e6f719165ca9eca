"""Pages of lists that stand in memory whole, such as units and the responsibility list."""

from collections.abc import Sequence
from typing import TypeVar

from django.http import HttpRequest

from lianxin.faces.parts.shapes import Page

T = TypeVar("T")


def paged(request: HttpRequest, rows: Sequence[T], *, size: int) -> tuple[Sequence[T], Page]:
    """Return the rows of the page that the address asks for (`from`, counted from 1), and the way on and back."""
    given = request.GET.get("from", "")
    first = min(int(given), len(rows)) if given.isdecimal() and len(given) < 7 else 1
    start = max(0, first - 1)
    shown = rows[start : start + size]
    return shown, Page(
        first=start + 1 if shown else 0,
        last=start + len(shown),
        total=len(rows),
        previous_url=_to(request, max(1, start + 1 - size)) if start else "",
        next_url=_to(request, start + size + 1) if start + size < len(rows) else "",
    )


def _to(request: HttpRequest, first: int) -> str:
    query = request.GET.copy()
    query["from"] = str(first)
    return f"{request.path}?{query.urlencode()}"
