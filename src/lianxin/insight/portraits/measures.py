"""What is counted: codes of measures, and how they hang together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lianxin.registry.care.models import CareTag
from lianxin.registry.places.models import Dwelling, Establishment


@dataclass(frozen=True, slots=True)
class Band:
    """An age band: from so many years up to those of the next."""

    code: str
    label: str
    from_age: int


BANDS = (
    Band("0", "0–6 岁", 0),
    Band("7", "7–17 岁", 7),
    Band("18", "18–34 岁", 18),
    Band("35", "35–59 岁", 35),
    Band("60", "60–69 岁", 60),
    Band("70", "70–79 岁", 70),
    Band("80", "80 岁以上", 80),
)
UNKNOWN = "na"  # the band of who has no birth date
SEXES = ("m", "f", "")
USES: Sequence[str] = Dwelling.Use.values
KINDS: Sequence[str] = Establishment.Kind.values
NEEDS: Sequence[str] = CareTag.Need.values

# Codes: people.m.60, all_people, households, dwellings.let, dwellings.stale, places.shop, care (persons),
# care.lone_elder, estates, buildings, cases.open, cases.late.
ALL_PEOPLE = "all_people"  # the sum of people.*, so that a trend reads one row a day and area
HOUSEHOLDS, STALE, CARED, ESTATES, BUILDINGS = "households", "dwellings.stale", "care", "estates", "buildings"
OPEN_CASES, LATE_CASES = "cases.open", "cases.late"
STALE_DAYS = 365  # a dwelling confirmed longer ago wants another look


def people(sex: str, band: str) -> str:
    """Return the measure of people of a sex and an age band."""
    return f"people.{sex}.{band}"


PEOPLE = tuple(people(sex, band) for sex in SEXES for band in (*(one.code for one in BANDS), UNKNOWN))


def is_dated(measure: str) -> bool:
    """Tell whether a measure can be reckoned for a day gone by, from valid times."""
    return measure in {HOUSEHOLDS, ALL_PEOPLE} or measure.startswith(("people.", "places."))


def births(day: date) -> list[date]:
    """Return the last birth date of each band but the youngest, the oldest band first, as `width_bucket` wants them.

    Who was born on it is of that age on `day`.
    """
    return [_years_before(day, band.from_age) for band in reversed(BANDS[1:])]


def born_between(band: str, day: date) -> tuple[date | None, date | None]:
    """Return the first and the last birth date of a band on a day; None is open. Raises KeyError for no band."""
    place = {one.code: number for number, one in enumerate(BANDS)}[band]
    last = _years_before(day, BANDS[place].from_age) if place else None
    following = BANDS[place + 1].from_age if place + 1 < len(BANDS) else None
    first = None if following is None else date.fromordinal(_years_before(day, following).toordinal() + 1)
    return first, last


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)
