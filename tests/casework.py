"""Cases for tests: a few categories with standards, and a case carried to any stage by the cast's own acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from PIL import Image

from cast import Cast
from factories import BEGIN, SIDE
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.kernel.configuration.actions import put
from lianxin.kernel.files import actions as files
from lianxin.kernel.geometry.points import Point
from lianxin.work.cases import actions as cases
from lianxin.work.cases.actions import Filing, Report, Target
from lianxin.work.cases.models import Case, FilingStandard
from lianxin.work.dispatch.models import Category

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday, 09:00 in the place
GRID_111 = Point(117.0 + SIDE * 0.5, 31.0 + SIDE * 0.5)
GRID_112 = Point(117.0 + SIDE * 1.5, 31.0 + SIDE * 0.5)
GRID_222 = Point(117.0 + SIDE * 3.5, 31.0 + SIDE * 1.5)
OUTSIDE = Point(116.0, 30.0)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """The cast with categories by code, and the acts of everyday in one line each."""

    cast: Cast
    categories: dict[str, Category]

    def unit(self, code: str) -> Target:
        """Return a unit as a target."""
        return Target(unit_id=self.cast.county.units[code].id)

    def filing(self, code: str = "010101", **more: Any) -> Filing:
        """Return what a case is filed as."""
        return Filing(category_id=self.categories[code].pk, **more)

    def reported(self, *, actor: Actor | None = None, at: datetime = NOW, **more: Any) -> Case:
        """Return a report of a resident from grid 111, held by the city."""
        told = {"text": "小区门口的路灯坏了三天，晚上看不清路。", "point": GRID_111} | more
        return cases.report(actor or self.cast.resident, client_id=uuid4(), report=Report(**told), at=at)

    def filed(self, *, at: datetime = NOW, code: str = "010101", **more: Any) -> Case:
        """Return a filed case."""
        case = self.reported(at=at, **more)
        return cases.file(self.cast.seat, case=case, seen=case.version, at=at + MINUTE, filing=self.filing(code))

    def dispatched(self, *assists: str, at: datetime = NOW, lead: str = "cgj", **more: Any) -> Case:
        """Return a case dispatched to 市城管局, with assists by code."""
        case = self.filed(at=at, **more)
        return cases.dispatch(
            self.cast.seat, case=case, seen=case.version, at=at + 2 * MINUTE, lead=self.unit(lead),
            assists=[self.unit(code) for code in assists],
        )  # fmt: skip

    def handling(self, *assists: str, at: datetime = NOW, **more: Any) -> Case:
        """Return a case that its lead has accepted."""
        case = self.dispatched(*assists, at=at, **more)
        return cases.accept(self.cast.handler, case=case, seen=case.version, at=at + 3 * MINUTE)

    def handled(self, *, at: datetime = NOW, **more: Any) -> Case:
        """Return a case that waits for its check."""
        case = self.handling(at=at, **more)
        return cases.handle(self.cast.handler, case=case, seen=case.version, at=at + 4 * MINUTE, note="灯换好了")

    def verified(self, *, at: datetime = NOW, **more: Any) -> Case:
        """Return a case that waits for its close."""
        case = self.handled(at=at, **more)
        return cases.verify(self.cast.verifier, case=case, seen=case.version, at=at + 5 * MINUTE)

    def closed(self, *, at: datetime = NOW, **more: Any) -> Case:
        """Return a closed case."""
        case = self.verified(at=at, **more)
        return cases.close(self.cast.seat, case=case, seen=case.version, at=at + 6 * MINUTE)

    def at_stage(self, stage: str, **more: Any) -> Case:
        """Return a case at any stage of the way, or at an end."""
        if stage in _ENDINGS:
            return _ENDINGS[stage](self)
        made: Case = getattr(self, stage)(**more)
        return made


def _ended(act: Callable[..., Case], who: str, **more: Any) -> Callable[[Desk], Case]:
    def end(desk: Desk) -> Case:
        case = desk.reported(kind="enquiry" if act is cases.answer else "")
        return act(getattr(desk.cast, who), case=case, at=NOW + MINUTE, seen=case.version, **more)

    return end


def _merged(desk: Desk) -> Case:
    into, case = desk.filed(), desk.filed()
    return cases.merge(desk.cast.seat, case=case, seen=case.version, at=NOW + 2 * MINUTE, into=into)


_ENDINGS: dict[str, Callable[[Desk], Case]] = {
    "answered": _ended(cases.answer, "seat", note="每周一至周五都办。"),
    "declined": _ended(cases.decline, "seat", reason="out_of_scope"),
    "referred": _ended(cases.refer, "seat", reason="110"),
    "withdrawn": _ended(cases.withdraw, "resident"),
    "void": _ended(cases.void, "supervisor", reason="test", note="演练"),
    "merged": _merged,
}

# code → (name, kind)
CATEGORIES = {
    "01": ("市容", "problem"),
    "0101": ("环卫", "problem"),
    "010101": ("暴露垃圾", "problem"),
    "010102": ("道路积水", "hazard"),
    "02": ("住建", "problem"),
    "0203": ("排水", "problem"),
    "020301": ("窨井盖", "hazard"),
}


def make_categories() -> dict[str, Category]:
    """Make a few categories, each leaf with one row of the standard: 5 working days, and one urgent row."""
    made: dict[str, Category] = {}
    for code, (name, kind) in CATEGORIES.items():
        parent = made.get(code[:-2])
        made[code] = Category.objects.create(
            code=code, parent=parent, depth=len(code) // 2, name=name, kind=kind, keywords=[]
        )
    for code in ("010101", "010102", "020301"):
        make_standard(made[code])
    make_standard(made["020301"], row="2", severity="urgent", limit_value=2, limit_unit="urgent_hour")
    versions.bump("categories")
    return made


def make_standard(category: Category, *, row: str = "1", **more: Any) -> FilingStandard:
    """Make a row of the filing standard."""
    told = {"condition": "现场属实", "limit_value": 5, "limit_unit": "work_day", "valid_from": BEGIN} | more
    return FilingStandard.objects.create(category=category, row=row, **told)


def make_desk(cast: Cast) -> Desk:
    """Put the cast to work."""
    return Desk(cast, make_categories())


def configure(**flow: Any) -> None:
    """Put lines of the document "flow" in force."""
    put("flow", {"division": "340881"} | flow, at=BEGIN)


def show(case: Case, *labels: str, at: datetime = NOW) -> None:
    """Attach a photo with each of these labels."""
    for label in labels:
        stored = files.store(_photo(), kind="photo", label=label, at=at)
        files.attach([stored.key], kind="case", subject_id=case.pk, at=at)


def _photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 90)).save(out, "JPEG")
    return out.getvalue()
