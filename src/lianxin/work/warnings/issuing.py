"""Our own warnings: issued for chosen areas, updated, cancelled; each leaves as CAP like anybody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon, shape

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.models import Area as Ground
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel import ids
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.text import clean

from . import cap, change, deciding, rules
from .cap.message import CATEGORIES
from .models import Colour, Source, State, WarningMessage

MOST_AREAS = 60
_SOON = timedelta(hours=1)
_FINE = 0.0002  # degrees, some 20 m: as fine as borders leave in CAP
_CODES = "GB/T 2260"  # the name of the codes our areas bear


@dataclass(frozen=True, slots=True)
class WarningIn:
    """A warning as its author wrote it; areas by id."""

    event: str
    colour: str
    headline: str
    description: str
    instruction: str
    area_ids: Sequence[int]
    expires_at: datetime
    begins_at: datetime | None = None  # None: now
    category: str = "Safety"


def faults(told: WarningIn, at: datetime) -> dict[str, str]:
    """Return what is wrong with a warning, a sentence a field."""
    found: dict[str, str] = {}
    if not 2 <= len(clean(told.event, 61)) <= 60:
        found["event"] = _("请写是什么事，例如“暴雨”。")
    if told.colour not in (Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE):
        found["colour"] = _("请选择等级。")
    if told.category not in CATEGORIES:
        found["category"] = _("请选择类别。")
    if not 4 <= len(clean(told.headline, 61)) <= 60:
        found["headline"] = _("标题请写 4 到 60 字。")
    if len(clean(told.description, 2_000)) < 10:
        found["description"] = _("请写清什么时候、在哪里、会怎样，10 个字以上。")
    if len(clean(told.instruction, 2_000)) < 4:
        found["instruction"] = _("请写大家该怎么做，一句一行。")
    return found | _faults_of_place(told) | _faults_of_time(told, at)


def _faults_of_place(told: WarningIn) -> dict[str, str]:
    if not told.area_ids:
        return {"areas": _("请选择发到哪里。")}
    if len(set(told.area_ids)) > MOST_AREAS:
        return {"areas": _("最多选 {most} 个区域；再多请选它们的上一级。").format(most=MOST_AREAS)}
    return {}


def _faults_of_time(told: WarningIn, at: datetime) -> dict[str, str]:
    begins = told.begins_at or at
    if told.expires_at <= max(begins, at):
        return {"expires_at": _("结束时间要晚于现在，也晚于开始时间。")}
    if told.expires_at > max(begins, at) + rules.LONGEST:
        return {"expires_at": _("最长 30 天；更久的请到时再发。")}
    return {}


@transaction.atomic
def issue(actor: Actor, *, key: UUID, told: WarningIn, at: datetime) -> WarningMessage:
    """Issue a warning for areas; it is told at once. The same `key` is the same warning.

    Raises Invalid with all faults, NotAllowed outside the actor's areas.
    """
    nodes = check(actor, told, at)
    source = change.locked(own_source(at=at).pk)
    known = WarningMessage.objects.filter(key=key).first()
    if known is not None:
        return known
    return _send(actor, source, _alert(source, key, told, nodes, at), told, nodes, key=key, at=at)


@transaction.atomic
def update(
    actor: Actor, *, warning: WarningMessage, key: UUID, told: WarningIn, at: datetime, seen: int | None = None
) -> WarningMessage:
    """Let another wording, grade, time or place take the place of one of ours.

    Raises NotFound, NotAllowed, Invalid, Refused for one that runs no more or is not ours, Stale.
    """
    nodes = check(actor, told, at)
    row = _own(actor, warning, seen)
    alert = _alert(row.source, key, told, nodes, at, msg_type="Update", references=_chain(row))
    return _send(actor, row.source, alert, told, nodes, key=key, at=at)


@transaction.atomic
def cancel(
    actor: Actor, *, warning: WarningMessage, key: UUID, reason: str, at: datetime, seen: int | None = None
) -> WarningMessage:
    """Cancel one of ours: it is gone from every page, and whoever reads our feed is told.

    Raises NotFound, NotAllowed, Invalid without a reason, Refused, Stale.
    """
    why = deciding.reason_of(reason)
    row = _own(actor, warning, seen)
    row.why = why
    row.save(update_fields=["why"])
    alert = cap.Alert(
        identifier=_identifier(row.source, key, at), sender=row.sender, sent=_whole(at), status="Actual",
        msg_type="Cancel", note=why, references=_chain(row),
    )  # fmt: skip
    ending = change.row_of(row.source, alert, key=key, at=at)
    ending.decided_at, ending.decided_by_id, ending.made_by_id, ending.why = at, actor.account_id, actor.account_id, why
    ending.save()
    change.journal(actor, ending, "issue", at)
    change.settle(actor, ending.chain, at=at)
    row.refresh_from_db()
    return row


def _own(actor: Actor, warning: WarningMessage, seen: int | None) -> WarningMessage:
    row = change.begin(actor, warning, seen=seen, states=[State.RUNNING])
    deciding.demand_where(actor, row)
    if not row.source.is_own:
        raise Refused("warning_of_others", _("这是{who}发的预警，只能由他们更新或解除。").format(who=row.source.name))
    return row


def check(actor: Actor, told: WarningIn, at: datetime) -> list[AreaNode]:
    """Return the areas of a warning that may be issued. Raises Invalid with all faults, NotAllowed."""
    found = faults(told, at)
    atlas = areas.atlas(at)
    nodes = [atlas.by_id[pk] for pk in dict.fromkeys(told.area_ids) if pk in atlas.by_id]
    if len(nodes) != len(set(told.area_ids)):
        found["areas"] = _("有区域已经调整过，请重新选择。")
    if found:
        raise Invalid(found)
    for node in nodes:
        demand(actor, deciding.ISSUE, deciding.LABEL, node)
    return nodes


def _send(
    actor: Actor, source: Source, alert: cap.Alert, told: WarningIn, nodes: Sequence[AreaNode], *, key: UUID,
    at: datetime,
) -> WarningMessage:  # fmt: skip
    row = change.row_of(source, alert, key=key, at=at)
    row.decided_at, row.decided_by_id, row.made_by_id = at, actor.account_id, actor.account_id
    row.save()
    change.link_areas(row, {node.id: told.colour for node in nodes})
    change.journal(actor, row, "issue", at)
    change.settle(actor, row.chain, at=at)
    row.refresh_from_db()
    return row


def _alert(
    source: Source, key: UUID, told: WarningIn, nodes: Sequence[AreaNode], at: datetime, *, msg_type: str = "Alert",
    references: tuple[cap.Reference, ...] = (),
) -> cap.Alert:  # fmt: skip
    begins = told.begins_at or at
    info = cap.Info(
        event=clean(told.event, 60), urgency="Immediate" if begins <= at + _SOON else "Expected",
        severity=rules.SEVERITIES[Colour(told.colour)], certainty="Likely", categories=(told.category,),
        language="zh-CN", effective=_whole(at), onset=_whole(begins), expires=_whole(told.expires_at),
        sender_name=source.name, headline=clean(told.headline, 60), description=clean(told.description, 2_000),
        instruction=clean(told.instruction, 2_000), areas=_places(nodes),
    )  # fmt: skip
    return cap.Alert(
        identifier=_identifier(source, key, at), sender=source.sender, sent=_whole(at), status="Actual",
        msg_type=msg_type, references=references, infos=(info,),
    )  # fmt: skip


def _identifier(source: Source, key: UUID, at: datetime) -> str:
    return f"{source.sender.split('@')[-1]}-{at:%Y%m%d%H%M%S}-{key.hex[-8:]}"


def _whole(at: datetime) -> datetime:
    """Return an instant to the second, as CAP has it."""
    return at.replace(microsecond=0)


def _chain(row: WarningMessage) -> tuple[cap.Reference, ...]:
    """Return what an update or cancellation names: all that were told before it in the chain."""
    told = WarningMessage.objects.filter(chain=row.chain, msg_type__in=("Alert", "Update")).order_by("sent", "pk")
    return tuple(cap.Reference(each.sender, each.identifier, each.sent) for each in told)[-50:]


def _places(nodes: Sequence[AreaNode]) -> tuple[cap.Area, ...]:
    borders = dict(Ground.objects.filter(pk__in=[node.id for node in nodes]).values_list("pk", "boundary"))
    return tuple(
        cap.Area(
            description=node.full_name or node.name, polygons=_rings(borders.get(node.id)),
            geocodes=(cap.Geocode(_CODES, node.code),),
        )
        for node in nodes
    )  # fmt: skip


def _rings(border: object) -> tuple[cap.Ring, ...]:
    """Return the outer lines of a border as CAP writes them; holes it cannot say."""
    if not isinstance(border, dict):
        return ()
    outline = shape(border).simplify(_FINE)
    parts = outline.geoms if isinstance(outline, MultiPolygon) else [outline]
    rings = [part.exterior.coords for part in parts if isinstance(part, Polygon) and not part.is_empty]
    return tuple(tuple((round(lat, 6), round(lon, 6)) for lon, lat, *_more in ring) for ring in rings)


def own_source(*, at: datetime) -> Source:
    """Return ourselves as a source, made when first needed; its name is the centre's, its code the place's."""
    known = Source.objects.filter(is_own=True).first()
    if known is not None:
        return known
    root = areas.children(None, at)[0]
    names = current("place") or {}
    try:
        with transaction.atomic():
            return Source.objects.create(
                key=ids.uuid7(at), code="own", name=names.get("centre") or root.name, area_id=root.id, is_own=True,
                is_trusted=True, sender=f"lianxin@{root.code}", created_at=at,
            )  # fmt: skip
    except IntegrityError:  # another was quicker
        return Source.objects.get(is_own=True)
