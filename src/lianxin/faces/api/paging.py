"""Pages of lists: a cursor that stays right while rows come and go, and its address in the Link header."""

from typing import Annotated, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from pydantic import BaseModel, Field

from lianxin.faces.acts.kinds import Input, Line
from lianxin.kernel.paging import MOST, page

from .calling import Call, answer

M = TypeVar("M", bound=Model)


class PageIn(Input):
    """Where a page begins and how long it is."""

    after: Annotated[Line | None, Field(max_length=1000, title="翻页标记（上一页给的 next）")] = None
    size: Annotated[int, Field(ge=1, le=MOST, title="每页几条")] = 50

    def cut(self, rows: QuerySet[M], *order: str) -> tuple[list[M], str | None]:
        """Return the rows of this page, and the cursor of the next if there is one. One statement."""
        found = page(rows, order=order, after=self.after, size=self.size)
        return found.items, found.next


class BeforeIn(Input):
    """A page of what only grows: numbers below `before`, the latest first."""

    before: Annotated[int | None, Field(ge=1, le=2**63 - 1, title="从哪个编号往前")] = None
    size: Annotated[int, Field(ge=1, le=MOST, title="每页几条")] = 50


class Page(BaseModel):
    """A page; `next` goes into `after`."""

    next: str | None


def linked(call: Call, out: BaseModel, *, name: str = "after") -> HttpResponse:
    """Answer a page, with the address of the next one in a Link header."""
    following = getattr(out, "next", None)
    response = answer(out)
    if following is not None:
        query = call.request.GET.copy()
        query[name] = str(following)
        response["Link"] = f'<{call.request.path}?{urlencode(list(query.lists()), doseq=True)}>; rel="next"'
    return response
