"""What the platform proposes for a case at the desk, and what will follow when the key is pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lianxin.faces.console.rows import area_of
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Option
from lianxin.foundation.organizations.queries import Ruling
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.kernel.worktime.queries import calendar as work_calendar
from lianxin.kernel.worktime.rules import due
from lianxin.work.cases import rules
from lianxin.work.cases.keeping import ruling_for
from lianxin.work.cases.models import Case, FilingStandard
from lianxin.work.cases.settings import FlowSettings, flow_settings
from lianxin.work.cases.timing import limit_for
from lianxin.work.cases.words import Severity, Stage
from lianxin.work.dispatch.proposals import CategoryNode
from lianxin.work.dispatch.queries import catalogue

Numbers = Mapping[str, int]
_LONGEST = 600  # characters of the words shown at the desk
_MOST_MARKED = 12  # characters in one mark: where whole sentences speak for a choice, marking them says nothing


@dataclass(frozen=True, slots=True)
class Proposed:
    """One choice: filed as this, led by that unit, within that time; `may_send` False: not from this level."""

    category: CategoryNode
    confidence: float
    ruling: Ruling | None
    severity: str
    limit: Limit | None
    may_send: bool

    @property
    def unit(self) -> str:
        """The lead's short name."""
        return (self.ruling.lead_unit.short_name or self.ruling.lead_unit.name) if self.ruling else ""


def proposed(case: Case, *, at: datetime, numbers: Numbers) -> list[Proposed]:
    """Return the choices for a case that is not dispatched yet, the surest first. One statement."""
    nodes = catalogue(numbers)
    if case.stage == Stage.FILED and case.category_id in nodes.by_id:
        found = [(nodes.by_id[case.category_id], 1.0)]
    elif case.stage == Stage.REPORTED:
        told = (case.proposal or {}).get("choices", [])
        found = [(nodes.by_code[each["code"]], each["confidence"]) for each in told if each["code"] in nodes.by_code]
    else:
        return []
    standards = _standards([category.id for category, _share in found])
    return [
        _proposed(case, category, share, standards.get(category.id, []), at=at, numbers=numbers)
        for category, share in found
    ]


def _standards(category_ids: Sequence[int]) -> dict[int, list[FilingStandard]]:
    found: dict[int, list[FilingStandard]] = {}
    for row in FilingStandard.objects.filter(category_id__in=category_ids, valid_to=None).order_by("row"):
        found.setdefault(row.category_id, []).append(row)
    return found


def _proposed(
    case: Case,
    category: CategoryNode,
    share: float,
    standards: Sequence[FilingStandard],
    *,
    at: datetime,
    numbers: Numbers,
) -> Proposed:
    settings, area = flow_settings(numbers), area_of(case, numbers)
    ruling = ruling_for(case, category.code, area, level=case.holder_level, at=at, numbers=numbers)
    row = _usual(case, standards)
    severity = case.severity if case.severity != Severity.NORMAL or row is None else row.severity
    return Proposed(
        category=category,
        confidence=share,
        ruling=ruling,
        severity=severity,
        limit=_handle_limit(case, row, severity, settings),
        may_send=ruling is not None and rules.may_send(settings, case.holder_level, ruling.lead_unit.kind),
    )


def _usual(case: Case, rows: Sequence[FilingStandard]) -> FilingStandard | None:
    """Return the row it would be filed by, as filing itself chooses it."""
    if case.standard is not None:
        return case.standard
    order = {Severity.NORMAL: 0, Severity.PRESSING: 1, Severity.URGENT: 2}
    wanted = case.severity if case.severity != Severity.NORMAL else ""
    ranked = sorted(rows, key=lambda row: (row.severity != wanted, order[Severity(row.severity)], row.row))
    return ranked[0] if ranked else None


def _handle_limit(case: Case, row: FilingStandard | None, severity: str, settings: FlowSettings) -> Limit:
    shadow = Case(kind=case.kind, severity=severity)
    shadow.standard = row
    return limit_for("handle", shadow, settings)


def options(found: Sequence[Proposed], chosen: str = "") -> list[Option]:
    """Return the choices as radio rows."""
    first = chosen or (found[0].category.code if found else "")
    return [
        Option(
            value=each.category.code,
            label=each.category.name,
            line=" · ".join(filter(None, (
                _("主办 %(unit)s") % {"unit": each.unit} if each.unit else _("权责清单里没有"),
                each.limit.label if each.limit else "",
            ))),
            confidence=each.confidence,
            chosen=each.category.code == first,
        )
        for each in found
    ]  # fmt: skip


def reason(case: Case, found: Sequence[Proposed] = ()) -> str:
    """Say what the proposal rests on: the component, the words that spoke for it, and the list."""
    if case.component_id is not None and found and found[0].ruling is not None:
        return found[0].ruling.why
    if case.stage != Stage.REPORTED:
        return _("分类已定；依据权责清单")
    told = (case.proposal or {}).get("choices", [])
    spoken = [word for word in (told[0].get("words", []) if told else []) if 0 < len(word) <= _MOST_MARKED][:3]
    if not spoken:
        return _("依据全文、地点和权责清单；可改，改动会被记住")
    return _("依据%(words)s、地点和权责清单；可改，改动会被记住") % {"words": "".join(f"“{word}”" for word in spoken)}


@dataclass(frozen=True, slots=True)
class After:
    """What will have happened a moment after the key was pressed."""

    label: str  # of the button
    dispatches: bool
    lines: Sequence[SafeString]


def after(case: Case, choice: Proposed | None, *, at: datetime, numbers: Numbers) -> After | None:
    """Return the consequences of filing, and dispatching where this level may, by this choice."""
    if choice is None:
        return None
    settings, calendar = flow_settings(numbers), work_calendar(numbers=numbers)
    lines = []
    if case.stage == Stage.REPORTED:
        lines.append(format_html(_("<b>立案</b>为“{}”，等级{}"), choice.category.name, _severity(choice.severity)))
    if choice.may_send and choice.ruling is not None:
        shadow = Case(kind=case.kind, severity=choice.severity)
        accept_by = due(at, limit_for("accept", shadow, settings), calendar)
        lines.append(format_html(_("<b>{}</b>收到任务，须在 {} 前签收"), choice.unit, words.instant(accept_by, at)))
        if choice.limit is not None:
            lines.append(format_html(_("签收后 <b>{}</b> 内办好{}"), choice.limit.label, _kind_of_time(choice.limit)))
        if choice.ruling.assists:
            names = "、".join(unit.short_name or unit.name for unit in choice.ruling.assists)
            lines.append(format_html(_("<b>{}</b>同时收到协办任务"), names))
    elif choice.ruling is None:
        lines.append(format_html("{}", _("权责清单没有写明谁负责：立案后再选单位派遣")))
    else:
        lines.append(format_html(_("本级不能直接派给<b>{}</b>：立案后上报上级"), choice.unit))
    told = (
        _("上报人收到受理和办理进度，短信不含他人信息") if case.is_reachable else _("上报人没有留电话，可凭编号自己查")
    )
    lines.append(format_html("{}", told))
    if case.stage == Stage.FILED:
        return After(_("派遣"), choice.may_send, lines) if choice.may_send else None
    return After(_("立案并派遣") if choice.may_send else _("立案"), choice.may_send, lines)


def _severity(code: str) -> str:
    return f"“{Severity(code).label}”"


def _kind_of_time(limit: Limit) -> str:
    return _("（只计工作时间）") if Unit(limit.unit).is_working else ""


def marked(case: Case, found: Sequence[Proposed]) -> SafeString:
    """Return the words of the report with those marked that spoke for the first choice."""
    text = case.text[:_LONGEST]
    told = (case.proposal or {}).get("choices", [])
    first = next((each for each in told if found and each["code"] == found[0].category.code), None)
    spans = sorted(
        tuple(span)
        for span in (first or {}).get("spans", [])
        if 0 <= span[0] < span[1] <= min(len(text), span[0] + _MOST_MARKED)
    )
    pieces: list[SafeString] = []
    reached = 0
    for start, end in spans:
        if start < reached:
            continue
        pieces += [format_html("{}", text[reached:start]), format_html("<mark>{}</mark>", text[start:end])]
        reached = end
    pieces.append(format_html("{}{}", text[reached:], "…" if len(case.text) > _LONGEST else ""))
    return format_html_join("", "{}", ((piece,) for piece in pieces))
