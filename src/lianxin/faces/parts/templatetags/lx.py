"""Tags and filters of the house: `{% load lx %}`. docs/look.md shows each with an example."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lianxin.faces.parts import drawing, words
from lianxin.faces.parts.charts import Chart, folded
from lianxin.faces.parts.shapes import FunnelRow, Kpi, Page, Step
from lianxin.kernel import text

register = template.Library()

SEVENTHS = {
    "reported": 1,
    "filed": 2,
    "dispatched": 3,
    "handling": 4,
    "handled": 5,
    "verified": 6,
    "closed": 7,
}
END_ICONS = {
    "answered": "check",
    "declined": "minus",
    "referred": "arrow-right",
    "merged": "merged",
    "withdrawn": "undo",
    "void": "close",
}
SEVERITIES = {"normal": (1, "一般"), "pressing": (2, "较急"), "urgent": (3, "紧急")}


def _now(context: Context) -> datetime:
    """Return the page's clock, so that every word on one page speaks of the same instant."""
    given = context.get("now")
    return given if isinstance(given, datetime) else datetime.now(UTC)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of the sprite; the word stands beside it, so readers skip the drawing."""
    return _drawn(f"icon {extra}".strip(), name)


@register.simple_tag
def shape(state: str) -> SafeString:
    """Draw the shape of a clock state alone, for legends and faults."""
    return _drawn("shape", f"clock-{state}")


@register.simple_tag
def ring(sevenths: int) -> SafeString:
    """Draw the ring of a stage alone, filled by so many sevenths; all seven are a tick."""
    return _drawn("stage-ring", f"stage-{min(7, sevenths)}")


@register.simple_tag
def bars(level: int) -> SafeString:
    """Draw the bars of a severity alone: one, two or three of three."""
    return _drawn("severity-bars", f"severity-{level}")


def _drawn(classes: str, name: str) -> SafeString:
    # Lists draw dozens: each says no more than where its drawing lies.
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("icons.svg"), name
    )


@register.inclusion_tag("parts/logo.html")
def logo() -> dict[str, Any]:
    """Draw the two strokes of the heart."""
    return {}


@register.inclusion_tag("parts/stage.html")
def stage(code: str | int, label: str = "", *, ring_only: bool = False) -> dict[str, Any]:
    """Draw a stage: code is the canonical stage or its sevenths; the label comes from the profile."""
    end = END_ICONS.get(str(code), "")
    sevenths = 0 if end else SEVENTHS.get(str(code), 0) or (int(code) if str(code).isdigit() else 0)
    return {"sevenths": sevenths, "end": end, "label": label, "ring_only": ring_only}


@register.inclusion_tag("parts/clock.html", takes_context=True)
def clock(
    context: Context,
    state: str,
    *,
    due: datetime | None = None,
    until: date | None = None,
    begins: datetime | None = None,
    warn_at: datetime | None = None,
    label: str = "",
    note: str = "",
    big: bool = False,
) -> dict[str, Any]:
    """Draw a clock chip; state is ok, warn, late, paused or outside.

    label stands before (立案剩 6 分); note is the tooltip.
    With warn_at the chip turns amber by itself at that instant; it turns red at `due` in any case.
    """
    now = _now(context)
    kind = words.ClockState(state)
    said = words.clock(kind, now=now, due=due, until=until, begins=begins)
    title = note or (f"{words.full_instant(due)} 到期" if due else "")
    ticks = due is not None and kind in {words.ClockState.ON_TIME, words.ClockState.WARN, words.ClockState.LATE}
    return {
        "state": kind.value,
        "words": said,
        "label": label,
        "title": title,
        # To the second below: chips tick by the minute, and a list has many.
        "due": due.replace(microsecond=0) if due else None,
        "warn_at": warn_at.replace(microsecond=0) if warn_at else None,
        "ticks": ticks,
        "big": big,
    }


@register.inclusion_tag("parts/severity.html")
def severity(code: str, label: str = "", *, silent: bool = False) -> dict[str, Any]:
    """Draw the rising bars of normal, pressing, urgent; silent keeps the word for readers only."""
    level, said = SEVERITIES.get(code, (1, code))
    return {"level": level, "label": label or said, "silent": silent}


@register.inclusion_tag("parts/person.html")
def person(who: object, *, large: bool = False) -> dict[str, Any]:
    """Draw a person chip from a Contact."""
    return {"who": who, "large": large}


@register.inclusion_tag("parts/trail.html")
def trail(crumbs: Sequence[object], label: str = "位置") -> dict[str, Any]:
    """Draw a trail 街道 › 社区 › 网格; the last one is plain."""
    return {"crumbs": crumbs, "label": label}


@register.inclusion_tag("parts/kpi.html")
def kpi(figure: Kpi) -> dict[str, Any]:
    """Draw a figure with its change, its line and its meaning."""
    line = drawing.spark(figure.points)
    x, _, y = line.rpartition(" ")[2].partition(",")
    return {"figure": figure, "line": line, "x": x, "y": y}


@register.inclusion_tag("parts/chart.html")
def chart(drawn: Chart) -> dict[str, Any]:
    """Draw a chart with its table 看数据; the picture is drawn by the script, the table stands without it."""
    return {"chart": folded(drawn)}


@register.simple_tag
def tally(number: int, url: str = "", why: str = "") -> SafeString | str:
    """Draw a number of things as a link to their list; `why` says why there is none. Nought has none to show.

    The list says its total in an element with `data-total`; tests/faces/test_every_number.py compares the two.
    """
    said = words.count(number)
    if url and number:
        return format_html('<a href="{}" data-count="{}">{}</a>', url, number, said)
    return format_html('<span data-count="{}" data-count-why="{}">{}</span>', number, why, said) if number else said


@register.inclusion_tag("parts/funnel.html")
def funnel(rows: Sequence[FunnelRow], counted: str = "") -> dict[str, Any]:
    """Draw where cases are stuck: thick median, thin 90th percentile, black limit at one place.

    `counted` heads the numbers, where these are not the cases under way.
    """
    return {"rows": [(row, drawing.bar(row.median, row.limit, row.p90)) for row in rows], "counted": counted}


@register.inclusion_tag("parts/dwell.html")
def dwell(used: timedelta | float, limit: timedelta | float | None = None, label: str = "") -> dict[str, Any]:
    """Draw a dwell bar with its limit tick; crossing it is said by stripes and by words."""
    seconds = words.seconds_of(used)
    most = words.seconds_of(limit) if limit else 0.0
    return {"bar": drawing.bar(seconds, most) if most else None, "used": seconds, "limit": most, "label": label}


@register.inclusion_tag("parts/progress.html")
def progress(share: float, tone: str = "", label: str = "") -> dict[str, Any]:
    """Draw a share between 0 and 1 as a bar; tone is warn, late or nothing."""
    return {"width": round(min(1.0, max(0.0, share)) * 100, 1), "tone": tone, "label": label}


@register.inclusion_tag("parts/trace.html", takes_context=True)
def trace(context: Context, steps: Sequence[Step], *, narrow: bool = False) -> dict[str, Any]:
    """Draw a trace, newest first."""
    return {"steps": steps, "narrow": narrow, "now": _now(context)}


@register.inclusion_tag("parts/evidence.html", takes_context=True)
def evidence(context: Context, photos: Sequence[object], *, pair: bool = False) -> dict[str, Any]:
    """Draw photos of one size; those demanded and missing stay as dashed places."""
    return {"photos": photos, "pair": pair, "now": _now(context)}


@register.inclusion_tag("parts/proposal.html")
def proposal(
    options: Sequence[object], name: str = "option", reason: str = "", title: str = "建议怎样派"
) -> dict[str, Any]:
    """Draw proposals as radio choices; reasons stand in the head, confidence as bar and number."""
    return {"options": options, "name": name, "reason": reason, "title": title}


@register.inclusion_tag("parts/phases.html")
def phases(steps: Sequence[object]) -> dict[str, Any]:
    """Draw the strip of phases with used and limit."""
    return {"steps": steps}


@register.inclusion_tag("parts/wizard.html")
def wizard(steps: Sequence[object], current: int) -> dict[str, Any]:
    """Draw the named steps of a wizard; current counts from 1. Steps are Phase values."""
    return {"steps": [(number, step, number < current) for number, step in enumerate(steps, 1)], "current": current}


@register.inclusion_tag("parts/tabs.html")
def tabs(items: Sequence[object], label: str) -> dict[str, Any]:
    """Draw tabs that are links; label names the group for readers."""
    return {"items": items, "label": label, "class": "tabs"}


@register.inclusion_tag("parts/tabs.html")
def segments(items: Sequence[object], label: str) -> dict[str, Any]:
    """Draw two to four choices of one view as links."""
    return {"items": items, "label": label, "class": "segments"}


@register.inclusion_tag("parts/filters.html")
def filters(chosen: Sequence[object], clear_url: str = "") -> dict[str, Any]:
    """Draw the filters in force as words, each with a way to drop it."""
    return {"chosen": chosen, "clear_url": clear_url}


@register.inclusion_tag("parts/pager.html")
def pager(page: Page, unit: str = "件", label: str = "翻页") -> dict[str, Any]:
    """Draw previous and next of a list by keys; two on one page need two labels."""
    return {"page": page, "unit": unit, "label": label}


@register.inclusion_tag("parts/heading.html")
def sorted_head(label: str, url: str, order: str = "", *, number: bool = False) -> dict[str, Any]:
    """Draw a column head that sorts; order is ascending, descending or nothing."""
    return {"label": label, "url": url, "order": order, "number": number}


@register.inclusion_tag("parts/state.html")
def empty(
    title: str, why: str = "", act_url: str = "", act_label: str = "", *, picture: str = "inbox", level: int = 2
) -> dict[str, Any]:
    """Say what would be here, why it is not, and one next act."""
    return {"title": title, "why": why, "act_url": act_url, "act_label": act_label, "picture": picture, "level": level}


@register.inclusion_tag("parts/state.html")
def failure(
    title: str, safe: str = "", number: str = "", act_url: str = "", act_label: str = "再试一次"
) -> dict[str, Any]:
    """Say what happened, what is safe, what to do, and the request number."""
    why = f"{safe} 编号 {number}" if number else safe
    return {
        "title": title,
        "why": why,
        "act_url": act_url,
        "act_label": act_label,
        "picture": "alert",
        "wrong": True,
        "level": 2,
    }


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, hint: str = "", *, counted: int = 0) -> dict[str, Any]:
    """Draw a form field: label above, hint below, the fault at the field. counted shows typed of so many."""
    said = hint or str(bound.help_text)
    faults = [str(fault) for fault in bound.errors]
    told_by = [f"{bound.auto_id}_{part}" for part, there in (("hint", said), ("fault", faults)) if there]
    kind = type(bound.field.widget).__name__
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(told_by)} if told_by else {}
    if faults:
        attrs["aria-invalid"] = "true"
    if kind not in {"CheckboxInput", "RadioSelect", "CheckboxSelectMultiple"}:
        attrs["class"] = f"input {bound.field.widget.attrs.get('class', '')}".strip()
    if counted:
        attrs["data-counted"] = str(counted)
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "hint": said,
        "faults": faults,
        "kind": kind,
        "counted": counted,
        "optional": not bound.field.required,
    }


@register.inclusion_tag("parts/fault_summary.html")
def fault_summary(form: BaseForm) -> dict[str, Any]:
    """List all faults of a form on top, each a link to its field."""
    rows = [(bound, str(fault)) for bound in form for fault in bound.errors] if form.is_bound else []
    return {"rows": rows, "general": form.non_field_errors() if form.is_bound else []}


@register.inclusion_tag("parts/dialog.html", takes_context=True)
def confirm(
    context: Context,
    name: str,
    title: str,
    effect: str,
    *,
    verb: str,
    url: str,
    reason: str = "",
    hidden: Mapping[str, object] | None = None,
    danger: bool = False,
) -> dict[str, Any]:
    """Draw a dialog that names object, effect and number; a button with data-dialog="name" opens it.

    reason is the label of the field that asks why; hidden are further values of the form.
    """
    return {
        "name": name,
        "title": title,
        "effect": effect,
        "verb": verb,
        "url": url,
        "reason": reason,
        "hidden": (hidden or {}).items(),
        "danger": danger,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("parts/approval.html", takes_context=True)
def approval(
    context: Context, card: object, url: str = "", state: str = "ok", due: datetime | None = None
) -> dict[str, Any]:
    """Draw an approval: who asks, old → new, why, and what follows either way."""
    return {
        "card": card,
        "url": url,
        "state": state,
        "due": due,
        "now": _now(context),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("parts/toast.html", takes_context=True)
def toast(context: Context, said: str, undo_url: str = "", seconds: int = 10) -> dict[str, Any]:
    """Draw a toast; with undo_url it counts down and can be taken back."""
    return {"said": said, "undo_url": undo_url, "seconds": seconds, "csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None) -> SafeString | str:
    """Say an instant as a <time> with the whole of it as tooltip: 14:05, 11月21日 14:05."""
    if at is None:
        return words.UNKNOWN
    said = words.instant(at, _now(context))
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), words.full_instant(at), said)


@register.filter
def iso(at: datetime | None) -> str:
    """Write an instant for machines."""
    return at.isoformat() if at else ""


@register.filter
def whole(at: datetime) -> str:
    """Say an instant wholly, for a tooltip: 2026年11月21日 周六 14:05:00."""
    return words.full_instant(at)


@register.filter
def hour(at: datetime | None) -> str:
    """Say the time of day."""
    return words.hour(at) if at else words.UNKNOWN


@register.filter
def duration(span: timedelta | float | None) -> str:
    """Say how long: 1 小时 36 分."""
    return words.UNKNOWN if span is None else words.duration(span)


@register.filter
def rough(span: timedelta | float | None) -> str:
    """Say a limit or a median in one unit: 2.6 小时."""
    return words.UNKNOWN if span is None else words.rough(span)


@register.filter
def count(number: float | None) -> str:
    """Say a number: 6,214."""
    return words.UNKNOWN if number is None else words.count(number)


@register.filter
def wan(number: float | None) -> str:
    """Say a large number: 24.1 万."""
    return words.UNKNOWN if number is None else words.wan(number)


@register.filter
def percent(share: float | None) -> str:
    """Say a share: 97.4%."""
    return words.UNKNOWN if share is None else words.percent(share)


@register.filter
def tail(number: str) -> str:
    """Shorten a case number: …000123."""
    return words.tail(number)


@register.filter
def masked_name(name: str | None) -> str:
    """Mask a name: 王*."""
    return text.mask_name(name) if name else ""


@register.filter
def masked_phone(phone: str | None) -> str:
    """Mask a phone: 138****1234."""
    return text.mask_phone(phone) if phone else ""
