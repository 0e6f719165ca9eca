"""Rows into tables by COPY: the columns of a model, sealed where the model seals."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.kernel.crypto.sealing import sealer


def new_ids(table: str, count: int) -> Sequence[int]:
    """Take ids ahead."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def copy_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write new rows; `names` are columns (`home_id`). What is not named has the default of the model."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    rest = [field for field in fields.values() if field.column not in names and not field.primary_key]
    defaults = [field.get_default() for field in rest]
    sealed = [
        (place, sealer(fields[name].context))  # type: ignore[attr-defined]
        for place, name in enumerate(names)
        if isinstance(fields[name], EncryptedTextField)
    ]
    columns = ", ".join(f'"{name}"' for name in (*names, *(field.column for field in rest)))
    with connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            values = [*row, *defaults]
            for place, seal in sealed:
                if isinstance(values[place], str):
                    values[place] = seal(values[place])
            copy.write_row(values)
