"""Components for tests: the nation's classes, and one component anywhere by a line."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.geometry.points import Point
from lianxin.registry.components import actions as components
from lianxin.registry.components.classes import ClassRow, catalogue
from lianxin.registry.components.models import Component

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
LAMP, COVER = "0306", "0102"  # 道路照明 or what the list calls it; 污水井盖


def make_classes(rows: Sequence[ClassRow] = ()) -> None:
    """Publish the nation's classes, and words or categories of the place's own."""
    components.publish_classes(SYSTEM, rows, at=BEGIN)


def make_component(point: Point, *, category: str = COVER, at: datetime = BEGIN, **more: Any) -> Component:
    """Register a component at a point."""
    if category not in catalogue().by_code:
        make_classes()
    told = components.ComponentIn(category=category, point=point, **more)
    return components.register(SYSTEM, key=uuid4(), told=told, at=at)
