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
    def scope(self, permission: str) -> Any: ...


def demand(actor: Acting, permission: str, label: str, place: Any = None, unit_id: int | None = None) -> None:
    """Raise NotAllowed unless the actor may do what `label` names at `place` or for `unit_id`.

    Without both, what is to be done concerns everybody: the actor must be allowed everywhere.
    """
    if actor.scope(permission).everywhere:
        return
    if (place is None and unit_id is None) or not actor.may(permission, place, unit_id):
        raise NotAllowed(permission, _("您的岗位不能做这件事：{label}。").format(label=label))


def demand_somewhere(actor: Acting, permission: str, label: str) -> None:
    """Raise NotAllowed unless some post of the actor lets it do what `label` names, wherever that is."""
    if not actor.may(permission):
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
