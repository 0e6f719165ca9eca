"""What a place decides about patrols: the document "patrols", typed, with a default for every line."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from lianxin.kernel.configuration.queries import current

from .words import Grade


@dataclass(frozen=True, slots=True)
class PatrolSettings:
    """Distances in metres, times in days."""

    radius: int = 50
    # A phone that is less sure than this is believed no farther: between houses it may say 500 m.
    accuracy_most: int = 80
    due_days: int = 15
    due_days_major: int = 3
    # Who found a hazard may strike it off with a photo of how it is now.
    finder_settles: bool = True
    # Who may strike off any hazard needs a photo too.
    settle_photo: bool = False
    # Retention (保存期限).
    track_days: int = 7
    keep_round_days: int = 1095
    keep_hazard_days: int = 1825
    keep_member_days: int = 180

    def days_for(self, grade: str) -> int:
        """Return within how many days a hazard must be gone."""
        return self.due_days_major if grade == Grade.MAJOR else self.due_days


# From the least to the most a place may decide. A track is nobody's evidence: a month at the longest.
LIMITS: Mapping[str, tuple[int, int]] = {
    "radius": (10, 500),
    "accuracy_most": (0, 300),
    "due_days": (1, 365),
    "due_days_major": (1, 30),
    "track_days": (1, 30),
    "keep_round_days": (90, 3650),
    "keep_hazard_days": (365, 7300),
    "keep_member_days": (1, 730),
}


def patrol_settings(numbers: Mapping[str, int] | None = None) -> PatrolSettings:
    """Return the settings in force; what the document does not say keeps its default."""
    document: Mapping[str, Any] = current("patrols", numbers) or {}
    known = [each.name for each in fields(PatrolSettings) if each.name in document]
    return PatrolSettings(**{name: _read(name, document[name]) for name in known})


def _read(name: str, value: Any) -> Any:
    if name not in LIMITS:
        return bool(value)
    least, most = LIMITS[name]
    return max(least, min(int(value), most))
