"""How a big screen is arranged: pages of a left column, the middle, and a right column. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.kernel.errors import Invalid

MOST_PAGES = 5
SLOTS = 3  # blocks in a column; with the middle seven at most
TURN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One page: codes of widgets by column, and what stands in the middle."""

    title: str | Promise
    left: tuple[str, ...]
    middle: str
    right: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """All widgets of the page."""
        return (*self.left, self.middle, *self.right)

    def kept(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"title": str(self.title), "left": list(self.left), "middle": self.middle, "right": list(self.right)}


OWN: tuple[Arrangement, ...] = (
    Arrangement(gettext_lazy("一屏知全域"), ("today", "stuck"), "map", ("units", "late", "satisfaction")),
    Arrangement(gettext_lazy("来了多少，办了多少"), ("trend", "channels"), "heat", ("categories", "areas")),
    Arrangement(gettext_lazy("网格在做什么"), ("field", "base"), "map", ("areas", "supervised")),
)


def read(pages: Iterable[Mapping[str, Any]], known: Iterable[str]) -> tuple[Arrangement, ...]:
    """Return what is stored, without widgets that are no more; the house's own where nothing is left."""
    there = set(known)
    found = []
    for page in pages:
        columns = [tuple(code for code in page.get(side, ()) if code in there) for side in ("left", "right")]
        middle = page.get("middle", "") if page.get("middle") in there else ""
        if any(columns) or middle:
            found.append(Arrangement(str(page.get("title", "")), columns[0], middle, columns[1]))
    return tuple(found) or OWN


def checked(pages: Sequence[Arrangement], narrow: Iterable[str], wide: Iterable[str]) -> tuple[Arrangement, ...]:
    """Return the pages that hold something. Raises Invalid with a fault for each page that cannot be drawn."""
    sides, middles = set(narrow), set(wide)
    used = [page for page in pages if any(page.codes)]
    faults: dict[str, str] = {}
    for number, page in enumerate(used, start=1):
        codes = [code for code in page.codes if code]
        where = f"page_{number}"
        if not str(page.title).strip():
            faults[where] = _("第 {number} 页还没有名字。").format(number=number)
        elif page.middle not in middles:
            faults[where] = _("第 {number} 页的中间还空着。").format(number=number)
        elif not {*page.left, *page.right} <= sides:
            faults[where] = _("第 {number} 页有认不得的内容，请重选。").format(number=number)
        elif len(codes) != len(set(codes)):
            faults[where] = _("第 {number} 页里同一块放了两次。").format(number=number)
        elif max(len(page.left), len(page.right)) > SLOTS:
            faults[where] = _("第 {number} 页一边最多放 {most} 块。").format(number=number, most=SLOTS)
    if not used:
        faults["page_1"] = _("至少要有一页。")
    if len(used) > MOST_PAGES:
        faults["page_1"] = _("最多 {most} 页。").format(most=MOST_PAGES)
    if faults:
        raise Invalid(faults)
    return tuple(used)
