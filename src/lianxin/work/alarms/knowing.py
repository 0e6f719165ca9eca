"""What a rule is checked against: the kinds of devices, faults, categories and areas of this place, from memory."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from lianxin.foundation.areas import queries as areas
from lianxin.registry.sensors.kinds import COMMON, Kind
from lianxin.registry.sensors.kinds import Measure as SensorMeasure
from lianxin.registry.sensors.models import Device
from lianxin.registry.sensors.settings import practice
from lianxin.work.dispatch.queries import catalogue

from .rules import Known, Measure
from .settings import alarm_settings


def known(at: datetime, device_keys: Iterable[str] = ()) -> Known:
    """Return what exists here now; one statement where devices are named."""
    wanted = [key for key in map(_uuid, device_keys) if key is not None]
    rows = Device.objects.now().filter(key__in=wanted).values_list("key", "kind") if wanted else ()
    return replace(
        known_kinds(practice().kinds),
        faults=alarm_settings().faults,
        categories=frozenset(catalogue().by_code),
        areas=frozenset(areas.atlas(at).by_code),
        devices={str(key): kind for key, kind in rows},
    )


def known_kinds(kinds: Mapping[str, Kind]) -> Known:
    """Return the kinds of devices with their measures, and nothing else."""
    measures = {code: {each.code: _measure(each) for each in kind.measures.values()} for code, kind in kinds.items()}
    measures[""] = {each.code: _measure(each) for each in COMMON}
    return Known({code: kind.label for code, kind in kinds.items()}, measures, {}, (), ())


def _measure(told: SensorMeasure) -> Measure:
    words = {0.0: told.words[0], 1.0: told.words[1]} if told.form == "yes_no" else {}
    return Measure(told.label, told.unit, told.least, told.most, words)


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
