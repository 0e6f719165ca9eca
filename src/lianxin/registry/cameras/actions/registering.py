"""Register, amend and end cameras; note whether they are on line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.text import clean, search_vector
from lianxin.registry.cameras.inputs import CameraIn, checked
from lianxin.registry.cameras.models import Camera
from lianxin.registry.places import changing
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import record

from .accessing import end_all

SUBJECT = "camera"
_MANAGE, _LABEL = "cameras.manage", "登记、修改视频点位"


@transaction.atomic
def register(actor: Actor, *, key: UUID, told: CameraIn, at: datetime, source: Source | None = None) -> Camera:
    """Register a camera. The same `key` is the same camera.

    Raises Invalid with all faults, NotAllowed outside the actor's areas and units, Refused where the number is taken.
    """
    told = checked(told)
    area = changing.locate(told.point, None, None, at=at)
    demand(actor, _MANAGE, _LABEL, area, told.owner_unit_id)
    if (known := Camera.objects.filter(key=key).first()) is not None:
        return known
    camera = Camera(key=key, valid_from=at, state_since=at, **told.values())
    changing.put(camera, area)
    camera.words = words_of(camera)
    _save(camera)
    _record(actor, camera, "create", at=at, source=source)
    return camera


@transaction.atomic
def amend(
    actor: Actor, *, camera: Camera, told: CameraIn, at: datetime, seen: int | None = None,
    source: Source | None = None,
) -> Camera:  # fmt: skip
    """Correct a camera. Raises NotFound, NotAllowed, Invalid, Refused, Stale."""
    camera = locked(actor, camera, seen)
    told = checked(told)
    area = changing.locate(told.point, None, None, at=at)
    demand(actor, _MANAGE, _LABEL, area, told.owner_unit_id)
    values = told.values() | _hot(area)
    if told.state != camera.state:
        values["state_since"] = at
    return _change(actor, camera, values, "amend", at=at, source=source)


@transaction.atomic
def set_state(actor: Actor, *, camera: Camera, state: str, at: datetime, seen: int | None = None) -> Camera:
    """Note whether a camera is on line. Raises NotFound, NotAllowed, Invalid, Stale."""
    camera = locked(actor, camera, seen)
    if state not in Camera.State.values:
        raise Invalid({"state": _("请从名单里选状态。")})
    return _change(actor, camera, {"state": state, "state_since": at} if state != camera.state else {}, "state", at=at)


@transaction.atomic
def end(actor: Actor, *, camera: Camera, reason: str, at: datetime, seen: int | None = None) -> Camera:
    """Take a camera off the register; whoever might open it may no more. What it was is kept."""
    camera = locked(actor, camera, seen)
    told = clean(reason, 200)
    if len(told) < 2:
        raise Invalid({"note": _("请写一句为什么注销，例如“道路改造，已拆除”。")})
    camera.valid_to = at
    camera.version += 1
    camera.save(update_fields=["valid_to", "version"])
    _record(actor, camera, "end", at=at, before={"valid_to": None}, reason=told)
    end_all(camera, reason=_("点位已注销"), at=at)
    return camera


def locked(actor: Actor, camera: Camera, seen: int | None = None) -> Camera:
    """Return a camera as it stands now, locked, that the actor may amend. Raises NotFound, NotAllowed, Stale."""
    found = Camera.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=camera.pk).first()
    if found is None:
        raise NotFound(_("没有这个点位，或者您没有权限查看。"))
    demand(actor, _MANAGE, _LABEL, found, found.owner_unit_id)
    if found.valid_to is not None:
        raise Refused("camera_ended", _("这个点位已经注销，不能再改。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这个点位刚被别人改过，请看过再改。"), version=found.version, changes=[])
    return found


def words_of(camera: Camera) -> str:
    """Return what it is found by."""
    return search_vector(f"{camera.name} {camera.address}")


def _hot(area: AreaNode) -> dict[str, Any]:
    return {
        "area_id": area.id, "street_id": area.street_id, "community_id": area.community_id, "grid_id": area.grid_id
    }  # fmt: skip


def _change(
    actor: Actor, camera: Camera, values: Mapping[str, Any], act: str, *, at: datetime, source: Source | None = None
) -> Camera:
    before = {name: getattr(camera, name) for name, value in values.items() if getattr(camera, name) != value}
    if not before:
        return camera
    for name in before:
        setattr(camera, name, values[name])
    camera.words = words_of(camera)
    camera.version += 1
    _save(camera)
    _record(actor, camera, act, at=at, before=before, source=source)
    return camera


def _save(camera: Camera) -> None:
    try:
        with transaction.atomic():
            camera.save()
    except IntegrityError as error:
        if "camera_number_once" not in str(error):
            raise
        raise Refused("camera_number", _("这个国标编码已经登记过。")) from None


def _record(
    actor: Actor, camera: Camera, act: str, *, at: datetime, before: Mapping[str, Any] | None = None,
    source: Source | None = None, reason: str = "",
) -> None:  # fmt: skip
    record(
        actor, act, subject=SUBJECT, subject_id=camera.pk, version=camera.version, at=at,
        fields=list(before or ()), before=plain(before) if before is not None else None, source=source, reason=reason,
    )  # fmt: skip


def plain(before: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as a revision keeps them: a point as a pair."""
    return {name: list(value) if name == "point" and value is not None else value for name, value in before.items()}


def told_of(camera: Camera, **changes: Any) -> CameraIn:
    """Return a camera as somebody would tell it, with some things told otherwise."""
    names = CameraIn.__dataclass_fields__
    return replace(CameraIn(**{name: getattr(camera, name) for name in names}), **changes)
