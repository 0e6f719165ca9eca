"""Everything that writes: categories, examples, training, rulings in the shadow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from procrastinate.exceptions import AlreadyEnqueued

from lianxin.foundation.areas.acting import Acting, demand, draft
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.journal import writing
from lianxin.work.dispatch import jobs
from lianxin.work.dispatch.learning.words import words_key
from lianxin.work.dispatch.models import Category, Example, Model, ShadowRuling
from lianxin.work.dispatch.proposals import Decision, Proposal
from lianxin.work.dispatch.queries import SCHEME

_CATEGORIES = "管理分类"
_MODELS = "管理派遣模型"
KEPT = 5  # models whose arrays stay, to go back to
TRAINING_LOCK = 0x6469_7370  # "disp": one training at a time, in whatever process

# Longer texts teach nothing more (the classifier reads no further) and would hold personal stories.
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category to be: `parent` is a code, "" for a major class."""

    code: str
    name: str
    kind: str
    parent: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    public_name: str = ""
    active: bool = True
    sort: int = 0  # among its neighbours; equals come by code


@dataclass(frozen=True, slots=True)
class Learnt:
    """A text whose category people have decided."""

    category: str  # a code
    text: str
    source: str = Example.Source.CASE


@dataclass(slots=True)
class Loaded:
    """What a load did, by codes."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@transaction.atomic
def load_categories(actor: Acting, rows: Iterable[CategoryRow], *, at: datetime, dry_run: bool = False) -> Loaded:
    """Bring categories in; those known are brought up to date, those not named stay.

    The same again changes nothing. Raises Invalid for a double, an unknown parent or a fourth level.
    """
    demand(actor, "dispatch.manage", _CATEGORIES)
    known = {category.code: category for category in Category.objects.filter(scheme=SCHEME)}
    loaded, drafts = Loaded(), []
    for row in _parents_first(rows, known):
        category = known.get(row.code)
        wanted = _wanted(row, known.get(row.parent))
        if category is None:
            loaded.created.append(row.code)
            category = known[row.code] = Category(scheme=SCHEME, code=row.code, **wanted)
            action, before = "create", {}
        elif any(getattr(category, name) != value for name, value in wanted.items()):
            loaded.changed.append(row.code)
            action, before = "amend", _facts(category)
            for name, value in wanted.items():
                setattr(category, name, value)
        else:
            loaded.unchanged.append(row.code)
            continue
        if not dry_run:
            category.save()
            after = _facts(category)
            drafts.append(draft(actor, "category", category.pk, action, at=at, before=before, after=after))
    if drafts:
        writing.append(drafts)
        versions.bump("categories")
    return loaded


@transaction.atomic
def learn(examples: Iterable[Learnt], *, at: datetime) -> int:
    """Keep examples for the next training and return how many were new or changed.

    Of the same words the latest decision counts, but a closed case never overrules a correction and a profile
    overrules nothing. Categories that are not there are passed over. Two statements, however many examples.
    """
    ids = dict(Category.objects.filter(scheme=SCHEME).values_list("code", "pk"))
    latest = {
        words_key(example.text): (ids[example.category], example.text[:LONGEST], example.source)
        for example in examples
        if example.category in ids and example.text.strip()
    }
    if not latest:
        return 0
    rows = [(key, category, text, source, at) for key, (category, text, source) in sorted(latest.items())]
    keys, categories, texts, sources, times = map(list, zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, [keys, categories, texts, sources, times])
        return int(cursor.rowcount)


_LEARN = """
INSERT INTO dispatch_example AS old (text_hash, category_id, text, source, at)
SELECT * FROM unnest(%s::bytea[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
ON CONFLICT (text_hash) DO UPDATE SET category_id = excluded.category_id, source = excluded.source, at = excluded.at
WHERE array_position(ARRAY['profile', 'case', 'correction'], excluded.source::text)
      >= array_position(ARRAY['profile', 'case', 'correction'], old.source::text)
  AND (old.category_id, old.source) IS DISTINCT FROM (excluded.category_id, excluded.source)
"""


@transaction.atomic
def add_model(trained: Any, *, at: datetime, note: str, activate: bool) -> Model:
    """Keep a trained classifier; taken into use it is told to all processes with this commit."""
    version = (Model.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    if activate:
        Model.objects.filter(active=True).update(active=False)
    model = Model.objects.create(
        version=version,
        digest=trained.classifier.digest,
        trained_at=at,
        arrays=trained.classifier.to_bytes(),
        judged={key.hex(): code for key, code in trained.judged.items()},
        metrics=asdict(trained.metrics),
        example_count=trained.metrics.examples,
        active=activate,
        note=note,
    )
    kept = Model.objects.order_by("-version").values_list("pk", flat=True)[:KEPT]
    Model.objects.filter(active=False).exclude(pk__in=list(kept)).update(arrays=None, judged=None)
    if activate:
        versions.bump("classifier")
    return model


@transaction.atomic
def activate_model(actor: Acting, *, version: int, reason: str, at: datetime) -> Model:
    """Take an earlier model into use again. Raises NotFound, or Refused when its arrays are gone."""
    demand(actor, "dispatch.manage", _MODELS)
    model = Model.objects.select_for_update().filter(version=version).first()
    if model is None:
        raise NotFound(_("没有这个版本的模型。"))
    if model.arrays is None:
        raise Refused("model_pruned", _("这个版本的模型已清理，只保留最近 {count} 个。").format(count=KEPT))
    Model.objects.filter(active=True).exclude(pk=model.pk).update(active=False)
    model.active, model.note = True, reason
    model.save(update_fields=["active", "note"])
    writing.append([draft(actor, "dispatch_model", model.pk, "activate", at=at, note=reason, version=version)])
    versions.bump("classifier")
    return model


def ask_training(actor: Acting, *, at: datetime) -> None:
    """Let the worker train at once, as it does each night. Raises Refused when a training waits already."""
    demand(actor, "dispatch.manage", _MODELS)
    try:
        with transaction.atomic():
            jobs.retrain_now.defer()
            newest = Model.objects.order_by("-version").values_list("pk", flat=True).first()
            writing.append([draft(actor, "dispatch_model", newest or 0, "train", at=at)])
    except AlreadyEnqueued:
        raise Refused("training_waits", _("已有一次训练在排队，请等它跑完。")) from None


def propose_in_shadow(subject: str, proposal: Proposal, decision: Decision, *, at: datetime) -> None:
    """Note what dispatch would do with a subject. The first note stays."""
    best = proposal.best
    ShadowRuling.objects.bulk_create(
        [
            ShadowRuling(
                subject=subject,
                proposed_category=best.category.code if best else "",
                confidence=best.confidence if best else 0.0,
                proposed_unit_id=best.ruling.lead_unit.id if best and best.ruling else None,
                would_dispatch=decision.would,
                model_version=proposal.model_version,
                proposed_at=at,
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def record_ruling(subject: str, *, category: str, unit_id: int | None, at: datetime) -> bool | None:
    """Note what people decided; return whether dispatch was right, None when it had not been asked.

    Right means the category, and the unit too where people chose one. A later decision replaces an earlier one.
    """
    ruling = ShadowRuling.objects.select_for_update().filter(subject=subject).first()
    if ruling is None:
        return None
    ruling.decided_category, ruling.decided_unit_id, ruling.decided_at = category, unit_id, at
    is_same_unit = unit_id is None or unit_id == ruling.proposed_unit_id
    ruling.right = category == ruling.proposed_category and is_same_unit
    ruling.save(update_fields=["decided_category", "decided_unit_id", "decided_at", "right"])
    return ruling.right


def _parents_first(rows: Iterable[CategoryRow], known: Mapping[str, Category]) -> list[CategoryRow]:
    """Return the rows with each parent before its children, or raise Invalid."""
    waiting: Sequence[CategoryRow] = list(rows)
    codes = [row.code for row in waiting]
    if doubles := sorted({code for code in codes if codes.count(code) > 1}):
        raise Invalid({"code": _("分类编码重复：{codes}。").format(codes="、".join(doubles))})
    placed: list[CategoryRow] = []
    there = set(known)
    while waiting:
        ready = [row for row in waiting if not row.parent or row.parent in there]
        if not ready:
            missing = "、".join(sorted({row.parent for row in waiting}))
            raise Invalid({"parent": _("没有这些上级分类：{codes}。").format(codes=missing)})
        placed += ready
        there.update(row.code for row in ready)
        waiting = [row for row in waiting if row.code not in there]
    return placed


def _wanted(row: CategoryRow, parent: Category | None) -> dict[str, Any]:
    depth = parent.depth + 1 if parent else 1
    if depth > 3:
        raise Invalid({"parent": _("分类最多三级，{code} 在第四级。").format(code=row.code)})
    return {
        "parent_id": parent.pk if parent else None,
        "depth": depth,
        "name": row.name,
        "public_name": row.public_name,
        "kind": row.kind,
        "description": row.description,
        "keywords": list(row.keywords),
        "active": row.active,
        "sort": row.sort,
    }


def _facts(category: Category) -> dict[str, Any]:
    names = ("parent_id", "name", "public_name", "kind", "description", "keywords", "active", "sort")
    return {name: getattr(category, name) for name in names}
