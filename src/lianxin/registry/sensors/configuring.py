"""Change the document `sensors`: limits, and kinds with their measures; with a reason, audited."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.audit.actions import record
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.text import clean

from .inputs import SELDOM
from .kinds import COMMON, Kind, Measure
from .models import Device
from .settings import BOUNDS, DOCUMENT, document, practice

LABEL = "修改设备类型和限度"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")
MOST_MEASURES = 20


@dataclass(frozen=True, slots=True)
class KindIn:
    """A kind as told: its code, name, usual interval in seconds, and measures, the chief one first."""

    code: str
    label: str
    expected_every: int
    measures: Sequence[Measure]


@transaction.atomic
def put_limits(actor: Actor, *, values: Mapping[str, int], reason: str, at: datetime) -> bool:
    """Put other limits in force. Raises NotAllowed, Invalid with the bounds. Returns whether anything changed."""
    demand(actor, "sensors.manage", LABEL)
    faults = {"reason": _("请写明为什么改。")} if not reason.strip() else {}
    for name, value in values.items():
        least, most = BOUNDS[name]
        if not least <= value <= most:
            faults[name] = _("请填 {least} 至 {most}。").format(least=least, most=most)
    now = asdict(practice().limits) | dict(values)
    if not faults and now["oldest_hours"] > (now["raw_days"] - 1) * 24:
        faults["oldest_hours"] = _("补传期限要比原始读数留存的天数短。")
    if not faults and now["flood_burst"] < now["flood_per_minute"]:
        faults["flood_burst"] = _("一阵里的条数不能比一分钟的少。")
    if faults:
        raise Invalid(faults)
    return _put(actor, {**document(), "limits": now}, "limits", reason=reason, at=at)


@transaction.atomic
def put_kind(actor: Actor, *, told: KindIn, reason: str, at: datetime) -> bool:
    """Put a kind in force, new or changed. Raises NotAllowed, Invalid with every fault."""
    demand(actor, "sensors.manage", LABEL)
    label = clean(told.label, 40)
    faults = {} if reason.strip() else {"reason": _("请写明为什么改。")}
    if not _CODE.fullmatch(told.code):
        faults["code"] = _("代码用小写字母开头，最多 20 个字母、数字和下划线。")
    if not label:
        faults["label"] = _("请写类型的名称。")
    if not 1 <= told.expected_every <= SELDOM:
        faults["expected_every"] = _("上报间隔请填 1 秒至 7 天。")
    faults |= _measure_faults(told.measures)
    if faults:
        raise Invalid(faults)
    said: dict[str, Any] = {"label": label, "expected_every": told.expected_every}
    gone = dict.fromkeys(practice().kind(told.code).own)
    said["measures"] = gone | {one.code: _said(one) for one in told.measures}
    said["order"] = [one.code for one in told.measures]
    kinds = {**(document().get("kinds") or {}), told.code: said}
    return _put(actor, {**document(), "kinds": kinds}, told.code, reason=reason, at=at)


@transaction.atomic
def drop_kind(actor: Actor, *, kind: Kind, reason: str, at: datetime) -> bool:
    """Take a kind out of use here. Raises Refused while devices of it are on the books."""
    demand(actor, "sensors.manage", LABEL)
    if not reason.strip():
        raise Invalid({"note": _("请写明为什么停用。")})
    count = Device.objects.now().filter(kind=kind.code).count()
    if count:
        raise Refused("kind_in_use", _("还有 {count} 个在册的设备是这一类，先改它们的类型。").format(count=count))
    kinds = {**(document().get("kinds") or {}), kind.code: None}
    return _put(actor, {**document(), "kinds": kinds}, kind.code, reason=reason, at=at)


def _measure_faults(measures: Sequence[Measure]) -> dict[str, str]:
    if not 0 < len(measures) <= MOST_MEASURES:
        return {"measures": _("请写 1 至 {most} 个指标。").format(most=MOST_MEASURES)}
    codes = [one.code for one in measures]
    common = {one.code for one in COMMON}
    for one in measures:
        if not _CODE.fullmatch(one.code) or one.code in common or codes.count(one.code) > 1:
            return {"measures": _("指标代码“{code}”不能用：要小写字母开头，不重复。").format(code=one.code)}
        if not one.least < one.most:
            return {"measures": _("“{label}”的最小值要比最大值小。").format(label=one.label)}
    return {}


def _said(measure: Measure) -> dict[str, Any]:
    told = asdict(measure)
    del told["code"]
    return {**told, "words": list(measure.words)}


def _put(actor: Actor, content: Mapping[str, Any], what: str, *, reason: str, at: datetime) -> bool:
    why = clean(reason, 200)
    changed = configuration.put(DOCUMENT, dict(content), at=at, by_id=actor.account_id, reason=why, source="page")
    if changed:
        record(actor, "config.sensors", at=at, subject_kind="document", subject_label=f"{DOCUMENT}.{what}", reason=why)
    return changed
