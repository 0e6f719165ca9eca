"""Messages to replay: JSON lines with `text`, and `title`, `reported_at`, `lon` and `lat` where they are known."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from lianxin.kernel.geometry.points import Point
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.operations.launch.places import ROOT

# Year, month, day, and perhaps a time, whatever stands between.
_DATE = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:\D{1,3}(\d{1,2})\D{1,2}(\d{1,2})(?:\D{1,2}(\d{1,2}))?)?")
LONG, TOO_LONG = 13_000, 100_000  # characters of the two messages that are made on the fly


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `name` tells messages of one file apart."""

    name: str
    title: str
    text: str
    claimed_at: datetime | None = None
    point: Point | None = None


def default_file() -> Path:
    """Return where the real messages usually lie: LIANXIN_REAL_DATA, else beside the clone."""
    folder = os.environ.get("LIANXIN_REAL_DATA")
    return (Path(folder) if folder else ROOT.parent / "shared" / "data") / "messages_with_replies.jsonl"


def read(path: Path) -> Iterator[Message]:
    """Yield the messages of a file; raise ValueError naming the line that is none."""
    with path.open(encoding="utf-8") as lines:
        for place, line in enumerate(lines, start=1):
            if line.strip():
                yield _message(line, place)


def _message(line: str, place: int) -> Message:
    try:
        found = json.loads(line)
        text = str(found["text"])
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"Line {place} is no JSON object with a text.") from None
    lon, lat = found.get("lon"), found.get("lat")
    return Message(
        name=str(place),
        title=str(found.get("title") or "")[:60],
        text=text,
        claimed_at=instant(str(found.get("reported_at") or "")),
        point=Point(float(lon), float(lat)) if lon is not None and lat is not None else None,
    )


def instant(text: str) -> datetime | None:
    """Read a date as people and programs write it; without a zone it is Beijing time. None where it is no date."""
    try:
        exact = datetime.fromisoformat(text.strip())
    except ValueError:
        return _loose(text)
    return exact if exact.tzinfo is not None else exact.replace(tzinfo=ZONE)


def _loose(text: str) -> datetime | None:
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=ZONE)  # type: ignore[misc, arg-type]
    except ValueError:
        return None


def made_up(length: int, seed: int) -> Message:
    """Return a message of so many characters."""
    sentences = (
        "小区门口的路坑坑洼洼，",
        "下雨天积水很深，",
        "晚上路灯也不亮，",
        "老人孩子走路很不方便，",
        "希望有关部门能来看看。",
    )
    rng, text = Random(seed), ""
    while len(text) < length:
        text += rng.choice(sentences)
    return Message(name=f"made-{length}", title=f"一封 {length} 字的长信", text=text[:length])
