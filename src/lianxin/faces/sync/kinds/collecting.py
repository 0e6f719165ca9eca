"""What was seen of a record at the door: new values, and what is still so."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from lianxin.faces.acts.kinds import Code, Input, Instant, Line
from lianxin.faces.sync.records import Outcome, Record, done, takes
from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.collecting import actions as collecting
from lianxin.registry.collecting.actions import Seen

Value = Annotated[Line, Field(max_length=300)] | None


class SubjectIn(StrEnum):
    """What kind of record."""

    PERSON = "person"
    DWELLING = "dwelling"
    BUILDING = "building"
    ESTABLISHMENT = "establishment"


class CollectIn(Input):
    """One form. `seconds`: how long it was open, for the load of who asks; nobody is measured by it."""

    subject: Annotated[SubjectIn, Field(title="哪一类")]
    key: Annotated[Code, Field(title="哪一条")]
    values: Annotated[dict[Code, Value], Field(max_length=40, title="新内容")] = {}
    confirmed: Annotated[list[Code], Field(max_length=40, title="还是这样的")] = []
    began_at: Annotated[Instant | None, Field(title="什么时候打开的")] = None
    seconds: Annotated[int, Field(ge=0, le=86_400, title="用了多少秒")] = 0


@takes("collect.save", CollectIn, label="核实信息")
def save(actor: Actor, record: Record, data: CollectIn, /, *, at: datetime, numbers: Mapping[str, int]) -> Outcome:
    """Save a form."""
    del numbers
    seen = Seen(data.values, data.confirmed, data.began_at or record.made_at, data.seconds, record.made_at)
    collecting.save(actor, key=record.id, subject=data.subject, record_key=data.key, seen=seen, at=at)
    return done(data.key)
