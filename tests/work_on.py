"""Cases about components for tests: reported, and carried to their verification by the cast."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from casework import NOW, Desk
from lianxin.registry.components.models import Component
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions import Report
from lianxin.work.cases.models import Case


def report_on(desk: Desk, component: Component, text: str = "窨井盖没了", *, at: datetime = NOW, **more: Any) -> Case:
    """Report about a component, as a resident."""
    told = Report(text=text, component=component.key, **more)
    return cases.report(desk.cast.resident, client_id=uuid4(), report=told, at=at)


def handle_on(desk: Desk, case: Case, *, at: datetime = NOW) -> Case:
    """Carry a case that the city holds to handled."""
    who = desk.cast
    case = cases.file(who.seat, case=case, seen=None, at=at, filing=desk.filing("020301"))
    case = cases.dispatch(who.seat, case=case, seen=None, at=at, lead=desk.unit("cgj"))
    case = cases.accept(who.handler, case=case, seen=None, at=at)
    return cases.handle(who.handler, case=case, seen=None, at=at, note="换了新盖")
