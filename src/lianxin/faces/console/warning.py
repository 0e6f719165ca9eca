"""What pages of warnings share: tabs, where one may issue, how a warning is shown in a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.work.disclosure import queries as disclosure
from lianxin.work.disclosure.models import Notice
from lianxin.work.warnings import board
from lianxin.work.warnings.models import State, WarningArea, WarningMessage

DOOR = "console:warnings"
VIEW, ISSUE, SOURCES = "warnings.view", "warnings.issue", "warnings.sources"
SEEN_BY = (VIEW, ISSUE)
_MOST_AREAS = 80


@dataclass(frozen=True, slots=True)
class Row:
    """A warning as a line of the list."""

    warning: WarningMessage
    title: str
    where: str
    left: str  # how long it lasts yet; "" when it does not run
    meant: int
    confirmed: int


def tabs(asked: Request, current: str) -> list[Tab]:
    """Return the pages of this door that this person may open."""
    pages = ((DOOR, _("预警"), SEEN_BY), ("console:warning_sources", _("来源"), (SOURCES,)))
    return [
        Tab(reverse(name), label, current=name == current)
        for name, label, permissions in pages
        if any(asked.actor.may(permission) for permission in permissions)
    ]


def rows(asked: Request, found: Sequence[WarningMessage]) -> list[Row]:
    """Return warnings as lines. Four statements however many they are, two where nobody was told."""
    fallen: dict[int, list[int]] = {}
    for area in WarningArea.objects.filter(warning_id__in=[one.pk for one in found]).order_by("pk"):
        fallen.setdefault(area.warning_id, []).append(area.area_id)
    notices = {one.key: one for one in Notice.objects.filter(key__in=[one.notice_key for one in found])}
    counts = disclosure.counts(list(notices.values())) if notices else {}
    told = []
    for one in found:
        notice = notices.get(one.notice_key) if one.notice_key is not None else None
        count = counts[notice.pk] if notice is not None else disclosure.Counts()
        where = place_words(asked, fallen.get(one.pk, []))
        told.append(Row(one, title(one), where, left(one, asked.at), count.meant, count.confirmed))
    return told


def title(one: WarningMessage) -> str:
    """Return what a message is in a few words: 暴雨黄色预警; 解除 for what ends another."""
    if one.msg_type == "Cancel":
        return _("解除")
    return board.short_title(one.event, one.colour) if one.event else one.msg_type


def kind_words(one: WarningMessage) -> str:
    """Say what a message does in its chain."""
    words_of = {"Alert": _("首发"), "Update": _("更新"), "Cancel": _("解除"), "Ack": _("收到"), "Error": _("报错")}
    return words_of.get(one.msg_type, one.msg_type)


def left(one: WarningMessage, at: datetime) -> str:
    """Say how long a running or waiting warning lasts yet."""
    if one.state not in {State.RUNNING, State.WAITING} or one.expires_at is None:
        return ""
    return words.remaining(one.expires_at, at) if one.expires_at > at else _("已到期")


def place_words(asked: Request, ids: Sequence[int]) -> str:
    """Say areas by name, three at most: 龙眠街道、文昌街道 等 5 处."""
    names = board.names(ids, asked.numbers)
    shown = "、".join(names[:3])
    return _("{shown} 等 {count} 处").format(shown=shown, count=len(names)) if len(names) > 3 else shown


def areas_to_choose(asked: Request) -> list[tuple[str, str]]:
    """Return where this person may issue: each own area, and what lies right below it."""
    atlas = areas.atlas(asked.at, asked.numbers)
    found: dict[int, str] = {}
    for root in grounds(asked):
        found[root.id] = root.name
        for child in atlas.children(root.id):
            found.setdefault(child.id, f"{root.name} › {child.name}")
    return [(str(pk), label) for pk, label in list(found.items())[:_MOST_AREAS]]


def grounds(asked: Request) -> list[AreaNode]:
    """Return the areas in which this person decides on warnings, the larger first."""
    scope, atlas = asked.actor.scope(ISSUE), areas.atlas(asked.at, asked.numbers)
    if scope.everywhere:
        return atlas.children(None)
    own = {*scope.street_ids, *scope.community_ids, *scope.grid_ids}
    known = [atlas.by_id[pk] for pk in own if pk in atlas.by_id]
    return sorted(known, key=lambda node: (node.depth, node.code))
