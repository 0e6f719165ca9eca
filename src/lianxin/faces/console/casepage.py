"""A case's page as values to draw: phases, facts, photos, assignments, trace, who is responsible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console.rows import Chip, area_of, clock_chip
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Contact, Crumb, Phase, Photo, Step
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.queries import node as area_node
from lianxin.foundation.organizations.queries import unit as unit_node
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.files.models import StoredFile
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.text import mask_name
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.work.cases.asking import handling_post
from lianxin.work.cases.evidence import LABELS as EVIDENCE
from lianxin.work.cases.models import Assignment, Case, Clock
from lianxin.work.cases.queries import CasePage, TraceLine
from lianxin.work.cases.words import CLOCK_LABELS, STAGE_CLOCK, AssignmentState, Channel, Stage
from lianxin.work.contractors.models import Link
from lianxin.work.contractors.queries import of_assignments

Numbers = Mapping[str, int]
_SEVENTHS = {stage: number for number, stage in enumerate(STAGE_CLOCK, 1)}


def phases(page: CasePage, *, at: datetime, numbers: Numbers) -> list[Phase]:
    """Return the strip in the place's own words, with used and limit."""
    told: Sequence[Mapping[str, Any]] = (current("labels", numbers) or {}).get("phases") or [
        {"label": page.settings.stage_label(stage), "during": [stage], "done_by": ""} for stage in STAGE_CLOCK
    ]
    now = next((index for index, phase in enumerate(told) if page.case.stage in phase["during"]), None)
    first = {entry.action: entry for entry in reversed(page.entries)}
    return [
        _phase(phase, page, at=at, first=first, is_past=_is_past(phase, index, now, first), is_now=index == now)
        for index, phase in enumerate(told)
    ]


def _is_past(phase: Mapping[str, Any], index: int, now: int | None, first: Mapping[str, Entry]) -> bool:
    """Tell whether a phase lies behind; a case that ended early has passed those whose act was done."""
    return index < now if now is not None else phase["done_by"] in first


def _phase(
    phase: Mapping[str, Any], page: CasePage, *, at: datetime, first: Mapping[str, Entry], is_past: bool, is_now: bool
) -> Phase:
    stages = [stage for stage in phase["during"] if stage in STAGE_CLOCK]
    names = {STAGE_CLOCK[stage] for stage in stages}
    clocks = [clock for clock in page.clocks if clock.subject == "stage" and clock.name in names]
    is_rated = page.case.stars is not None and phase["done_by"] == "evaluate"
    if is_past or is_rated:
        return Phase(phase["label"], _spent(clocks, at) or _done(first.get(phase["done_by"]), page, at), "done", 7,
                     late=any(clock.overdue_at for clock in clocks))  # fmt: skip
    limits = [short(page.settings.limit(STAGE_CLOCK[stage], page.case.kind)) for stage in stages[:1]]
    if is_now:
        running = page.stage_clock
        late = running is not None and running.state_at(at) == "overdue"
        line = _spent(clocks, at, verb=_("已")) if stages else _("等上报人评价")
        return Phase(phase["label"], line, "now", _SEVENTHS.get(page.case.stage, 7), late=late)
    return Phase(phase["label"], f"{_('限')} {limits[0]}" if limits and page.case.is_open else "")


_SHORT = {
    Unit.MINUTE: "分", Unit.WORK_MINUTE: "分", Unit.URGENT_HOUR: "小时", Unit.WORK_HOUR: "工作时",
    Unit.NATURAL_DAY: "天",
    Unit.WORK_DAY: "工作日",
}  # fmt: skip


def short(limit: Limit) -> str:
    """Say a limit where there is little room: 30 分, 4 工作时."""
    return f"{limit.value} {_SHORT[limit.unit]}" if limit.unit in _SHORT else limit.label


def _spent(clocks: Sequence[Clock], at: datetime, verb: str = "") -> str:
    """Say how long the clocks of a phase ran, and what they were allowed."""
    if not clocks:
        return ""
    spans = [(clock.stopped_at or at) - clock.started_at for clock in clocks]
    limit = short(Limit(clocks[-1].limit_value, Unit(clocks[-1].limit_unit)))
    return f"{verb or _('用')} {words.duration(sum(spans, timedelta()))} · {_('限')} {limit}"


def _done(entry: Entry | None, page: CasePage, at: datetime) -> str:
    if entry is None:
        return ""
    by = Channel(page.case.channel).label if entry.action == "report" else entry.actor_label
    return f"{words.instant(entry.at, at)} · {by}"


def crumbs(case: Case, numbers: Numbers, *, first: Sequence[Crumb] = ()) -> list[Crumb]:
    """Return the way down to the case's area, each a link to what is open there."""
    area = area_of(case, numbers)
    if area is None:
        return [*first, Crumb(_("还没有定位置"))]
    from_top = zip(area.breadcrumb[1:], area.path_ids[1:], strict=True)
    found = [(name, node_of(pk, numbers)) for name, pk in from_top]
    return [*first, *(Crumb(name, f"{reverse('console:cases')}?area={code}" if code else "") for name, code in found)]


def node_of(area_id: int, numbers: Numbers) -> str:
    """Return an area's code."""
    found = area_node(area_id, numbers)
    return found.code if found else ""


def photos(page: CasePage) -> list[Photo]:
    """Return the photos of a case, then what the standard demands and nobody has sent."""
    there = [_photo(file) for file in page.files if file.kind in {"photo", "video"} and file.status == "ready"]
    missing = [Photo(str(EVIDENCE.get(label, label)).replace("照片", "")) for label in page.missing_evidence]
    return [*there, *missing]


def _photo(file: StoredFile) -> Photo:
    url = f"/api/v1/files/{file.key}"
    known = str(EVIDENCE.get(file.label, ""))
    return Photo(
        label=known.removeprefix("处置前").removeprefix("处置后").removesuffix("照片")
        or (_("视频") if file.kind == "video" else _("照片")),
        url=url,
        thumb=f"{url}/thumb" if file.has_thumb else "",
        at=file.taken_at or file.created_at,
        tag=_("处置后") if file.label.startswith("after") else _("处置前") if file.label.startswith("before") else "",
        after=file.label.startswith("after"),
        video=file.kind == "video",
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One unit's part of a case, as a row."""

    unit: str
    part: str
    task: str
    handler: str
    state: str
    state_label: str
    chip: Chip | None
    line: str
    result: str
    link: Link | None = None  # what was handed to a contractor
    issue_url: str = ""  # to hand it to one, for who handles it
    photos: Sequence[Photo] = ()  # what this part's own people sent


# An assignment's state drawn as the stage it stands for.
_RINGS = {
    "offered": "dispatched",
    "accepted": "handling",
    "done": "closed",
    "returned": "declined",
    "withdrawn": "withdrawn",
}


def parts(page: CasePage, actor: Actor, *, at: datetime, numbers: Numbers) -> list[Part]:
    """Return the assignments, open ones first, each with its clock or how long it took. Two statements."""
    by_subject: dict[int, Clock] = {
        clock.subject_id: clock for clock in page.clocks if clock.subject == "assignment" and clock.subject_id
    }
    ordered = sorted(page.assignments, key=lambda each: (each.ended_at is not None, -each.pk))
    links = of_assignments([each.pk for each in ordered]) if ordered else {}
    senders = _senders(page, ordered) if len(ordered) > 1 else {}
    return [
        replace(
            _part(each, by_subject.get(each.pk), page, at, numbers),
            link=links.get(each.pk),
            issue_url=_issue_url(each, links.get(each.pk), actor, at),
            photos=[_photo(file) for file in page.files if file.created_by_id in senders.get(each.pk, ())],
        )
        for each in ordered
    ]


def _issue_url(given: Assignment, link: Link | None, actor: Actor, at: datetime) -> str:
    """Return where the part is handed to a contractor; nothing for who does not handle it, or while one has it."""
    able = given.state == AssignmentState.ACCEPTED and handling_post(given, actor, "cases.handle") is not None
    is_free = link is None or not link.is_live(at)
    return reverse("console:contractor_issue", args=[given.pk]) if able and is_free else ""


def _senders(page: CasePage, given: Sequence[Assignment]) -> dict[int, set[int]]:
    """Return who works in the unit of each part, of those who sent photos. One statement."""
    by = {file.created_by_id for file in page.files if file.created_by_id is not None}
    if not by:
        return {}
    posts = Post.objects.filter(account__in=by, unit__isnull=False).values_list("account_id", "unit__path")
    held = list(posts)
    return {
        each.pk: {account for account, path in held if each.unit is not None and path.startswith(each.unit.path)}
        for each in given
    }


def _part(given: Assignment, clock: Clock | None, page: CasePage, at: datetime, numbers: Numbers) -> Part:
    runs = clock is not None and clock.stopped_at is None
    return Part(
        unit=party_name(given),
        part=str(given.get_part_display()),
        task=given.task,
        handler=given.crew or (mask_name(given.handler.name) if given.handler else ""),
        state=_RINGS[given.state],
        state_label=str(AssignmentState(given.state).label),
        chip=clock_chip(clock, at=at, numbers=numbers, until=page.case.review_at)
        if clock is not None and runs
        else None,
        line=_spent([clock], at) if clock is not None and not runs else "",
        result=given.result,
    )


def party_name(given: Assignment) -> str:
    """Return the unit, or the post, that an assignment was given to."""
    if given.unit is not None:
        return given.unit.short_name or given.unit.name
    return post_name(given.post) if given.post is not None else ""


def post_name(post: Post) -> str:
    """Return a post with its holder, masked."""
    return f"{post.title or post.role.label} {mask_name(post.account.name)}"


def steps(lines: Sequence[TraceLine], case: Case) -> list[Step]:
    """Return the trace to draw; who reported is told by the channel only (law 9)."""
    return [_step(line, case) for line in lines]


def _step(line: TraceLine, case: Case) -> Step:
    entry = line.entry
    is_reporters = entry.action in {"report", "add", "urge", "thank", "withdraw", "evaluate", "appeal"}
    return Step(
        at=entry.at,
        title=_title(line),
        who=_reporter_words(case) if is_reporters else _who(entry),
        words=entry.note or entry.public_note,
        public=line.is_public,
        side=entry.source == entry.target,
        dwell_label=line.clock_label,
        used=line.dwell.total_seconds() if line.dwell is not None else None,
        limit=line.allowed.total_seconds() if line.allowed is not None else None,
    )


def _title(line: TraceLine) -> str:
    """Name the clock that warned or fell overdue."""
    clock = line.entry.after.get("clock") if line.entry.action in {"warn", "overdue"} else None
    return f"{line.label}：{CLOCK_LABELS[clock]}" if clock in CLOCK_LABELS else line.label


def _reporter_words(case: Case) -> str:
    return str(Channel(case.channel).label)


def _who(entry: Entry) -> str:
    return entry.actor_label or _("系统")


@dataclass(frozen=True, slots=True)
class When:
    """By when, and why then."""

    chip: Chip
    label: str
    started_at: datetime
    due_at: datetime | None
    share: float
    tone: str
    why: Sequence[str]


def when(page: CasePage, *, at: datetime, numbers: Numbers) -> When | None:
    """Return the running clock of the stage with its reasons: kind of time, what paused or moved it."""
    clock = page.stage_clock
    chip = clock_chip(clock, at=at, numbers=numbers, until=page.case.review_at) if clock is not None else None
    if clock is None or chip is None:
        return None
    whole = (clock.due_at - clock.started_at).total_seconds() if clock.due_at else 0
    share = (at - clock.started_at).total_seconds() / whole if whole > 0 else 1.0
    tone = {"late": "late", "warn": "warn"}.get(chip.state, "")
    return When(chip, str(CLOCK_LABELS[clock.name]), clock.started_at, clock.due_at, share, tone, _why(clock, page, at))


def _why(clock: Clock, page: CasePage, at: datetime) -> list[str]:
    limit = Limit(clock.limit_value, Unit(clock.limit_unit))
    told = [f"{_('时限')} {limit.label}" + f"（{_source(clock, page.case)}）"]
    if limit.unit.is_working:
        told.append(_("只计工作时间，下班和节假日停表"))
    elif page.case.severity == "urgent":
        told.append(_("紧急类按连续时间计，夜里和周末不停表"))
    else:
        told.append(_("按连续时间计"))
    for start, end in clock.pauses:
        begun = words.instant(datetime.fromisoformat(start), at)
        told.append(_("%(from)s 起停表") % {"from": begun} + (
            _("，%(to)s 恢复") % {"to": words.instant(datetime.fromisoformat(end), at)} if end else ""))  # fmt: skip
    if clock.extended_seconds:
        told.append(_("已同意延长 %(span)s") % {"span": words.rough(clock.extended_seconds)})
    if clock.shortened_to is not None:
        told.append(_("督办要求提前到 %(at)s") % {"at": words.instant(clock.shortened_to, at)})
    return told


def _source(clock: Clock, case: Case) -> str:
    if clock.name == "handle" and case.standard is not None:
        return _("立案标准 %(row)s") % {"row": case.standard.row}
    return _("本地规定")


def responsible(page: CasePage, *, at: datetime, numbers: Numbers) -> list[Contact]:
    """Return who has to move the case now: the units that handle it, or the level that holds it. One statement."""
    open_ones = [each for each in page.assignments if each.ended_at is None]
    if open_ones and page.case.stage in {"dispatched", "handling"}:
        return [_party(each) for each in open_ones]
    tasks = [task for task in page.field_tasks if task.is_open]
    found = [
        Contact(
            mask_name(task.post.account.name), task.post.title or task.post.role.label, str(task.get_kind_display())
        )
        for task in tasks if task.post is not None
    ]  # fmt: skip
    return (
        found
        or _field(page, at)
        or [Contact(_level(page.case.holder_level, numbers), _("持有这一件"), initial=_("持"))]
    )


def _party(given: Assignment) -> Contact:
    name = mask_name(given.handler.name) if given.handler else ""
    unit = given.unit
    return Contact(
        name or party_name(given), party_name(given) if name else "",
        str(AssignmentState(given.state).label) + " · " + str(given.get_part_display()),
        call_url=f"tel:{unit.duty_phone}" if unit is not None and unit.duty_phone else "",
    )  # fmt: skip


def _field(page: CasePage, at: datetime) -> list[Contact]:
    if page.case.stage != Stage.HANDLED or page.case.grid_id is None:
        return []
    posts = current_posts(at).filter(area_id=page.case.grid_id, role__permissions__contains=["cases.verify"])
    rows = posts.select_related("account", "role", "area")[:3]
    return [
        Contact(mask_name(post.account.name), f"{post.area.name if post.area else ''} {post.role.label}", _("将核查"))
        for post in rows
    ]


def _level(level: str, numbers: Numbers) -> str:
    names = (current("labels", numbers) or {}).get("levels", {})
    return str(names.get(level, level)) + _("一级")


_WAITS = {
    "reported": "等%(level)s立案", "filed": "等%(level)s派遣", "dispatched": "等%(unit)s签收",
    "handling": "等%(unit)s反馈",
    "handled": "等没有参与处置的人核查", "verified": "等%(level)s结案",
}  # fmt: skip


def waits_for(page: CasePage, numbers: Numbers) -> str:
    """Say what the most wanted step waits for: whom, when it is not for the one who looks; else which rule."""
    if page.waiting is None or not page.case.is_open:
        return ""
    if page.waiting.code != "not_yours":
        return page.waiting.sentence
    unit = unit_node(page.case.lead_unit_id, numbers) if page.case.lead_unit_id is not None else None
    return _(_WAITS[page.case.stage]) % {
        "level": _level(page.case.holder_level, numbers),
        "unit": (unit.short_name or unit.name) if unit else _("承办人"),
    }  # fmt: skip


def dwell_note(page: CasePage) -> str:
    """Say where an open case is stuck, when some stage took longer than it was allowed."""
    stuck = page.stuck
    if not page.case.is_open or stuck is None or stuck.share <= 1:
        return ""
    return _("卡在“%(stage)s”：%(lasted)s，限 %(allowed)s") % {
        "stage": stuck.label, "lasted": words.duration(stuck.lasted),
        "allowed": words.rough(stuck.allowed) if stuck.allowed else "",
    }  # fmt: skip
