"""How far the platform files and dispatches by itself (自动立案、自动派遣): changed with a reason, after figures."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.audit.actions import record
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.configuration.models import Document
from lianxin.kernel.errors import Invalid, Refused
from lianxin.work.cases.settings import parse
from lianxin.work.dispatch.queries import ShadowLine, catalogue, shadow_report

Which = Literal["auto_file", "auto_dispatch"]
LABELS: Mapping[str, str] = {"auto_file": "自动立案", "auto_dispatch": "自动派遣"}
# A share of fewer decisions says little; older ones speak of another model and another list.
LEAST_DECIDED = 20
LOOKED_BACK = timedelta(days=90)


def figures(at: datetime) -> dict[str, ShadowLine]:
    """Return by category how the platform would have done lately."""
    return {line.category: line for line in shadow_report(at - LOOKED_BACK, at)}


def is_proven(line: ShadowLine | None) -> bool:
    """Tell whether enough has been decided for the share to be shown, and so to be judged by."""
    return line is not None and line.decided >= LEAST_DECIDED


@transaction.atomic
def set_automation(
    actor: Actor, *, which: Which, mode: str, confidence: float, categories: Collection[str], reason: str, at: datetime
) -> bool:
    """Set how the platform acts by itself; returns whether anything changed.

    Switching on is refused for categories that have no shadow figures yet. Raises NotAllowed without
    `config.manage`, Invalid for values that make no sense, Refused for what has not been tried.
    """
    demand(actor, "config.manage", "修改配置")
    known = {leaf.code for leaf in catalogue().leaves}
    _check(mode, confidence, categories, reason, known)
    latest = Document.objects.select_for_update().filter(key="flow").order_by("-version").first()
    flow: dict[str, Any] = dict(latest.content) if latest else {}
    before = flow.get(which, {})
    if mode == "on":
        _demand_figures(set(categories) - _on_already(flow, which, known), at)
    flow[which] = {"mode": mode, "confidence": confidence, "categories": sorted(categories)}
    changed = configuration.put("flow", flow, at=at, by_id=actor.account_id, reason=reason, source="page")
    if changed:
        record(
            actor,
            "config.put",
            at=at,
            subject_kind="document",
            subject_label=f"flow.{which}",
            reason=reason,
            detail={"before": before, "after": flow[which]},
        )
    return changed


def _check(mode: str, confidence: float, categories: Collection[str], reason: str, known: Collection[str]) -> None:
    wrong = {}
    if mode not in {"off", "shadow", "on"}:
        wrong["mode"] = _("请选择关闭、影子或开启。")
    if not 0.5 <= confidence <= 0.99:
        wrong["confidence"] = _("把握要在 50% 到 99% 之间。")
    if unknown := sorted(set(categories) - set(known)):
        wrong["categories"] = _("没有这些分类：{codes}。").format(codes="、".join(unknown[:5]))
    if mode == "on" and not categories:
        wrong["categories"] = _("请选择在哪些分类上开启。")
    if not reason.strip():
        wrong["reason"] = _("请写明为什么改。")
    if wrong:
        raise Invalid(wrong)


def _on_already(flow: dict[str, Any], which: str, known: set[str]) -> set[str]:
    automatic = asdict(getattr(parse(flow), which))
    if automatic["mode"] != "on":
        return set()
    return known if automatic["categories"] is None else set(automatic["categories"])


def _demand_figures(categories: set[str], at: datetime) -> None:
    lines = figures(at) if categories else {}
    nodes = catalogue().by_code
    untried = sorted(nodes[code].name for code in categories if not is_proven(lines.get(code)))
    if untried:
        raise Refused(
            "automation_untried",
            _("{names} 还没有足够的影子记录（至少 {least} 件有人定过）。请先用影子模式跑一段时间。").format(
                names="、".join(untried[:5]) + ("等" if len(untried) > 5 else ""), least=LEAST_DECIDED
            ),
        )
