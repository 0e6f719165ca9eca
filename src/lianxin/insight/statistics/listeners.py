"""Statistics follow the feed: the cases a batch of entries tells of are folded together."""

from collections.abc import Sequence
from datetime import UTC, datetime

from lianxin.kernel.journal.listening import listens_to_subjects

from . import folding

BATCH = 5_000  # entries taken together


@listens_to_subjects(folding.CONSUMER, "case", batch=BATCH)
def follow(case_ids: Sequence[int]) -> None:
    """Bring facts and cubes to what these cases are now."""
    folding.fold(case_ids, at=datetime.now(UTC))
