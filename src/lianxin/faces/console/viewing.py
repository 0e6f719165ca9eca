"""Saved views as the seat's page and the list show them: the menu, the address each stands for, where a page begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from lianxin.faces.identity.request import Request
from lianxin.insight.views import reading
from lianxin.insight.views.models import SavedView
from lianxin.insight.views.queries import Seen, views_of
from lianxin.kernel.text import mask_name

PATHS = {"seat": "console:seat", "cases": "console:cases"}


@dataclass(frozen=True, slots=True)
class Line:
    """A view in the menu."""

    url: str
    name: str
    owner: str  # of another's, masked
    current: bool
    is_default: bool
    is_subscribed: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """The views of a page, the one that is open, and where to save what is shown now."""

    lines: list[Line]
    current: str
    save_url: str
    manage_url: str
    plain_url: str


def menu(asked: Request, page: str, path: str, views: Sequence[Seen] | None = None) -> Menu:
    """Return the views the reader may use here; `views` where they are read already."""
    key = asked.GET.get("view", "")
    lines = [_line(seen, key) for seen in (views_of(asked.actor, page) if views is None else views)]
    words = reading.kept(asked.GET)
    return Menu(
        lines=lines,
        current=next((line.name for line in lines if line.current), ""),
        save_url=f"{reverse('console:view_save')}?page={page}&{words}" if words else "",
        manage_url=reverse("console:views"),
        # Words, so that the view one begins with does not come instead.
        plain_url=f"{path}?{'tab=all' if page == 'seat' else 'state=open'}",
    )


def _line(seen: Seen, key: str) -> Line:
    return Line(
        url=url_of(seen.view),
        name=seen.view.name,
        owner="" if seen.is_own else mask_name(seen.view.owner.name),
        current=str(seen.view.key) == key,
        is_default=seen.is_default,
        is_subscribed=seen.every_minutes is not None,
    )


def url_of(view: SavedView) -> str:
    """Return the address of the list that a view stands for."""
    words = QueryDict(view.words, mutable=True)
    words["view"] = str(view.key)
    return f"{reverse(PATHS[view.page])}?{words.urlencode()}"


def default_url(views: Sequence[Seen]) -> str:
    """Return where the reader's page begins; "" where they chose nothing."""
    found = next((seen for seen in views if seen.is_default), None)
    return url_of(found.view) if found is not None else ""
