"""Bring filing standards (立案标准) in. A changed row ends and a new version begins; old cases keep theirs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.areas.acting import Acting, demand, draft
from lianxin.kernel.errors import Invalid
from lianxin.kernel.journal import writing
from lianxin.work.cases.evidence import LABELS
from lianxin.work.cases.models import FilingStandard
from lianxin.work.cases.words import Severity
from lianxin.work.dispatch.models import Category
from lianxin.work.dispatch.queries import SCHEME

_CONTENT = (
    "condition", "severity", "limit_value", "limit_unit", "closing_condition", "evidence", "unit_kind", "basis",
    "verification", "sample_percent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StandardRow:
    """A row to be, of a category by code; `row` tells rows of one category apart."""

    category: str
    row: str
    condition: str
    severity: str
    limit_value: int
    limit_unit: str
    closing_condition: str = ""
    evidence: tuple[str, ...] = ()
    unit_kind: str = ""
    basis: str = ""
    verification: str = "field"
    sample_percent: int = 100

    @property
    def key(self) -> str:
        """Return the name of the row in reports."""
        return f"{self.category}/{self.row}"


@dataclass(slots=True)
class Loaded:
    """What a load did, by category and row."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


@transaction.atomic
def load_standards(actor: Acting, rows: Iterable[StandardRow], *, at: datetime, replace: bool = False) -> Loaded:
    """Bring rows in by category and row; the same again changes nothing. `replace` ends rows not named.

    Raises Invalid for unknown categories, severities and evidence, and for a row that stands twice.
    """
    demand(actor, "config.manage", _("管理立案标准"))
    wanted = list(rows)
    categories = dict(Category.objects.filter(scheme=SCHEME).values_list("code", "pk"))
    _check(wanted, categories)
    latest = _latest()
    loaded = Loaded()
    ending: list[FilingStandard] = []
    beginning: list[FilingStandard] = []
    for row in wanted:
        old = latest.pop(row.key, None)
        content = _content(row)
        if old is not None and old.valid_to is None and all(getattr(old, name) == content[name] for name in _CONTENT):
            loaded.unchanged.append(row.key)
            continue
        is_in_force = old is not None and old.valid_to is None
        (loaded.changed if is_in_force else loaded.created).append(row.key)
        if old is not None and is_in_force:
            ending.append(old)
        version = old.version + 1 if old is not None else 1
        beginning.append(
            FilingStandard(category_id=categories[row.category], row=row.row, version=version, valid_from=at, **content)
        )
    if replace:
        gone = {key: old for key, old in latest.items() if old.valid_to is None}
        ending += gone.values()
        loaded.ended += gone
    _write(actor, ending, beginning, at)
    return loaded


@transaction.atomic
def end_standards(actor: Acting, *, rows: Iterable[FilingStandard], at: datetime) -> int:
    """Let rows end; cases filed by them keep them. Returns how many were in force."""
    demand(actor, "config.manage", _("管理立案标准"))
    wanted = [row.pk for row in rows]
    ending = list(FilingStandard.objects.select_for_update().filter(pk__in=wanted, valid_to=None))
    if ending:
        _write(actor, ending, [], at)
    return len(ending)


def _latest() -> dict[str, FilingStandard]:
    rows = FilingStandard.objects.filter(category__scheme=SCHEME).select_related("category").order_by("version")
    return {f"{row.category.code}/{row.row}": row for row in rows}


def _content(row: StandardRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _CONTENT} | {"evidence": list(row.evidence)}


def _check(rows: list[StandardRow], categories: dict[str, int]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.key in seen:
            raise Invalid(
                {"row": _("分类 {category} 的第 {row} 行标准出现了两次。").format(category=row.category, row=row.row)}
            )
        seen.add(row.key)
        if row.category not in categories:
            raise Invalid({"category": _("没有分类 {code}。").format(code=row.category)})
        if row.severity not in Severity.values:
            raise Invalid({"severity": _("没有级别 {severity}。").format(severity=row.severity)})
        unknown = [label for label in row.evidence if label not in LABELS]
        if unknown:
            raise Invalid({"evidence": _("没有这种证据：{labels}。").format(labels="、".join(unknown))})


def _write(actor: Acting, ending: list[FilingStandard], beginning: list[FilingStandard], at: datetime) -> None:
    for old in ending:
        old.valid_to = at
    FilingStandard.objects.bulk_update(ending, ["valid_to"], batch_size=500)
    FilingStandard.objects.bulk_create(beginning, batch_size=500)
    writing.append(
        [draft(actor, "filing_standard", row.pk, "end", at=at, version=row.version) for row in ending]
        + [
            draft(actor, "filing_standard", row.pk, "begin", at=at, version=row.version, after=_facts(row))
            for row in beginning
        ]
    )


def _facts(row: FilingStandard) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("category_id", "row", *_CONTENT)}
