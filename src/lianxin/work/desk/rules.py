"""What a reply template may say and where it fits, and how its places are filled. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_NAME, MAX_TEXT, MAX_NOTE = 30, 1_000, 4_000
# The acts whose words go out often enough to be kept.
ACTS: Mapping[str, str | Promise] = {
    "reply": gettext_lazy("答复上报人"),
    "answer": gettext_lazy("直接答复"),
    "decline": gettext_lazy("不予立案"),
    "refer": gettext_lazy("移送"),
    "return": gettext_lazy("回退"),
    "rework": gettext_lazy("返工"),
    "handle": gettext_lazy("办好了"),
    "progress": gettext_lazy("阶段反馈"),
    "escalate": gettext_lazy("上报上级"),
    "call_back": gettext_lazy("回访"),
}
# Places a template may have, as people write them.
PLACES: Mapping[str, str | Promise] = {
    "编号": gettext_lazy("案卷编号"),
    "事由": gettext_lazy("案卷标题"),
    "地点": gettext_lazy("案发地点"),
    "单位": gettext_lazy("主办单位"),
    "时限": gettext_lazy("到什么时候"),
}
# Words and telephone of a call are needed while somebody may still ask about it; the bare row counts the day's work.
KEEPS_WORDS = timedelta(days=30)
KEEPS_ROW = timedelta(days=400)

_PLACE = re.compile(r"\{([^{}]{0,20})\}")


def unknown_places(text: str) -> list[str]:
    """Return the places of a text that nothing fills, as written."""
    return [f"{{{name}}}" for name in dict.fromkeys(_PLACE.findall(text)) if name.strip() not in PLACES]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into a text; what is not known yet stands as 〔单位〕, to be typed over."""

    def one(place: re.Match[str]) -> str:
        name = place[1].strip()
        return values.get(name, "") or f"〔{name}〕"

    return _PLACE.sub(one, text)


def faults(name: str, text: str, acts: Iterable[str]) -> dict[str, str]:
    """Return what is wrong with a template, a sentence a field."""
    found: dict[str, str] = {}
    if not name:
        found["name"] = _("请起个短名字，用时一眼认得。")
    elif len(name) > MAX_NAME:
        found["name"] = _("名字请不超过 %(limit)d 字。") % {"limit": MAX_NAME}
    if len(text) < 4:
        found["text"] = _("请写几个字。")
    elif len(text) > MAX_TEXT:
        found["text"] = _("请不超过 %(limit)d 字。") % {"limit": MAX_TEXT}
    elif unknown := unknown_places(text):
        found["text"] = _("不认识 %(places)s。可用的有 %(known)s。") % {
            "places": "、".join(unknown), "known": "、".join(f"{{{each}}}" for each in PLACES),
        }  # fmt: skip
    chosen = list(acts)
    if not chosen or not set(chosen) <= set(ACTS):
        found["acts"] = _("请选它用在哪些操作里。")
    return found
