"""开始设置: what a county needs before it runs, step by step, and a report tried through the rules at the end."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_units import TryForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.words import instant
from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.worktime import rules
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.kernel.worktime.queries import calendar
from lianxin.operations.founding.checklist import steps
from lianxin.work.cases.actions.filing import usual_standard
from lianxin.work.cases.models import FilingStandard
from lianxin.work.dispatch.proposals import Proposal
from lianxin.work.dispatch.routing import propose

DOOR = "console:admin"


@require_safe
@staff_only("config.manage")
def setup(request: HttpRequest) -> HttpResponse:
    """Show the steps, each with what is missing and where it is done."""
    asked = cast("Request", request)
    found = steps(asked.numbers, asked.at)
    return page(
        request,
        "operations/setup.html",
        door=DOOR,
        title=_("开始设置"),
        steps=found,
        done=sum(step.state == "done" for step in found),
        next_step=next((step for step in found if step.state != "done"), None),
    )


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that happens to a report on its way: what, how it would go, and what to do when it would not."""

    title: str
    said: str
    is_well: bool
    url: str = ""
    verb: str = ""


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def rehearse(request: HttpRequest) -> HttpResponse:
    """Walk words and a place through the rules in force; nothing is written."""
    asked = cast("Request", request)
    form = TryForm(request.POST or None, asked=asked)
    beats: list[Beat] = []
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        proposal = propose(
            values["text"], area=values["area"], level=values["level"], at=asked.at, numbers=asked.numbers
        )
        beats = walk(asked, proposal, values["level"])
    return page(
        request,
        "operations/rehearse.html",
        door=DOOR,
        title=_("试一遍"),
        form=form,
        beats=beats,
        is_whole=bool(beats) and all(beat.is_well for beat in beats),
        status=422 if form.errors else 200,
    )


def walk(asked: Request, proposal: Proposal, level: str) -> list[Beat]:
    """Return what would happen from the report to its close."""
    best, area = proposal.best, proposal.area
    if best is None:
        return [
            Beat(
                _("归类"),
                _("还没有分类，认不出是什么事。"),
                is_well=False,
                **_to_import("standards", _("导入立案标准")),
            )
        ]
    standard = usual_standard(best.category.id, proposal.severity.value if proposal.severity else "")
    path = " › ".join(best.category.path)
    spoke = "、".join(span.words for span in best.spans) or _("没有特别的词")
    beats = [Beat(_("归类"), _("{path}（{words}）").format(path=path, words=spoke), is_well=True)]
    beats.append(_filed(asked, standard, path))
    beats.append(_who(asked, "cases.file", _("立案"), area))
    beats.append(_who(asked, "cases.dispatch", _("派遣"), area))
    beats += _led(asked, best, area, level)
    beats.append(_who(asked, "cases.verify", _("核查"), area))
    beats.append(_who(asked, "cases.close", _("结案"), area))
    return beats


def _to_import(code: str, verb: str) -> dict[str, str]:
    return {"url": reverse("console:import_begin", args=[code]), "verb": verb}


def _filed(asked: Request, standard: FilingStandard | None, path: str) -> Beat:
    if standard is None:
        sentence = _("“{path}”没有立案标准，不知道几时办好。").format(path=path)
        return Beat(_("时限"), sentence, is_well=False, **_to_import("standards", _("导入立案标准")))
    limit = Limit(standard.limit_value, Unit(standard.limit_unit))
    due = rules.Clock(asked.at, limit, calendar(numbers=asked.numbers)).due_at
    said = _("{condition}：{limit}").format(condition=standard.condition, limit=limit.label)
    if due is not None:
        said += _("，现在派出的话 {due} 到期").format(due=instant(due, asked.at))
    return Beat(_("时限"), said, is_well=True)


def _who(asked: Request, permission: str, label: str, area: AreaNode | None) -> Beat:
    count = len(holders(permission, at=asked.at, place=area))
    if count:
        return Beat(label, _("{count} 人能办").format(count=count), is_well=True)
    where = area.name if area else _("全域")
    return Beat(label, _("{where}没有人能{label}。").format(where=where, label=label), is_well=False,
                **_to_import("staff", _("导入花名册")))  # fmt: skip


def _led(asked: Request, best: Any, area: AreaNode | None, level: str) -> list[Beat]:
    matrix = f"{reverse('console:duty_matrix')}?level={level}"
    if area is None:
        return [Beat(_("牵头"), _("写了地点才知道由谁牵头。"), is_well=False)]
    if best.ruling is None:
        return [Beat(_("牵头"), _("权责清单没有写明谁负责。"), is_well=False, url=matrix, verb=_("去矩阵里补"))]
    unit = best.ruling.lead_unit
    count = len(holders("cases.handle", at=asked.at, unit_id=unit.id))
    is_plain = not best.ruling.contradicted_by
    found = [Beat(_("牵头"), f"{unit.name}。{best.ruling.why}", is_well=is_plain, url=matrix, verb=_("看矩阵"))]
    if count:
        said = _("{unit}有 {count} 人能签收、处置").format(unit=unit.short_name, count=count)
        return [*found, Beat(_("处置"), said, is_well=True)]
    said = _("{unit}还没有经办人，派出去没有人签收。").format(unit=unit.short_name)
    return [*found, Beat(_("处置"), said, is_well=False, **_to_import("staff", _("导入花名册")))]
