"""A Django field for PostgreSQL's `point`, and look-ups that its GiST index answers.

`within_box=(west, south, east, north)` and `near=(lon, lat, metres)`; equality is exact.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import FloatField, Func, lookups
from django.db.models.sql.compiler import SQLCompiler

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Box, Point, around, metres_per_degree
from lianxin.kernel.typed_field import GetT_co, SetT_contra, TypedField

if TYPE_CHECKING:
    _Lookup = lookups.Lookup[Any]
else:
    _Lookup = lookups.Lookup

__all__ = ["Distance", "GistIndex", "Point", "PointField"]


class PointField(TypedField[SetT_contra, GetT_co]):
    """A place as `Point(lon, lat)`. Index it with `GistIndex(fields=[…], name=…)`; a box or `near` then uses it."""

    description = "Point (longitude, latitude)"
    _pyi_private_set_type: Point | tuple[float, float]
    _pyi_private_get_type: Point
    _pyi_lookup_exact_type: Point | tuple[float, float]

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 - Django's signature
        """Return the column's type."""
        return "point"

    def from_db_value(self, value: str | None, *_args: object) -> Point | None:
        """Read what the database sends."""
        return None if value is None else Point.from_sql(value)

    def to_python(self, value: Any) -> Point | None:
        """Take a point, a pair or the database's text; forms and fixtures come here."""
        if value is None or isinstance(value, Point):
            return value
        if isinstance(value, str):
            value = value.strip("() ").split(",")
        try:
            lon, lat = value
        except (TypeError, ValueError):
            lon = lat = None
        return Point.checked(lon, lat, field=self.name or "point")

    def get_prep_value(self, value: Any) -> Any:
        """Return the database's text form of a point or pair."""
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        lon, lat = value
        return Point(lon, lat).sql

    def value_to_string(self, obj: models.Model) -> str:
        """Return the text form for fixtures."""
        value = self.get_prep_value(self.value_from_object(obj))
        return "" if value is None else str(value)


@PointField.register_lookup
class SamePlace(_Lookup):
    """Equality: PostgreSQL calls it `~=` for points."""

    lookup_name = "exact"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Return the comparison."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ~= {right}::point", [*left_params, *right_params]


class _Window(_Lookup):
    """A look-up whose right side is plain numbers."""

    prepare_rhs = False

    def window(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, box: Box) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        text = f"({box.west!r},{box.south!r}),({box.east!r},{box.north!r})"
        return f"{left} <@ %s::box", [*params, text]


@PointField.register_lookup
class WithinBox(_Window):
    """Points inside a window or on its edge."""

    lookup_name = "within_box"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Return the test, which a GiST index answers."""
        return self.window(compiler, connection, _box(self.rhs))


@PointField.register_lookup
class Near(_Window):
    """Points within so many metres; on a plane tangent there, right to 0.1 % within 10 km."""

    lookup_name = "near"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Return a window for the index and the distance for the rest."""
        lon, lat, metres = (float(part) for part in self.rhs)
        inside, params = self.window(compiler, connection, around(lon, lat, metres))
        left, left_params = self.process_lhs(compiler, connection)
        apart, apart_params = _apart(left, left_params, lon, lat)
        return f"({inside} AND {apart} <= %s::float8)", [*params, *apart_params, metres]


class Distance(Func):
    """Metres from a point column to a place, for ordering and display."""

    output_field = FloatField()

    def __init__(self, field: str, lon: float, lat: float) -> None:
        super().__init__(models.F(field))
        self.place = Point(lon, lat)

    def as_sql(self, compiler: SQLCompiler, *_rest: Any, **_extra: Any) -> tuple[str, list[Any]]:
        """Return the distance on a plane tangent at the place."""
        column, params = compiler.compile(self.get_source_expressions()[0])
        return _apart(column, list(params), self.place.lon, self.place.lat)


def _apart(column: str, params: list[Any] | tuple[Any, ...], lon: float, lat: float) -> tuple[str, list[Any]]:
    per_lon, per_lat = metres_per_degree(lat)
    east = f"(({column})[0] - %s::float8) * %s::float8"
    north = f"(({column})[1] - %s::float8) * %s::float8"
    return f"sqrt(power({east}, 2) + power({north}, 2))", [*params, lon, per_lon, *params, lat, per_lat]


def _box(value: Any) -> Box:
    try:
        box = Box(*(float(part) for part in value))
    except (TypeError, ValueError):
        raise Invalid({"box": "范围应是四个数：西、南、东、北。"}) from None
    return box
