"""Components from the field: how one was found (核对), and one that was not on the books yet (普查)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from lianxin.faces.acts.inputs import SeenStateIn
from lianxin.faces.acts.kinds import BIGGEST_VERSION, Code, ComponentNumber, Input, Line, PointIn
from lianxin.faces.sync.files import FilesIn, demand_ready
from lianxin.faces.sync.records import Conflict, Outcome, Record, done, takes
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Stale
from lianxin.registry.components import actions as components
from lianxin.registry.components.models import Component, State
from lianxin.registry.components.queries import component_or_404
from lianxin.registry.components.telling import history

Note = Annotated[Line, Field(max_length=300, title="备注")]


class ComponentCheckIn(Input):
    """How a component was found. `was`: the state the device knew; `overrides`: the version that was looked at since.

    The place only where it stands elsewhere than the books say.
    """

    component: Annotated[UUID, Field(title="哪个部件")]
    state: Annotated[SeenStateIn, Field(title="现在的状态")]
    was: Annotated[SeenStateIn | None, Field(title="原来的状态")] = None
    note: Note = ""
    place: Annotated[PointIn | None, Field(title="实际位置")] = None
    files: FilesIn = []
    overrides: Annotated[int | None, Field(ge=0, le=BIGGEST_VERSION, title="看过的版本")] = None


class ComponentRegisterIn(Input):
    """A component that is not on the books: its class, where it stands, how it is; its number if it bears one."""

    category: Annotated[Code, Field(title="部件类别")]
    place: Annotated[PointIn, Field(title="位置")]
    name: Annotated[Line, Field(max_length=80, title="名称")] = ""
    number: Annotated[ComponentNumber, Field(title="标识码")] = ""
    state: Annotated[SeenStateIn, Field(title="状态")] = SeenStateIn.INTACT
    address: Annotated[Line, Field(max_length=200, title="地址")] = ""
    note: Note = ""
    surveyed_on: Annotated[date | None, Field(title="普查日期")] = None
    files: FilesIn = []


@takes("component.check", ComponentCheckIn, label="核对部件")
def check(
    actor: Actor, record: Record, data: ComponentCheckIn, /, *, at: datetime, numbers: Mapping[str, int]
) -> Outcome:
    """Take a check; where somebody turned the state meanwhile, the device is shown both first."""
    del numbers
    keys = [file.key for file in data.files]
    demand_ready(actor, keys)
    found = component_or_404(actor, data.component)
    try:
        row = components.check(
            actor, key=record.id, component=found, state=data.state, note=data.note, files=keys,
            point=data.place.point if data.place else None, at=at,
            was=(data.was or "") if data.overrides is None else "", seen=data.overrides,
        )  # fmt: skip
    except Stale as stale:
        raise _both(found, data, stale) from None
    return done(row.number, row.version)


def _both(found: Component, data: ComponentCheckIn, stale: Stale) -> Conflict:
    """Return the conflict, with what was said last beside what the device says."""
    now = Component.objects.only("state", "version").get(pk=found.pk)
    last = next((line for line in history(found.pk, limit=5) if line.is_turn), None)
    who = last.who if last else ""
    case = _("（案件 …{tail}）").format(tail=last.case[-6:]) if last and last.case else ""
    theirs = {
        "lines": [[_("状态"), str(State(data.state).label), f"{State(now.state).label}{case}"]],
        "by": who, "who": who, "at": (last.at if last else found.state_since).isoformat(),
        "note": last.note if last else "",
    }  # fmt: skip
    return Conflict(stale.sentence, theirs=theirs, subject=found.number, version=now.version)


@takes("component.register", ComponentRegisterIn, label="普查登记部件")
def register(
    actor: Actor, record: Record, data: ComponentRegisterIn, /, *, at: datetime, numbers: Mapping[str, int]
) -> Outcome:
    """Put a component on the books."""
    del numbers
    keys = [file.key for file in data.files]
    demand_ready(actor, keys)
    told = components.ComponentIn(
        category=data.category, point=data.place.point, name=data.name, number=data.number, state=data.state,
        address=data.address, surveyed_on=data.surveyed_on, note=data.note,
    )  # fmt: skip
    row = components.register(actor, key=record.id, told=told, files=keys, at=at)
    return done(row.number, row.version)
