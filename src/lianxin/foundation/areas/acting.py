"""What the rooms below `accounts` know of an actor, and the two things each of their acts begins with."""

from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from lianxin.kernel.errors import NotAllowed
from lianxin.kernel.journal.writing import Draft


class Acting(Protocol):
    """Who acts; `accounts.actor.Actor` is one."""

    @property
    def account_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def is_system(self) -> bool: ...
    @property
    def post(self) -> Any: ...

    def may(self, permission: str, place: Any = None, unit_id: int | None = None) -> bool: ...


def demand(actor: Acting, permission: str, label: str, place: Any = None, unit_id: int | None = None) -> None:
    """Raise NotAllowed unless the actor may do what `label` names at `place` or for `unit_id`."""
    if not actor.may(permission, place, unit_id):
        raise NotAllowed(permission, _("您的岗位不能做这件事：{label}。").format(label=label))


def draft(
    actor: Acting, subject_kind: str, subject_id: int, action: str, *, at: datetime, version: int = 0, **rest: Any
) -> Draft:
    """Begin a journal entry in the actor's name."""
    return Draft(
        subject_kind=subject_kind,
        subject_id=subject_id,
        action=action,
        at=at,
        version=version,
        actor_id=actor.account_id,
        post_id=actor.post.post_id if actor.post else None,
        actor_label=actor.name,
        **rest,
    )
