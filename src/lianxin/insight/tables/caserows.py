"""What stands in a list of cases that is taken out: no reporter, no address, no words of theirs, no point."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as units
from lianxin.kernel.text.personal import looks_personal
from lianxin.work.cases.models.case import CaseQuerySet
from lianxin.work.cases.settings import flow_settings
from lianxin.work.cases.words import Channel, Kind, Severity
from lianxin.work.dispatch.queries import catalogue

from .sheets import Value

Numbers = Mapping[str, int]
_BATCH = 5_000
# Without one of these there is no number, plate or address of mail in a title.
_SUSPECT = re.compile(
    r"[0-9０-９@＠〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{3}|[@＠]|[京-龥][A-Za-zＡ-Ｚ]\s?[A-Za-z0-9]{4}"
)
_SOLVED = {"solved": gettext_lazy("解决了"), "partly": gettext_lazy("部分解决"), "not": gettext_lazy("没解决")}

# (heading, field, width of the column)
COLUMNS: tuple[tuple[str | Promise, str, int], ...] = (
    (gettext_lazy("案卷编号"), "number", 26),
    (gettext_lazy("标题"), "title", 36),
    (gettext_lazy("阶段"), "stage", 10),
    (gettext_lazy("性质"), "kind", 10),
    (gettext_lazy("等级"), "severity", 8),
    (gettext_lazy("大类"), "category_id", 16),
    (gettext_lazy("小类"), "category_id", 20),
    (gettext_lazy("街道"), "street_id", 14),
    (gettext_lazy("社区"), "community_id", 14),
    (gettext_lazy("网格"), "grid_id", 14),
    (gettext_lazy("渠道"), "channel", 10),
    (gettext_lazy("承办单位"), "lead_unit_id", 20),
    (gettext_lazy("上报时间"), "reported_at", 17),
    (gettext_lazy("立案时间"), "filed_at", 17),
    (gettext_lazy("派遣时间"), "dispatched_at", 17),
    (gettext_lazy("处置时间"), "handled_at", 17),
    (gettext_lazy("办结时间"), "ended_at", 17),
    (gettext_lazy("现在的时限"), "due_at", 17),
    (gettext_lazy("超时"), "is_overdue", 8),
    (gettext_lazy("回退次数"), "returns", 10),
    (gettext_lazy("返工次数"), "reworks", 10),
    (gettext_lazy("延期次数"), "extensions", 10),
    (gettext_lazy("催办次数"), "urges", 10),
    (gettext_lazy("解决情况"), "solved", 10),
)
_READ = [name for _head, name, _width in COLUMNS] + ["is_confidential"]


def heads() -> list[str]:
    """Return the headings."""
    return [str(head) for head, _name, _width in COLUMNS]


def widths() -> list[int]:
    """Return the widths of the columns."""
    return [width for _head, _name, width in COLUMNS]


def rows(found: CaseQuerySet, numbers: Numbers) -> Iterator[list[Value]]:
    """Yield a row for each case, by id; the database hands them over in batches."""
    said = [None, None, *_sayers(numbers)]
    confidential = _("（保密案件）")
    fields = list(dict.fromkeys(_READ))
    place = {name: at for at, name in enumerate(fields)}
    order = [place[name] for _head, name, _width in COLUMNS]
    secret = place["is_confidential"]
    plain = [at for at, say in enumerate(said) if say is None and at != 1]
    talking = [(at, order[at], say) for at, say in enumerate(said) if say is not None]
    for row in found.order_by("pk").values_list(*fields).iterator(chunk_size=_BATCH):
        told: list[Value] = [None] * len(order)
        for at in plain:
            told[at] = row[order[at]]
        for at, source, say in talking:
            told[at] = say(row[source])
        told[1] = confidential if row[secret] else masked(row[order[1]])
        yield told


def masked(title: str) -> str:
    """Return a title in which what looks like a person's number is stars."""
    if not _SUSPECT.search(title):
        return title
    letters = list(title)
    for found in looks_personal(title):
        letters[found.start : found.end] = "*" * (found.end - found.start)
    return "".join(letters)


def _sayers(numbers: Numbers) -> list[Callable[[Any], Value] | None]:
    """Return for each column but number and title how its value is said; None says it as it is."""
    flow, tree = flow_settings(numbers), catalogue(numbers)
    areas_by = {node.id: node.name for node in areas.index(numbers).nodes.values()}
    units_by = {one.id: one.short_name or one.name for one in units.directory(numbers).by_id.values()}
    paths = {pk: tuple(node.path) for pk, node in tree.by_id.items()}
    major = {pk: path[0] for pk, path in paths.items()}
    minor = {pk: path[-1] if len(path) > 1 else "" for pk, path in paths.items()}

    def of(known: Mapping[Any, Any]) -> Callable[[Any], Value]:
        told = {key: str(value) for key, value in known.items()}
        return lambda value: told.get(value, "" if value is None else str(value))

    stages = _Stages(flow)
    yes = {True: _("是"), False: ""}
    return [
        stages.__getitem__, of(dict(Kind.choices)), of(dict(Severity.choices)), of(major), of(minor), of(areas_by),
        of(areas_by), of(areas_by), of(dict(Channel.choices)), of(units_by), None, None, None, None, None, None,
        yes.__getitem__, None, None, None, None, of({"": "", **_SOLVED}),
    ]  # fmt: skip


class _Stages(dict[str, str]):
    """Labels of stages, each asked for once."""

    def __init__(self, flow: Any) -> None:
        super().__init__()
        self._flow = flow

    def __missing__(self, stage: str) -> str:
        self[stage] = str(self._flow.stage_label(stage))
        return self[stage]


def told_at(at: datetime) -> str:
    """Say an instant in the place's time."""
    from lianxin.kernel.worktime.calendars import ZONE

    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
