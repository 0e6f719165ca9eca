"""Accesses (调阅): ask, decide, open, give back, revoke, let expire, forget. Every step is journalled and audited.

The law of this room: nobody is given an address without an access that runs, nobody decides on their own request,
and each address given is a row and an entry of the audit, in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.audit.actions import record
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean, looks_personal
from lianxin.registry.cameras import addresses, messages
from lianxin.registry.cameras.models import Access, Camera, Opening, Platform
from lianxin.registry.cameras.settings import CameraSettings, camera_settings

SUBJECT = "camera_access"
State = Access.State
_OPEN, _OPEN_LABEL = "cameras.open", "申请调阅、打开视频点位"
_APPROVE, _APPROVE_LABEL = "cameras.approve", "批准调阅"


@dataclass(frozen=True, slots=True)
class Opened:
    """An address in the owner's system, and the row that says it was given."""

    address: str
    opening: Opening


@transaction.atomic
def ask(
    actor: Actor, *, key: UUID, camera: Camera, purpose: str, hours: int, at: datetime, case_number: str = "",
    address: str | None = None,
) -> Access:  # fmt: skip
    """Ask to open a camera for some hours. The same `key` is the same request.

    Who works for a unit that needs no approval may at once, with purpose all the same. Raises NotFound, NotAllowed,
    Invalid, Refused while another request for the camera waits or runs.
    """
    camera = _standing(actor, camera, is_locked=True)
    demand(actor, _OPEN, _OPEN_LABEL, camera, camera.owner_unit_id)
    if actor.account_id is None:
        raise NotAllowed(_OPEN, _("只有人能调阅视频。"))
    if (known := Access.objects.filter(key=key).first()) is not None:
        return _own(actor, known)
    settings = camera_settings()
    if wrong := _faults(purpose, hours, settings):
        raise Invalid(wrong)
    _make_room(actor, camera, at)
    post = actor.holding_for(_OPEN, camera, camera.owner_unit_id)
    access = Access(
        key=key, camera=camera, state=State.ASKED, purpose=clean(purpose, 200), case_number=clean(case_number, 30),
        hours=hours, by_id=actor.account_id, by_label=actor.name[:120], asked_at=at, version=0,
        by_post=f"{post.unit_name or post.area_name} {post.role_label}".strip()[:120] if post else "",
        by_unit_id=post.unit_id if post else None,
    )  # fmt: skip
    if _is_free(access.by_unit_id, settings):
        _grant(access, hours, at)
        access.decision = _("本单位调阅不用批准（方案规定）")
    _write(actor, access, "ask", at, address=address)
    if access.state == State.ASKED:
        messages.tell_deciders(access, at=at)
    return access


def _faults(purpose: str, hours: int, settings: CameraSettings) -> dict[str, str]:
    wrong = {}
    if len(clean(purpose, 200)) < 4:
        wrong["purpose"] = _("请写明看什么、为什么看，批准的人和审计都看得到。")
    elif looks_personal(purpose):
        wrong["purpose"] = _("用途里不要写证件号码、电话。要找人请走公安的手续，这里不办。")
    if not 1 <= hours <= settings.longest_hours:
        wrong["hours"] = _("时长请填 1 到 {most} 小时。").format(most=settings.longest_hours)
    return wrong


def _make_room(actor: Actor, camera: Camera, at: datetime) -> None:
    """End an access that is over already; raise Refused while one waits or runs."""
    standing = Access.objects.select_for_update().filter(
        camera=camera, by_id=actor.account_id, state__in=(State.ASKED, State.GRANTED)
    )
    for access in standing:
        if access.state == State.ASKED or access.until is None or access.until > at:
            told = _("已在等批准") if access.state == State.ASKED else _("还没有到期，可以直接打开")
            raise Refused("access_stands", _("您对这个点位的调阅{told}。").format(told=told))
        _end(SYSTEM, access, State.ENDED, at, reason=_("到期"))


def _is_free(unit_id: int | None, settings: CameraSettings) -> bool:
    unit = organizations.unit(unit_id) if unit_id is not None else None
    return unit is not None and unit.code in settings.free_units


def _grant(access: Access, hours: int, at: datetime) -> None:
    access.state, access.decided_at, access.until = State.GRANTED, at, at + timedelta(hours=hours)


@transaction.atomic
def decide(
    actor: Actor, *, access: Access, approve: bool, at: datetime, reason: str = "", hours: int | None = None,
    seen: int | None = None, address: str | None = None,
) -> Access:  # fmt: skip
    """Let somebody open a camera for as long as asked or shorter, or refuse with a reason.

    Raises NotFound, NotAllowed, Refused for one's own request or a decided one, Stale, Invalid.
    """
    access = _locked(actor, access, seen)
    _demand_deciding(actor, access)
    if access.state != State.ASKED:
        raise Refused("access_decided", _("这次申请{state}，不用再批。").format(state=State(access.state).label))
    why, granted = clean(reason, 200), access.hours if hours is None else hours
    if not approve and len(why) < 2:
        raise Invalid({"reason": _("不同意要写明原因，会告诉申请人。")})
    if approve and not 1 <= granted <= access.hours:
        raise Invalid({"hours": _("最多批 {hours} 小时，这是申请的时长。").format(hours=access.hours)})
    if approve and access.camera.valid_to is not None:
        raise Refused("camera_ended", _("这个点位已经注销。"))
    access.decided_by_id, access.decided_label, access.decision = actor.account_id, actor.name[:120], why
    if approve:
        _grant(access, granted, at)
    else:
        access.state, access.decided_at, access.ended_at = State.REFUSED, at, at
    _write(actor, access, "approve" if approve else "refuse", at, reason=why, address=address)
    title = _("调阅批准了：{name}") if approve else _("调阅没有批准：{name}")
    messages.tell_asker(access, title.format(name=access.camera.name), why, at=at)
    return access


def _demand_deciding(actor: Actor, access: Access) -> None:
    demand(actor, _APPROVE, _APPROVE_LABEL, access.camera, access.camera.owner_unit_id)
    if access.by_id == actor.account_id:
        raise Refused("own_access", _("自己的申请要由别人批准。"))


@transaction.atomic
def open_camera(actor: Actor, *, access: Access, at: datetime, address: str | None = None) -> Opened:
    """Give the address of a camera in its owner's system, and note that it was given.

    Raises NotFound for another's access, NotAllowed once the actor's posts no longer open it, Refused when the access
    does not run, or nothing can be opened there. Asks everything anew: rights, access, camera, platform, host.
    """
    access = _own(actor, access)
    camera = _standing(actor, access.camera)
    demand(actor, _OPEN, _OPEN_LABEL, camera, camera.owner_unit_id)
    if access.state != State.GRANTED or access.until is None or access.until <= at:
        raise Refused("access_not_running", _("现在不能打开：{why}。").format(why=_why_not(access)))
    target = _target(camera)
    opening = Opening.objects.create(
        access=access, camera=camera, at=at, account_id=actor.account_id, label=actor.name[:120]
    )
    append([draft(actor, SUBJECT, access.pk, "open", at=at, version=access.version)])
    _audit(actor, access, "cameras.open", at, address=address)
    return Opened(target, opening)


def _why_not(access: Access) -> str:
    if access.state == State.GRANTED:
        return _("调阅的时间已过，可以再申请")
    return _("这次调阅{state}").format(state=State(access.state).label)


def _target(camera: Camera) -> str:
    platform = Platform.objects.filter(code=camera.system).first() if camera.system else None
    if platform is None or not platform.template:
        raise Refused("camera_no_platform", _("权属单位的平台还没有接好，打不开。请联系{unit}。").format(
            unit=camera.owner_unit.short_name or camera.owner_unit.name))  # fmt: skip
    # Asked again: the list of hosts may be shorter by now.
    if addresses.fault(platform.template, camera_settings().hosts):
        raise Refused("camera_host", _("平台的地址已不在允许的名单里，打不开。请告诉系统管理员。"))
    return addresses.filled(platform.template, camera.number)


@transaction.atomic
def withdraw(actor: Actor, *, access: Access, at: datetime, address: str | None = None) -> Access:
    """Take one's own request back, or give an access back that is no longer needed. Raises NotFound, Refused."""
    access = _own(actor, access)
    if access.state == State.ASKED:
        return _end(actor, access, State.WITHDRAWN, at, reason=_("申请人撤回"), act="withdraw", address=address)
    if access.state == State.GRANTED:
        return _end(actor, access, State.ENDED, at, reason=_("用完交回"), act="give_back", address=address)
    raise Refused("access_over", _("这次调阅{state}。").format(state=State(access.state).label))


@transaction.atomic
def revoke(
    actor: Actor, *, access: Access, reason: str, at: datetime, seen: int | None = None, address: str | None = None
) -> Access:
    """Take an access away before its time. Raises NotFound, NotAllowed, Refused, Stale, Invalid without a reason."""
    access = _locked(actor, access, seen)
    demand(actor, _APPROVE, _APPROVE_LABEL, access.camera, access.camera.owner_unit_id)
    if access.state != State.GRANTED:
        raise Refused("access_over", _("这次调阅{state}，不用收回。").format(state=State(access.state).label))
    why = clean(reason, 200)
    if len(why) < 2:
        raise Invalid({"reason": _("收回要写明原因，会告诉申请人。")})
    _end(actor, access, State.REVOKED, at, reason=why, act="revoke", address=address)
    messages.tell_asker(access, _("调阅收回了：{name}").format(name=access.camera.name), why, at=at)
    return access


def end_all(camera: Camera, *, reason: str, at: datetime) -> None:
    """End what waits or runs for a camera that is no more."""
    for access in Access.objects.select_for_update(of=("self",)).select_related("camera").filter(
        camera=camera, state__in=(State.ASKED, State.GRANTED)
    ).order_by("pk"):  # fmt: skip
        _end(SYSTEM, access, State.REVOKED, at, reason=reason, act="revoke")
        messages.tell_asker(access, _("调阅结束了：{name}").format(name=camera.name), reason, at=at)


def expire(*, at: datetime, limit: int = 200) -> int:
    """End accesses whose time is over and requests nobody decided; several workers may run this. Returns how many."""
    over = Access.objects.filter(state=State.GRANTED, until__lte=at)
    old = at - timedelta(days=camera_settings().unanswered_days)
    left = Access.objects.filter(state=State.ASKED, asked_at__lte=old)
    done = _each(over, _("到期"), at, limit)
    return done + _each(left, _("一直没有人批，已自动作废，可以再申请"), at, limit, tell=True)


def _each(found: QuerySet[Access], reason: str, at: datetime, limit: int, *, tell: bool = False) -> int:
    done = 0
    for pk in list(found.order_by("pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            locked = found.select_related("camera").select_for_update(skip_locked=True, of=("self",))
            access = locked.filter(pk=pk).first()
            if access is None:
                continue  # another worker has it, or it was decided meanwhile
            _end(SYSTEM, access, State.ENDED, at, reason=reason, act="expire")
            if tell:
                messages.tell_asker(access, _("调阅没有人批：{name}").format(name=access.camera.name), reason, at=at)
            done += 1
    return done


@transaction.atomic
def forget(*, at: datetime, limit: int = 2_000) -> int:
    """Delete accesses that have been over for as long as the place keeps them, with their openings."""
    before = at - timedelta(days=camera_settings().keep_days)
    old = list(Access.objects.filter(ended_at__lt=before).order_by("pk").values_list("pk", flat=True)[:limit])
    Opening.objects.filter(access__in=old).delete()
    return Access.objects.filter(pk__in=old).delete()[0]


def _standing(actor: Actor, camera: Camera, *, is_locked: bool = False) -> Camera:
    rows = Camera.objects.visible_to(actor).select_related("owner_unit").filter(pk=camera.pk)
    # One request for a camera at a time; the camera always before its accesses.
    found = (rows.select_for_update(of=("self",)) if is_locked else rows).first()
    if found is None:
        raise NotFound(_("没有这个点位，或者您没有权限查看。"))
    if found.valid_to is not None:
        raise Refused("camera_ended", _("这个点位已经注销。"))
    return found


def _locked(actor: Actor, access: Access, seen: int | None = None) -> Access:
    rows = Access.objects.visible_to(actor).select_related("camera").select_for_update(of=("self",))
    found = rows.filter(pk=access.pk).first()
    if found is None:
        raise NotFound(_("没有这次调阅，或者您没有权限查看。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这次调阅刚有变化，请看过再定。"), version=found.version, changes=[str(State(found.state).label)])
    return found


def _own(actor: Actor, access: Access) -> Access:
    found = _locked(actor, access)
    if found.by_id is None or found.by_id != actor.account_id:
        raise NotFound(_("这次调阅不是您的，只有申请人能打开。"))
    return found


def _end(
    actor: Actor, access: Access, state: str, at: datetime, *, reason: str, act: str = "expire",
    address: str | None = None,
) -> Access:  # fmt: skip
    access.state, access.ended_at, access.ended_label = state, at, actor.name[:120]
    access.end_reason = reason[:200]
    return _write(actor, access, act, at, reason=reason, address=address)


def _write(
    actor: Actor, access: Access, act: str, at: datetime, *, reason: str = "", address: str | None = None
) -> Access:
    access.version += 1
    access.save()
    append([draft(actor, SUBJECT, access.pk, act, at=at, version=access.version, target=access.state,
                  reason=reason[:60])])  # fmt: skip
    if not actor.is_system:  # what runs out by the clock is in the journal; the audit is about people
        _audit(actor, access, f"cameras.{act}", at, reason=reason, address=address)
    return access


def _audit(
    actor: Actor, access: Access, action: str, at: datetime, *, reason: str = "", address: str | None = None
) -> None:
    camera = access.camera
    detail: dict[str, Any] = {
        "access": str(access.key), "number": camera.number, "case": access.case_number, "hours": access.hours,
        "until": access.until.isoformat() if access.until else "",
    }  # fmt: skip
    record(
        actor, action, at=at, subject_kind="camera", subject_id=camera.pk, subject_label=camera.name,
        reason=reason or access.purpose, address=address, detail=detail,
    )  # fmt: skip
