"""Categories and the classifier in force, from memory; examples, models and shadow rulings from the tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from lianxin.kernel.versions import Versioned
from lianxin.work.dispatch.learning.classifier import Classifier
from lianxin.work.dispatch.models import Category, Model, ShadowRuling
from lianxin.work.dispatch.proposals import CategoryNode

SCHEME = "place"


class Catalogue:
    """The active categories of the place, each with its way down from the major class."""

    def __init__(self) -> None:
        rows = {row.pk: row for row in Category.objects.filter(scheme=SCHEME).order_by("sort", "code")}
        active = [row for row in rows.values() if _is_active(row, rows)]
        parents = {row.parent_id for row in active}
        self.nodes = tuple(_node(row, rows, is_leaf=row.pk not in parents) for row in active)
        self.by_code = {node.code: node for node in self.nodes}
        self.by_id = {node.id: node for node in self.nodes}
        self.leaves = tuple(node for node in self.nodes if node.is_leaf)

    def children(self, category_id: int | None) -> list[CategoryNode]:
        """Return the categories right below; None asks for the major classes."""
        return [node for node in self.nodes if node.parent_id == category_id]


def _is_active(row: Category, rows: Mapping[int, Category]) -> bool:
    """Tell whether a category and all above it are in use."""
    return row.active and (row.parent_id is None or _is_active(rows[row.parent_id], rows))


def _node(row: Category, rows: Mapping[int, Category], *, is_leaf: bool) -> CategoryNode:
    path = [row.name]
    above = row.parent_id
    while above is not None:
        path.append(rows[above].name)
        above = rows[above].parent_id
    return CategoryNode(
        id=row.pk,
        code=row.code,
        name=row.name,
        public_name=row.public_name or row.name,
        kind=row.kind,
        depth=row.depth,
        parent_id=row.parent_id,
        path=tuple(reversed(path)),
        description=row.description,
        keywords=tuple(word for word in row.keywords if word),
        is_leaf=is_leaf,
    )


@dataclass(frozen=True)
class InForce:
    """The classifier in use, or none yet, with its version."""

    version: int
    classifier: Classifier | None


def _load_classifier() -> InForce:
    model = Model.objects.filter(active=True).first()
    if model is None or model.arrays is None:
        return InForce(0, None)
    return InForce(model.version, Classifier.from_bytes(bytes(model.arrays)))


_catalogue: Versioned[Catalogue] = Versioned("categories", Catalogue)
_classifier: Versioned[InForce] = Versioned("classifier", _load_classifier)


def catalogue(numbers: Mapping[str, int] | None = None) -> Catalogue:
    """Return the categories in force; with this request's `numbers`, no statement unless they changed."""
    return _catalogue.get() if numbers is None else _catalogue.at(numbers)


def classifier(numbers: Mapping[str, int] | None = None) -> InForce:
    """Return the classifier in force; with this request's `numbers`, no statement unless it changed."""
    return _classifier.get() if numbers is None else _classifier.at(numbers)


@dataclass(frozen=True, slots=True)
class ShadowLine:
    """How dispatch would have done in one category. `sure` are those it would have dispatched by itself."""

    category: str
    name: str
    proposed: int
    decided: int
    right: int
    sure: int  # decided ones only
    sure_right: int
    wrong_category: int
    wrong_unit: int

    @property
    def right_share(self) -> float | None:
        """Return the share of decided ones that were right; None while nothing is decided."""
        return self.right / self.decided if self.decided else None

    @property
    def sure_error(self) -> float | None:
        """Return the share of wrong ones among those it would have dispatched; None while there are none."""
        return 1 - self.sure_right / self.sure if self.sure else None


def shadow_report(since: datetime, until: datetime) -> list[ShadowLine]:
    """Return what dispatch would have done in a time and how often it was right, by proposed category."""
    decided = Q(decided_at__isnull=False)
    same_category = Q(decided_category=F("proposed_category"))
    rows = (
        ShadowRuling.objects.filter(proposed_at__gte=since, proposed_at__lt=until)
        .values("proposed_category")
        .annotate(
            proposed=Count("pk"),
            decided=Count("pk", filter=decided),
            right_count=Count("pk", filter=Q(right=True)),
            sure=Count("pk", filter=decided & Q(would_dispatch=True)),
            sure_right=Count("pk", filter=Q(right=True, would_dispatch=True)),
            wrong_category=Count("pk", filter=decided & ~same_category),
            wrong_unit=Count("pk", filter=Q(right=False) & same_category),
        )
        .order_by("proposed_category")
    )
    names = dict(Category.objects.filter(scheme=SCHEME).values_list("code", "name"))
    return [
        ShadowLine(
            category=row["proposed_category"],
            name=names.get(row["proposed_category"], ""),
            proposed=row["proposed"],
            decided=row["decided"],
            right=row["right_count"],
            sure=row["sure"],
            sure_right=row["sure_right"],
            wrong_category=row["wrong_category"],
            wrong_unit=row["wrong_unit"],
        )
        for row in rows
    ]
