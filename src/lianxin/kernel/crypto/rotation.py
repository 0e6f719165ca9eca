"""Moving sealed columns to the active key after `keys.add`."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models, transaction

from lianxin.kernel.crypto.sealing import key_ring


def reseal(
    model: type[models.Model],
    field: str,
    *,
    beside: Callable[[Any], Mapping[str, Any]] | None = None,
    batch: int = 500,
) -> int:
    """Seal a column anew under the active key, a batch in a transaction, and return how many rows changed.

    `beside` gives the columns that go with a row's value, such as its blind index. Safe beside running work and
    to be called again: rows locked by others are left for the next round, and done rows are not touched.
    """
    total = 0
    while changed := _reseal_batch(model, field, beside, batch):
        total += changed
    return total


def _reseal_batch(
    model: type[models.Model], field: str, beside: Callable[[Any], Mapping[str, Any]] | None, batch: int
) -> int:
    rows = model._default_manager.filter(**{f"{field}__isnull": False})
    stale = rows.exclude(**{f"{field}__sealed_with": key_ring().active.id})
    with transaction.atomic():
        taken = list(stale.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:batch])
        columns = [field]
        for row in taken:
            # The value itself is sealed anew by saving it.
            extra = beside(row) if beside else {}
            columns = [field, *extra]
            for name, value in extra.items():
                setattr(row, name, value)
        if taken:
            model._default_manager.bulk_update(taken, columns)
    return len(taken)
