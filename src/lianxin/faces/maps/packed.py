"""Whole columns of many rows in one answer: the database packs them, numpy unpacks them; no object a row is made."""

from typing import Any

import numpy as np
from django.db import models
from django.db.models import Aggregate, F, Func, QuerySet
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class _Packed(Aggregate):
    """The binary forms of a column behind one another, in the order in which the rows come."""

    function = "string_agg"
    output_field = models.BinaryField()

    def __init__(self, expression: Any, send: str) -> None:
        super().__init__(expression, send=send)

    template = "%(function)s(%(send)s(%(expressions)s), ''::bytea)"


class _Part(Func):
    """A number of a point: 0 its longitude, 1 its latitude."""

    output_field = models.FloatField()

    def __init__(self, name: str, part: int) -> None:
        super().__init__(F(name), template=f"(%(expressions)s)[{part}]")


def columns(rows: QuerySet[Any], point: str) -> tuple[Ints, Floats, Floats]:
    """Return ids, longitudes and latitudes of the rows. One statement, whose three columns share one order."""
    told = rows.order_by().aggregate(
        ids=_Packed(F("pk"), "int8send"), lons=_Packed(_Part(point, 0), "float8send"),
        lats=_Packed(_Part(point, 1), "float8send"),
    )  # fmt: skip
    ids = np.frombuffer(told["ids"] or b"", dtype=">i8").astype(np.int64)
    lons, lats = (np.frombuffer(told[name] or b"", dtype=">f8").astype(np.float64) for name in ("lons", "lats"))
    return ids, lons, lats
