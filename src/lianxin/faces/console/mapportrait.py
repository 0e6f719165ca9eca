"""A portrait beside the map, as its piece of HTML draws it; filled by `mapplaces` and `mapthings`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lianxin.faces.console.portraying import Count
from lianxin.faces.console.rows import Row
from lianxin.faces.parts.shapes import Crumb


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on top: `1,008 户 / 住户`."""

    value: str
    unit: str
    label: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Spark:
    """How a month went: the points of the drawing, its ends in words, the sums beside the title, the days as text."""

    points: str
    first: str
    last: str
    said: str
    days: Sequence[tuple[str, str]]
    last_value: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Slowest:
    """The stage in which cases stood longest against their limit."""

    label: str
    said: str
    limit: str
    counted: str


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who serves here: masked, post and state; never a telephone."""

    name: str
    post: str
    line: str
    initial: str
    is_on_duty: bool = False


@dataclass(frozen=True, slots=True)
class MapPortrait:
    """All that the panel tells. Empty parts are left out."""

    kind: str
    title: str
    line: str = ""
    crumbs: Sequence[Crumb] = ()
    figures: Sequence[Figure] = ()
    spark: Spark | None = None
    urgent: Sequence[Row] = ()
    facts: Sequence[tuple[str, str]] = ()
    needs: Sequence[Count] = ()
    needs_note: str = ""
    slowest: Slowest | None = None
    here: Sequence[Here] = ()
    url: str = ""
    url_label: str = ""
    chart_url: str = ""
    cases_url: str = ""
    as_of: datetime | None = None
    notes: Sequence[str] = field(default_factory=tuple)
