"""Photos and papers that a filing standard demands before a case is handled or closed (采集要求)."""

from django.utils.translation import gettext_lazy as _

from lianxin.kernel.files.queries import labels_of

from . import rules
from .models import Case

LABELS = {
    "before_near": _("处置前近景照片"),
    "before_far": _("处置前远景照片"),
    "after_near": _("处置后近景照片"),
    "after_far": _("处置后远景照片"),
    "record": _("处置记录"),
    "receipt": _("回执、文书"),
}
FOR_HANDLING = frozenset({"before_near", "before_far", "after_near", "after_far"})
FOR_CLOSING = FOR_HANDLING | {"record", "receipt"}


def missing(case: Case, wanted: frozenset[str]) -> list[str]:
    """Return the demanded labels, of those `wanted` now, that no stored photo of the case carries."""
    standard = case.standard
    labels = [label for label in (standard.evidence if standard else []) if label in wanted]
    if not labels:
        return []
    there = labels_of("case", case.pk)
    return [label for label in labels if label not in there]


def demand(case: Case, wanted: frozenset[str]) -> None:
    """Refuse, naming what is missing."""
    lacking = missing(case, wanted)
    if lacking:
        raise rules.demanded(lacking, {key: str(label) for key, label in LABELS.items()})
