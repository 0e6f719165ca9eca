"""The kinds of value that acts take: typed, limited, with what is wrong said in Chinese."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from lianxin.kernel.geometry.points import Point
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.kernel.worktime.limits import Limit, Unit

from .sentences import wrong

MAX_NOTE = 5_000
BIGGEST_ID = 2**63 - 1
BIGGEST_VERSION = 2**31 - 1


class Input(BaseModel):
    """What an act is told. An unknown field is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)


def kind(name: str, **more: Any) -> dict[str, Any]:
    """Mark a field with how a form shows it."""
    return {"x-kind": name, **more}


# The database takes no NUL. A pattern, unlike a function, keeps the other constraints in one check of the text.
NO_NUL = r"^[^\x00]*$"

Line = Annotated[str, StringConstraints(pattern=NO_NUL), Field(json_schema_extra=kind("line"))]
Prose = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=MAX_NOTE), Field(json_schema_extra=kind("prose"))]
Code = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=40, strip_whitespace=True)]
CategoryCode = Annotated[Code, Field(json_schema_extra=kind("category"))]
StandardRow = Annotated[Code, Field(json_schema_extra=kind("standard"))]
AreaCode = Annotated[Code, Field(json_schema_extra=kind("area"))]
UnitCode = Annotated[Code, Field(json_schema_extra=kind("unit"))]
Number = Annotated[Code, Field(json_schema_extra=kind("case"))]
ComponentNumber = Annotated[Code, Field(json_schema_extra=kind("component"))]
Reason = Annotated[Code, Field(json_schema_extra=kind("reason"))]
Id = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
Stars = Annotated[int, Field(ge=1, le=5, json_schema_extra=kind("stars"))]


def _aware(instant: datetime) -> datetime:
    if not 1900 <= instant.year <= 2200:
        raise wrong("年份不对，请核对日期。")
    # A form's own control knows no zone; what people type is Beijing time.
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=ZONE)


Instant = Annotated[datetime, AfterValidator(_aware), Field(json_schema_extra=kind("instant"))]


class PointIn(Input):
    """A place on the map in WGS-84 degrees."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, title="经度")]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, title="纬度")]

    @property
    def point(self) -> Point:
        """Return it as the rooms below know it."""
        return Point(self.lon, self.lat)


class LimitUnit(StrEnum):
    """What more time is counted in."""

    URGENT_HOUR = Unit.URGENT_HOUR.value
    NATURAL_DAY = Unit.NATURAL_DAY.value
    WORK_HOUR = Unit.WORK_HOUR.value
    WORK_DAY = Unit.WORK_DAY.value


class LimitIn(Input):
    """A length of time, such as 2 work_day."""

    value: Annotated[int, Field(ge=1, le=9999, title="多少")]
    unit: Annotated[LimitUnit, Field(title="单位")]

    @property
    def limit(self) -> Limit:
        """Return it as the rooms below know it."""
        return Limit(self.value, Unit(self.unit))


class TargetFields(Input):
    """A unit by its code, or a post by its id, and what it is to do. A form sends `unit:CODE` or `post:ID`."""

    unit: UnitCode | None = None
    post: Id | None = None
    task: Annotated[Line, Field(max_length=200, title="具体任务")] = ""


def _target(value: object) -> object:
    """Read the short form."""
    if not isinstance(value, str):
        return value
    name, _colon, which = value.partition(":")
    if name not in {"unit", "post"} or not which:
        raise wrong("请选择单位或岗位。")
    return {name: which}


def _one_of_both(target: TargetFields) -> TargetFields:
    if (target.unit is None) == (target.post is None):
        raise wrong("请选择一个单位或一个岗位。")
    return target


TargetIn = Annotated[
    TargetFields,
    BeforeValidator(_target, json_schema_input_type=TargetFields),
    AfterValidator(_one_of_both),
    Field(json_schema_extra=kind("target")),
]


def _by_code(value: object) -> object:
    if isinstance(value, Mapping) and len(value) > 40:
        raise wrong("最多 40 个。")
    return value


StarsByUnit = Annotated[
    dict[UnitCode, Stars],
    BeforeValidator(_by_code),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 5},
            "maxProperties": 40,
            "x-kind": "stars_by_unit",
        }
    ),
]
