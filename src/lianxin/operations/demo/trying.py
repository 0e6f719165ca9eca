"""A county's first weeks with the platform: it says what it would do (影子模式), then does as agreed."""

from datetime import datetime, timedelta
from typing import Any, Final

from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.configuration.queries import current

TRIED: Final = timedelta(days=12)
_AUTOMATIC: Final = ("auto_file", "auto_dispatch")


def begin_in_shadow(*, at: datetime) -> dict[str, Any]:
    """Let people decide all, and the platform note what it would have done; returns the practice to come back to."""
    practice: dict[str, Any] = current("flow") or {}
    shadow = {which: practice[which] | {"mode": "shadow"} for which in _AUTOMATIC if which in practice}
    configuration.put("flow", practice | shadow, at=at, reason="先用影子模式试运行", source="page")
    return practice


def act_as_agreed(practice: dict[str, Any], *, at: datetime) -> None:
    """Put the practice in force again."""
    configuration.put("flow", practice, at=at, reason="影子模式的准确率看过了，按方案开启", source="page")
