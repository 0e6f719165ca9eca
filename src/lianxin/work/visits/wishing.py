"""A wish heard on a visit goes into the mailbox, in the name of who said it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes.models import Letter

from .models import Visit


def put_wish(actor: Actor, *, key: UUID, visit: Visit, words: str, at: datetime) -> UUID:
    """Write down what somebody wishes; the letter is theirs where their phone is known. Returns its key."""
    area_id = visit.grid_id or visit.community_id or visit.area_id
    if area_id is None:
        raise Invalid({"wish": _("这次走访不知道在哪个社区，心愿请到信箱里写。")})
    person = visit.person
    phone = (person.phone or "") if person else ""
    letter = wishes.put(
        actor, key=key, area_id=area_id, topic=Letter.Topic.OTHER, words=words, at=at, from_visit=visit.key,
        name=person.name if person and phone else "", phone=phone,
    )  # fmt: skip
    return letter.key
