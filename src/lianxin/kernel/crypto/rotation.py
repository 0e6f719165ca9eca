"""Moving sealed columns to the active key, beside running work: every value sealed anew, every hash made anew.

keys.add(path)          the new key seals from now on; the old ones still open and are still looked up by
reseal_all()            afterwards nothing needs the old ones
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction

from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.kernel.crypto.sealing import blind_index, key_ring


@dataclass(frozen=True, slots=True)
class Column:
    """A sealed column of a table."""

    model: type[models.Model]
    field: "EncryptedTextField[str | None, str | None]"

    @property
    def label(self) -> str:
        """Return `app.model.field`, as people who operate it know it."""
        return f"{self.model._meta.label_lower}.{self.field.name}"

    def stale(self) -> "models.QuerySet[models.Model]":
        """Return the rows another key than the active one has sealed."""
        rows = self.model._default_manager.filter(**{f"{self.field.name}__isnull": False})
        return rows.exclude(**{f"{self.field.name}__sealed_with": key_ring().active.id})


def columns() -> Iterator[Column]:
    """Yield every sealed column of the installation, whichever room it is in."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield Column(model, field)


def reseal_all(told: Callable[[str, int], object] = lambda _label, _rows: None) -> int:
    """Seal all columns anew under the active key and return how many values changed; `told` hears of each column."""
    total = 0
    for column in columns():
        changed = reseal(column.model, column.field.name)
        told(column.label, changed)
        total += changed
    return total


def reseal(model: type[models.Model], field: str, *, batch: int = 500) -> int:
    """Seal a column and its blind index anew, a batch in a transaction, and return how many rows changed.

    Safe beside running work and to be called again: rows locked by others are left for the next round, and
    done rows are not touched.
    """
    found = model._meta.get_field(field)
    if not isinstance(found, EncryptedTextField):
        raise TypeError(f"{field} is not sealed")
    column = Column(model, found)
    total, last = 0, None
    while taken := _reseal_batch(column, batch, last):
        total += len(taken)
        last = taken[-1].pk
    return total


def _reseal_batch(column: Column, batch: int, after: Any) -> list[models.Model]:
    name, hashed = column.field.name, column.field.hashed_in
    # Past the rows of the last batch, or each batch would read the whole table up to here again.
    rest = column.stale() if after is None else column.stale().filter(pk__gt=after)
    with transaction.atomic():
        taken = list(rest.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:batch])
        for row in taken:
            # The value itself is sealed anew by saving it; a hash that was not kept is not made up.
            if hashed and getattr(row, hashed) is not None:
                value = getattr(row, name)
                setattr(row, hashed, blind_index(value, column.field.hash_context).hash)
        if taken:
            column.model._default_manager.bulk_update(taken, [name, hashed] if hashed else [name])
    return taken
