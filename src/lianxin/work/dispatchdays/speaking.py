"""What units say: in writing before the day, or live and taken down."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint

from .change import SUBJECT, State, begin_for_unit, item_of, label_of, tell, words_of
from .models import ANSWER, DispatchDay, Item, Position


@transaction.atomic
def answer(
    actor: Actor, *, day: DispatchDay, item: Item, unit_id: int, key: UUID, words: str, at: datetime
) -> Position:  # fmt: skip
    """Say what a unit has to say about an item, as often as it likes; the office may take down what is spoken.

    The same `key` is the same word. Raises NotFound, NotAllowed, Refused for a unit that is not asked about the item.
    """
    day = begin_for_unit(actor, day, unit_id, states={State.PREPARED, State.OPEN})
    told = words_of("words", words)
    claimed = claim(
        key, kind=SUBJECT, action="answer", sent=fingerprint(item.pk, unit_id, told), at=at, subject_id=day.pk
    )
    if not claimed.fresh:
        return Position.objects.get(key=key)
    item = item_of(day, item)
    if unit_id not in item.unit_ids:
        raise Refused("not_asked", _("这一项没有请这个单位答复。"))
    said = Position.objects.create(
        key=key, item=item, unit_id=unit_id, words=told, is_live=day.state == State.OPEN, by_id=actor.account_id,
        by_label=label_of(actor, ANSWER, unit_id), at=at,
    )  # fmt: skip
    tell(actor, day, "answer", at=at, item=str(item.key), unit=unit_id)
    return said
