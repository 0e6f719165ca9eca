"""What a visit is told: read, checked, and as the JSON of a version. Pure but for the names of choices."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import clean, looks_personal
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.care.models import CareTag

from .models import Visit

MOST_WORDS = 2000
MOST_AHEAD = timedelta(days=366)
OLDEST = timedelta(days=60)
WATCH_ERROR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Told:
    """A visit as its writer tells it."""

    visited_at: datetime
    kind: str = Visit.Kind.HOME
    outcome: str = Visit.Outcome.MET
    went: str = Visit.Went.SELF
    company: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    mood: str = ""
    words: str = ""
    follow_up_on: date | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that came up and is to become a case."""

    text: str
    category_id: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visit shall lead to; each of them once."""

    matter: Matter | None = None
    wish: str = ""
    need: str = ""  # of the closed list of care, proposed to the clerk
    evidence: str = ""


def checked(told: Told, wanted: Wanted, at: datetime) -> Told:
    """Return what was told in its one form; raise Invalid with everything that is wrong."""
    faults = _wrong_choices(told) | _wrong_times(told, at) | _wrong_wants(wanted)
    if len(told.words) > MOST_WORDS:
        faults["words"] = _("写得太长，请压到 {limit} 字以内。").format(limit=MOST_WORDS)
    if faults:
        raise Invalid(faults)
    return Told(
        **{**asdict(told), "words": clean(told.words, MOST_WORDS), "company": _unique(told.company),
           "topics": _unique(told.topics), "visited_at": min(told.visited_at, at)}
    )  # fmt: skip


def _unique(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(given))


def _wrong_choices(told: Told) -> dict[str, str]:
    known: tuple[tuple[str, Iterable[str], Iterable[str]], ...] = (
        ("kind", [told.kind], Visit.Kind.values),
        ("outcome", [told.outcome], Visit.Outcome.values),
        ("went", [told.went], Visit.Went.values),
        ("company", told.company, Visit.Company.values),
        ("topics", told.topics, Visit.Topic.values),
        ("mood", [told.mood], ["", *Visit.Mood.values]),
    )
    return {name: _("没有这个选项，请重新选。") for name, given, values in known if set(given) - set(values)}


def _wrong_times(told: Told, at: datetime) -> dict[str, str]:
    faults = {}
    if not at - OLDEST <= told.visited_at <= at + WATCH_ERROR:
        faults["visited_at"] = _("走访时间要在两个月以内，也不能晚于现在。")
    day = at.astimezone(ZONE).date()
    if told.follow_up_on is not None and not -OLDEST <= told.follow_up_on - day <= MOST_AHEAD:
        faults["follow_up_on"] = _("再去的日子请选今天以后一年以内。")
    return faults


def _wrong_wants(wanted: Wanted) -> dict[str, str]:
    faults = {}
    if wanted.matter is not None and len(clean(wanted.matter.text, 400)) < 2:
        faults["case"] = _("请写几句要上报什么。")
    if wanted.need and wanted.need not in CareTag.Need.values:
        faults["need"] = _("请从名单里选择需要什么照应。")
    elif wanted.need and len(clean(wanted.evidence, 300)) < 4:
        faults["evidence"] = _("请写明看到了什么，例如“独自生活，腿脚不便”。")
    elif wanted.need and looks_personal(wanted.evidence):
        faults["evidence"] = _("依据里不要写证件号码、电话，也不要写病名。")
    return faults


def packed(told: Told) -> str:
    """Return what was told as the JSON of a version."""
    return json.dumps(
        {**asdict(told), "visited_at": told.visited_at.isoformat(),
         "follow_up_on": told.follow_up_on.isoformat() if told.follow_up_on else None},
        ensure_ascii=False,
    )  # fmt: skip


def unpacked(content: str | None) -> Told | None:
    """Return a version as it was told; None once its words are gone."""
    if content is None:
        return None
    held: dict[str, Any] = json.loads(content)
    due = held["follow_up_on"]
    return Told(
        **{**held, "visited_at": datetime.fromisoformat(held["visited_at"]), "company": tuple(held["company"]),
           "topics": tuple(held["topics"]), "follow_up_on": date.fromisoformat(due) if due else None}
    )  # fmt: skip


def lines(mine: Told, theirs: Told) -> list[tuple[str, str, str]]:
    """Return where two versions differ, in words: what it is, mine, theirs."""
    names = (
        ("outcome", _("见到没有")), ("kind", _("怎么见的")), ("went", _("谁去的")), ("visited_at", _("什么时候")),
        ("company", _("和谁一起")), ("topics", _("谈了什么")), ("mood", _("谈得怎样")), ("words", _("日记")),
        ("follow_up_on", _("哪天再去")),
    )  # fmt: skip
    said = [(label, in_words(mine, name), in_words(theirs, name)) for name, label in names]
    return [line for line in said if line[1] != line[2]]


def in_words(told: Told, name: str) -> str:
    """Return one thing that was told in words people read."""
    value = getattr(told, name)
    choices = {
        "kind": Visit.Kind, "outcome": Visit.Outcome, "went": Visit.Went, "mood": Visit.Mood,
        "company": Visit.Company, "topics": Visit.Topic,
    }.get(name)  # fmt: skip
    if isinstance(value, datetime):
        at = value.astimezone(ZONE)
        return f"{at.month}月{at.day}日 {at:%H:%M}"
    if isinstance(value, date):
        return f"{value.month}月{value.day}日"
    if choices is not None:
        labels = dict(choices.choices)
        return "、".join(str(labels.get(one, one)) for one in (value if isinstance(value, tuple) else [value]) if one)
    return str(value or "")
