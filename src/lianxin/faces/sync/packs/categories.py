"""What there is to report, with the words that speak for each, so that a phone proposes without a signal."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.text import initials
from lianxin.work.cases.actions.filing import usual_of
from lianxin.work.cases.evidence import FOR_HANDLING
from lianxin.work.cases.models import FilingStandard
from lianxin.work.dispatch.proposals import CategoryNode
from lianxin.work.dispatch.queries import catalogue
from lianxin.work.dispatch.telling import Words, telling_words


class PackCategoryOut(BaseModel):
    """A category to report by: words with how much each speaks for it (0 to 1), photos that its solution demands."""

    code: str
    name: str
    initials: str
    path: list[str]
    kind: str
    severity: str
    words: list[tuple[str, float]]
    photos: list[str]


class CategoriesPackOut(BaseModel):
    """All categories at the ends of the catalogue, in its order."""

    items: list[PackCategoryOut]


@section("categories", out=CategoriesPackOut, order=20)
def categories(actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]) -> CategoriesPackOut | None:  # noqa: ARG001
    """Return the categories. One statement."""
    if not actor.may("cases.report"):
        return None
    standards: dict[int, list[FilingStandard]] = defaultdict(list)
    rows = FilingStandard.objects.filter(valid_to=None).only("category_id", "row", "severity", "evidence")
    for row in rows:
        standards[row.category_id].append(row)
    telling = telling_words(numbers)
    leaves = catalogue(numbers).leaves
    return CategoriesPackOut(items=[_out(leaf, standards[leaf.id], telling.get(leaf.code, ())) for leaf in leaves])


def _out(leaf: CategoryNode, standards: list[FilingStandard], words: Words) -> PackCategoryOut:
    usual = usual_of(standards)
    return PackCategoryOut(
        code=leaf.code,
        name=leaf.name,
        initials=initials(leaf.name),
        path=list(leaf.path[:-1]),
        kind=leaf.kind,
        severity=usual.severity if usual else "normal",
        words=[(word, round(weight, 2)) for word, weight in words],
        photos=[label for label in (usual.evidence if usual else []) if label in FOR_HANDLING],
    )
