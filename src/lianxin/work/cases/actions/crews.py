"""What a contractor without account tells about a case, on its trace; it moves nothing."""

from datetime import datetime

from django.db import transaction

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.text import clean
from lianxin.work.cases import rules
from lianxin.work.cases.change import locked
from lianxin.work.cases.models import Case


@transaction.atomic
def crew(actor: Actor, *, case: Case, at: datetime, note: str, unit_id: int | None) -> Case:
    """Write what was told through a unit's link. The room that keeps the link has judged whether it may be said."""
    change = locked(actor, case.pk, at=at)
    change.log("crew", note=clean(note, rules.MAX_NOTE), unit=unit_id)
    return change.write()
