"""The request list (准入清单): a department asks, who decides decides, a community may stay out, all of it ends."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append

from . import messages, queries
from .models import Abstention, DataRequest
from .rules import Effort

State = DataRequest.State
MOST_DAYS = 366
MOST_MINUTES = 120
MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a department wants collected; `area_id` None is the whole county, `every_days` None is once."""

    title: str
    subject: str
    fields: tuple[str, ...]
    purpose: str
    legal_basis: str
    minutes_each: int
    expected_count: int
    from_date: date
    until_date: date
    area_id: int | None = None
    every_days: int | None = None


def effort(request: DataRequest) -> Effort:
    """Return what a request asks of people's time."""
    return Effort(
        request.minutes_each, request.expected_count, request.every_days, request.from_date, request.until_date
    )


def today(at: datetime) -> date:
    """Return the day an instant falls on, here."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


@transaction.atomic
def ask(actor: Actor, *, unit_id: int, wanted: Wanted, at: datetime) -> DataRequest:
    """Ask for data to be collected, in a unit's name; who decides there is told.

    Raises NotAllowed for another's unit, Invalid for what is missing, not registered, too long or already over.
    """
    demand(actor, "sources.request", "申请采集数据", unit_id=unit_id)
    if faults := _faults(wanted, today(at)):
        raise Invalid(faults)
    facts = {name: getattr(wanted, name) for name in Wanted.__slots__} | {"fields": list(wanted.fields)}
    request = DataRequest.objects.create(unit_id=unit_id, asked_at=at, asked_by_id=actor.account_id, **facts)
    _log(actor, request, "ask", at=at)
    messages.tell_deciders(request, place(request), at=at)
    return request


def _faults(wanted: Wanted, day: date) -> dict[str, str]:
    known = {node.code for node in queries.fields_of(wanted.subject)}
    told = {
        "title": _("请写一个短题目，让人一眼知道采集什么。") if not wanted.title.strip() else "",
        "purpose": _("请写明用来做什么。") if not wanted.purpose.strip() else "",
        "legal_basis": _("请写明依据哪条规定。") if not wanted.legal_basis.strip() else "",
        "fields": "" if wanted.fields and known.issuperset(wanted.fields) else _("请从字段目录里选要采集的字段。"),
        "minutes_each": "" if 1 <= wanted.minutes_each <= MOST_MINUTES else _("每件应在 1 到 120 分钟之间。"),
        "expected_count": "" if wanted.expected_count >= 1 else _("请估一个数量，至少 1 件。"),
        "until_date": _over(wanted, day),
    }
    if not told["fields"] and len(wanted.fields) > MOST_FIELDS:
        told["fields"] = _("一次最多要 20 个字段。请只要用得上的。")
    if wanted.every_days is not None and wanted.every_days < 1:
        told["every_days"] = _("请写隔几天一次；只采集一次的空着。")
    return {name: sentence for name, sentence in told.items() if sentence}


def _over(wanted: Wanted, day: date) -> str:
    if wanted.until_date < wanted.from_date:
        return _("截止日期不能早于开始日期。")
    if wanted.until_date < day:
        return _("截止日期已经过了，请往后定。")
    return _("一次申请最长一年，到期可以再申请。") if (wanted.until_date - wanted.from_date).days > MOST_DAYS else ""


@transaction.atomic
def decide(
    actor: Actor, *, request: DataRequest, approve: bool, reason: str, at: datetime, seen: int | None = None
) -> DataRequest:
    """Let a request in, or not, with a reason; the asker is told, and who will do the work.

    Raises NotAllowed, Refused for one's own request or one that is decided, Stale, Invalid without a reason.
    """
    request = _locked(request, seen)
    demand(actor, "sources.decide", "审核数据采集申请", place(request))
    if request.state != State.ASKED:
        raise Refused("request_decided", _("这份申请已经有结果了。"))
    if request.asked_by_id is not None and request.asked_by_id == actor.account_id:
        raise Refused("own_request", _("自己提的申请要由别人审核。"))
    if not reason.strip():
        raise Invalid({"reason": _("请写明理由，申请单位看得到。")})
    request.state = State.APPROVED if approve else State.DECLINED
    request.decided_at, request.decided_by_id, request.decision = at, actor.account_id, reason.strip()[:300]
    _save(actor, request, "approve" if approve else "decline", at=at)
    messages.tell_decision(request, place(request), at=at)
    return request


@transaction.atomic
def withdraw(actor: Actor, *, request: DataRequest, at: datetime, seen: int | None = None) -> DataRequest:
    """Take one's unit's request back, before or while it runs. Raises NotAllowed, Refused for one that is over."""
    request = _locked(request, seen)
    demand(actor, "sources.request", "申请采集数据", unit_id=request.unit_id)
    if request.state not in {State.ASKED, State.APPROVED}:
        raise Refused("request_over", _("这份申请已经结束，不用撤回。"))
    was_running = request.state == State.APPROVED
    request.state = State.WITHDRAWN
    _save(actor, request, "withdraw", at=at)
    if was_running:
        messages.tell_workers(request, place(request), _("已撤回，不用再采集"), at=at)
    return request


@transaction.atomic
def abstain(actor: Actor, *, request: DataRequest, area_id: int, reason: str, at: datetime) -> Abstention:
    """Keep a community out of a request, for itself only; the asker is told why.

    Raises NotAllowed outside the actor's own community, Refused when it is out already, Invalid without a reason.
    """
    request = _locked(request, None)
    node = areas.node(area_id)
    if node is None or node.role != "community" or not _holds(place(request), node):
        raise NotFound(_("这份申请不涉及这个社区。"))
    demand(actor, "sources.abstain", "替社区决定不承接", node)
    if request.state not in {State.ASKED, State.APPROVED}:
        raise Refused("request_over", _("这份申请已经结束。"))
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么不承接，申请单位看得到。")})
    made, is_new = Abstention.objects.get_or_create(
        request=request,
        area_id=area_id,
        defaults={"reason": reason.strip()[:300], "at": at, "account_id": actor.account_id,
                  "actor_label": actor.name[:120]},
    )  # fmt: skip
    if not is_new:
        raise Refused("abstained", _("本社区已经说过不承接了。"))
    _save(actor, request, "abstain", at=at, area=area_id)
    messages.tell_abstention(request, node, made.reason, at=at)
    return made


@transaction.atomic
def take_on(actor: Actor, *, request: DataRequest, area_id: int, at: datetime) -> None:
    """Let a community that stayed out take part after all. Raises NotAllowed, NotFound when it had not stayed out."""
    request = _locked(request, None)
    demand(actor, "sources.abstain", "替社区决定不承接", areas.node(area_id))
    gone, _tables = Abstention.objects.filter(request=request, area_id=area_id).delete()
    if not gone:
        raise NotFound(_("本社区没有说过不承接。"))
    _save(actor, request, "take_on", at=at, area=area_id)


def end_due(*, at: datetime) -> int:
    """End requests whose last day is over, and those never decided by then; returns how many. Several may run this."""
    late = DataRequest.objects.filter(state__in=[State.ASKED, State.APPROVED], until_date__lt=today(at))
    ended = 0
    for pk in late.order_by("pk").values_list("pk", flat=True)[:200]:
        with transaction.atomic():
            request = DataRequest.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if request is None or request.state not in {State.ASKED, State.APPROVED}:
                continue
            request.state = State.ENDED
            _save(SYSTEM, request, "end", at=at)
            messages.tell_end(request, place(request), at=at)
            ended += 1
    return ended


def place(request: DataRequest) -> AreaNode | None:
    """Return the area a request is about, or what followed it under its code; None for the whole county."""
    ids = reach(request)
    node = areas.node(ids[0]) if ids else None
    return None if node is None or node.is_whole else node


def reach(request: DataRequest) -> list[int] | None:
    """Return the areas a request is about, those that followed where it has ended; None for the whole county."""
    if request.area_id is None:
        return None
    found, waiting = [], [request.area_id]
    while waiting:
        node = areas.node(waiting.pop(0))
        if node is not None and node.valid_to is None:
            found.append(node.id)
        elif node is not None:
            waiting += areas.successors(node.id)
    return found


def _holds(whole: AreaNode | None, node: AreaNode) -> bool:
    return whole is None or whole.id in node.path_ids or node.id in whole.path_ids


def _locked(request: DataRequest, seen: int | None) -> DataRequest:
    found = DataRequest.objects.select_for_update().get(pk=request.pk)
    if seen is not None and seen != found.version:
        told = State(found.state).label
        raise Stale(_("这份申请刚被别人办过，请看过再定。"), version=found.version, changes=[str(told)])
    return found


def _save(actor: Actor, request: DataRequest, act: str, *, at: datetime, **told: Any) -> None:
    request.version += 1
    request.save()
    _log(actor, request, act, at=at, **told)


def _log(actor: Actor, request: DataRequest, act: str, *, at: datetime, **told: Any) -> None:
    unit = organizations.directory().by_id.get(request.unit_id)
    after = {"state": request.state, "unit": unit.code if unit else "", "fields": request.fields, **told}
    append([
        draft(
            actor, "data_request", request.pk, act, at=at, version=request.version, reason=request.decision[:60],
            after=after,
        )
    ])  # fmt: skip
