"""Appeals against figures of one's own month."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from lianxin.faces.acts.kinds import BIGGEST_ID, Input, Line, kind
from lianxin.faces.sync.records import Outcome, Record, done, takes
from lianxin.foundation.accounts.actor import Actor
from lianxin.insight.months import actions


class AppealIn(Input):
    """A figure, or one thing behind it, is counted wrong."""

    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", title="月份")]
    figure: Annotated[str, Field(pattern=r"^[a-z_]{1,24}$", title="哪一项")]
    thing: Annotated[int | None, Field(ge=1, le=BIGGEST_ID, title="哪一件")] = None
    words: Annotated[Line, Field(min_length=1, max_length=500, title="哪里算得不对", json_schema_extra=kind("prose"))]


@takes("month.appeal", AppealIn, label="月报申诉")
def appeal(
    actor: Actor,
    record: Record,
    data: AppealIn,
    *,
    at: datetime,
    numbers: Mapping[str, int],  # noqa: ARG001
) -> Outcome:
    """Take an appeal of the actor about the actor's own month."""
    found = actions.appeal(
        actor, key=record.id, month=date.fromisoformat(f"{data.month}-01"), code=data.figure, thing_id=data.thing,
        words=data.words, made_at=record.made_at, at=at,
    )  # fmt: skip
    return done(str(found.key))
