"""What is told about accesses: to those who may decide, and to who asked."""

from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register

from .models import Access, Camera

WAITING = Kind("cameras.waiting", "调阅等批准")
TOLD = Kind("cameras.told", "调阅的结果")
register(WAITING, TOLD)


def deciders(camera: Camera, *, at: datetime) -> list[int]:
    """Return who is told that a request waits: the owner's people, or where it has none the nearest in the area."""
    own = accounts.holders("cameras.approve", at=at, unit_id=camera.owner_unit_id)
    return own or accounts.holders("cameras.approve", at=at, place=camera)


def tell_deciders(access: Access, *, at: datetime) -> None:
    """Say that a request waits; never to who asked. No name and no picture, only where and what for."""
    others = [pk for pk in deciders(access.camera, at=at) if pk != access.by_id]
    title = _("有一次调阅等批准：{name}").format(name=access.camera.name)
    body = _("{who}：{purpose}").format(who=access.by_post or access.by_label, purpose=access.purpose)
    notifications.notify(others, kind=WAITING.code, title=title, body=body, link=link_of(access), at=at)


def tell_asker(access: Access, title: str, body: str, *, at: datetime) -> None:
    """Say what became of a request."""
    if access.by_id is not None:
        notifications.notify([access.by_id], kind=TOLD.code, title=title, body=body, link=link_of(access), at=at)


def link_of(access: Access) -> str:
    """Return the page of the camera."""
    return f"/console/cameras/{access.camera.key}/"
