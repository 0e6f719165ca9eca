"""Train the classifier anew from the kept examples and take it into use if it is no worse. Worker only."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from lianxin.work.dispatch import actions
from lianxin.work.dispatch.learning.quality import macro_f1_of
from lianxin.work.dispatch.learning.training import Sample, TooFewExamplesError, Trained, train
from lianxin.work.dispatch.models import Example, Model
from lianxin.work.dispatch.queries import Catalogue

A_CATEGORY = 200  # of each category the newest that many: old words lose to new ones, and training stays minutes
WORSE = 0.005  # less than this is chance


def retrain(*, at: datetime, force: bool = False) -> Model | None:
    """Train from all examples; the new model is kept, and active unless it is worse than the one in use.

    The two are compared by macro-F1 on the examples that each judged without having seen them, against
    what people decided. `force` takes it into use all the same. Returns None when there is nothing to
    train from, when nothing has changed since the last training, or when another training is running.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [actions.TRAINING_LOCK])
        if not cursor.fetchone()[0]:
            return None
        samples = [*_examples(), *_descriptions(Catalogue())]
        try:
            trained = train(samples)
        except TooFewExamplesError:
            return None
        newest = Model.objects.order_by("-version").first()
        if newest is not None and newest.digest == trained.classifier.digest and not force:
            return None
        decided = {sample.key: sample.code for sample in samples if sample.is_example}
        activate, note = _compare(trained, Model.objects.filter(active=True).first(), decided)
        if force and not activate:
            activate, note = True, note + _("按要求强制启用。")
        return actions.add_model(trained, at=at, note=note, activate=activate)


def _examples() -> list[Sample]:
    """Return the newest examples of each active category."""
    newest = Window(RowNumber(), partition_by=F("category"), order_by=[F("at").desc(), F("text_hash").asc()])
    leaves = [leaf.id for leaf in Catalogue().leaves]
    rows = Example.objects.filter(category__in=leaves).annotate(place=newest).filter(place__lte=A_CATEGORY)
    return [Sample(text, code) for text, code in rows.values_list("text", "category__code")]


def _descriptions(catalogue: Catalogue) -> list[Sample]:
    """Return each category's own words, so that one without examples is known by them."""
    return [
        Sample(f"{leaf.name}。{leaf.description}。{'，'.join(leaf.keywords)}", leaf.code, is_example=False)
        for leaf in catalogue.leaves
    ]


def _compare(trained: Trained, active: Model | None, decided: Mapping[bytes, str]) -> tuple[bool, str]:
    """Return whether to take the new one into use, and why, as a sentence."""
    if active is None:
        return True, _("首个模型，直接启用。")
    before = {bytes.fromhex(key): code for key, code in (active.judged or {}).items()}
    common = sorted(before.keys() & trained.judged.keys() & decided.keys())
    if not common:
        return True, _("与在用模型没有共同样例可比，直接启用。")
    truth = [decided[key] for key in common]
    old = macro_f1_of([before[key] for key in common], truth)
    new = macro_f1_of([trained.judged[key] for key in common], truth)
    figures = _("在 {count} 条共同样例上，新模型 {new:.3f}，在用模型 {old:.3f}。").format(
        count=len(common), new=new, old=old
    )
    if new < old - WORSE:
        return False, figures + _("新模型更差，未启用。")
    return True, figures + _("新模型不差，已启用。")
