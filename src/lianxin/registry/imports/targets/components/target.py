"""The target: rows judged against what is there; the whole list of a class; taking back."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.components.models import Component
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import ImportField
from lianxin.registry.imports.problems import ASK, SKIP, Problem, Remedy
from lianxin.registry.imports.targets.protocol import Frame, Session, Undone
from lianxin.registry.imports.targets.spots import HOT
from lianxin.registry.sources.models import Revision, Source

from . import writing
from .fields import FIELDS
from .finding import Finder, Found, since

_PLACE = {"point", *HOT}


class ComponentsTarget:
    """Components, by their numbers."""

    code, icon, permission, is_geo, is_woven, key_field = "components", "lamp", "components.edit", True, False, "number"
    label = _("城市部件")
    line = _("井盖、路灯、行道树……部件普查表，或带坐标的图层")
    touches = {
        "component": _("新增部件"), "name": _("改名称"), "state": _("改状态"), "keeper": _("改主管、权属、养护单位"),
        "point": _("改位置"), "other": _("改其他"), "back": _("恢复已注销的"),
    }  # fmt: skip
    fields: Sequence[ImportField] = FIELDS

    def begin(self, frame: Frame) -> Session:
        """Begin a pass."""
        return _Components(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Take a delivery back: what it made and nobody touched goes, what it changed is as before."""
        return writing.undo(frame, source)

    def left(self, frame: Frame, named: frozenset[bytes]) -> list[str]:
        """Return the components that a whole list of their class does not name."""
        rows = _unnamed(frame, named).values_list("number", "name")
        return [f"{name} {number}" for number, name in rows]

    def end_left(self, frame: Frame, source: Source, named: frozenset[bytes]) -> int:
        """Strike them off."""
        made = Revision.objects.filter(source=source, subject="component", act="create").values("subject_id")
        left = _unnamed(frame, named).exclude(pk__in=made)
        return writing.strike_off(frame, source, list(left.values_list("pk", flat=True)))


def _unnamed(frame: Frame, named: frozenset[bytes]) -> QuerySet[Component]:
    """Return what is on the books, where the actor may act, of the classes that the list speaks of, and not in it."""
    scope, rows = frame.actor.scope("components.edit"), Component.objects.now().order_by("number")
    if not scope.everywhere:
        rows = rows.filter(within(scope))
    node = areas.node(frame.area_id) if frame.area_id else None
    if node is not None and not node.is_whole and node.role in {"street", "community", "grid"}:
        rows = rows.filter(**{f"{node.role}_id": node.id})
    known = list(rows.values_list("pk", "number", "category_id"))
    spoken = {category for _pk, number, category in known if token(number) in named}
    gone = [pk for pk, number, category in known if category in spoken and token(number) not in named]
    return rows.filter(pk__in=gone)


def token(name: str) -> bytes:
    """Return what names a component among the rows of a table."""
    return blake2b(name.encode(), digest_size=16).digest()


class _Components:
    def __init__(self, frame: Frame) -> None:
        self.frame, self.finder = frame, Finder(frame)

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """There is little to make ready."""

    def check(self, drafts: Sequence[Draft]) -> None:
        self.finder.find(drafts)
        for draft in drafts:
            number, found = draft.values.get("number"), draft.data
            if found is None:
                draft.token = token(number) if number else None
                continue
            draft.token = token(_named(found))
            self._judge(draft, found)

    def _judge(self, draft: Draft, found: Found) -> None:
        held = found.held
        if held is None:
            draft.verdict, draft.touches = Verdict.NEW, ["component"]
            return
        if held["category_id"] != found.category.id:
            sentence = _("标识码 {number} 已登记为别的类别，请核对。").format(number=found.number)
            draft.blame(Problem("number", "taken", sentence, (SKIP,)))
            return
        wanted = dict(found.values)
        if not wanted.get("name"):
            wanted.pop("name", None)
        found.changes = {name: value for name, value in wanted.items() if held[name] != value}
        if "point" not in found.changes:
            # Borders that moved meanwhile are followed by the job, not by a table.
            found.changes = {name: value for name, value in found.changes.items() if name not in HOT}
        if "state" in found.changes:
            found.changes["state_since"] = since(draft, self.frame.at)
        if held["valid_to"] is not None:
            found.changes["valid_to"] = None
            _ask_back(draft, held["valid_to"])
        draft.touches = sorted({_touch(name) for name in found.changes})
        draft.verdict = Verdict.CHANGE if found.changes else Verdict.SAME

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        writing.make(self.frame, source, [(draft, draft.data) for draft in drafts if draft.data.held is None])
        writing.change(self.frame, source, [draft.data for draft in drafts if draft.data.held is not None])


def _ask_back(draft: Draft, ended_at: datetime) -> None:
    """Ask whether what was struck off stands again: an old table must not bring it back by itself."""
    if draft.answers.get("back") == "yes":
        return
    day = ended_at.astimezone(ZONE)
    sentence = _("这个部件 {year}年{month}月{day}日已经注销。").format(year=day.year, month=day.month, day=day.day)
    draft.blame(Problem("number", "ended", sentence, (Remedy(_("恢复它"), answer={"back": "yes"}), SKIP), ASK))


def _named(found: Found) -> str:
    if found.number or found.held is not None:
        return found.number or str((found.held or {})["number"])
    name = found.values.get("name") or found.category.name
    return f"{found.category.code}|{name}|{found.values['point'].sql}"


def _touch(column: str) -> str:
    if column in _PLACE:
        return "point"
    if column in {"state", "state_since"}:
        return "state"
    if column.endswith("_unit_id"):
        return "keeper"
    return {"name": "name", "valid_to": "back"}.get(column, "other")
