"""Who passes the doors of 基础库: people, places, portraits."""

from console_doors import page
from door import Door, who_may

_HUB = frozenset[str]().union(
    *(
        who_may(permission)
        for permission in (
            "places.view", "people.view", "people.answer", "people.approve_export", "care.view", "sources.manage",
            "sources.rule", "sources.decide", "sources.request",
        )
    )
)  # fmt: skip

BASE: dict[tuple[str, str], Door] = {
    ("GET", "console/base/"): page(_HUB),
}
