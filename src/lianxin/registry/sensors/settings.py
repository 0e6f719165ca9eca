"""What a place decides about its devices: the document `sensors`, typed, with a default for every line.

A kind (设备类型) has measures (指标), each with the range in which a reading can be true at all. What lies outside is
refused: a thermometer that says 900 °C is broken, not hot. Every kind also has battery and signal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from lianxin.kernel.configuration.queries import current, documents
from lianxin.kernel.versions import Versioned

from .kinds import COMMON, KINDS, Kind, Measure

DOCUMENT = "sensors"


@dataclass(frozen=True, slots=True)
class Limits:
    """How far off a clock may be, how old a reading, how many messages a device may send, how long things are kept."""

    clock_skew_seconds: int = 300
    oldest_hours: int = 72
    flood_per_minute: int = 120
    flood_burst: int = 3_000
    raw_days: int = 30
    hour_years: int = 3
    count_days: int = 90
    silent_times: int = 2  # the expected interval so many times: then a device counts as silent
    low_battery: int = 20  # %
    weak_signal: int = -105  # dBm
    refused_much: int = 20  # refused messages in 24 hours


BOUNDS: Mapping[str, tuple[int, int]] = {
    "clock_skew_seconds": (10, 3_600),
    "oldest_hours": (1, 24 * 14),
    "flood_per_minute": (1, 60_000),
    "flood_burst": (10, 1_000_000),
    "raw_days": (15, 400),
    "hour_years": (1, 20),
    "count_days": (7, 400),
    "silent_times": (2, 20),
    "low_battery": (1, 60),
    "weak_signal": (-140, -60),
    "refused_much": (1, 10_000),
}


@dataclass(frozen=True, slots=True)
class Practice:
    """The whole document as the rooms use it."""

    limits: Limits
    kinds: Mapping[str, Kind]

    def kind(self, code: str) -> Kind:
        """Return a kind; one that the document has lost keeps battery and signal, so that its devices can be seen."""
        found = self.kinds.get(code)
        return found or Kind(code, code, 3_600, {one.code: one for one in COMMON}, ())

    def measure(self, kind: str, code: str) -> Measure:
        """Return a measure; one that the document has lost is shown by its code."""
        found = self.kind(kind).measures.get(code)
        return found or Measure(code, code, "", float("-inf"), float("inf"))


def _load() -> Practice:
    return read(documents.get().get(DOCUMENT) or {})


_practice: Versioned[Practice] = Versioned("configuration", _load)


def practice(numbers: Mapping[str, int] | None = None) -> Practice:
    """Return what is in force. Parsed once for each version of the configuration."""
    return _practice.get() if numbers is None else _practice.at(numbers)


def read(document: Mapping[str, Any]) -> Practice:
    """Return a document with the default of every line it does not say; wrong lines are left out."""
    told = document.get("limits") or {}
    limits = {
        each.name: max(BOUNDS[each.name][0], min(BOUNDS[each.name][1], int(told[each.name])))
        for each in fields(Limits)
        if each.name in told
    }
    kinds = dict(KINDS)
    for code, said in (document.get("kinds") or {}).items():
        kinds[code] = _kind(code, said, kinds.get(code))
    return Practice(Limits(**limits), {code: kind for code, kind in kinds.items() if kind is not None})


def _kind(code: str, said: Mapping[str, Any] | None, known: Kind | None) -> Any:
    if said is None:  # taken out of use here
        return None
    measures = {one: known.measures[one] for one in known.own} if known else {}
    for measure, words in (said.get("measures") or {}).items():
        if words is None:
            measures.pop(measure, None)
            continue
        measures[measure] = _measure(measure, words, measures.get(measure))
    order = [one for one in said.get("order") or () if one in measures]
    measures = {one: measures[one] for one in dict.fromkeys((*order, *measures))}
    return Kind(
        code,
        str(said.get("label") or (known.label if known else code)),
        int(said.get("expected_every") or (known.expected_every if known else 3_600)),
        {**measures, **{one.code: one for one in COMMON}},
        tuple(measures),
    )


def _measure(code: str, said: Mapping[str, Any], known: Measure | None) -> Measure:
    base = known or Measure(code, code, "", -1e9, 1e9)
    values = {each.name: getattr(base, each.name) for each in fields(Measure)}
    for name in ("label", "unit", "form"):
        values[name] = str(said.get(name, values[name]))
    for name in ("least", "most"):
        values[name] = float(said.get(name, values[name]))
    values["digits"] = int(said.get("digits", values["digits"]))
    if said.get("words"):
        no, yes = said["words"]
        values["words"] = (str(no), str(yes))
    return Measure(**values)


def document() -> Mapping[str, Any]:
    """Return the document as it stands, without defaults."""
    found: Mapping[str, Any] = current(DOCUMENT) or {}
    return found
