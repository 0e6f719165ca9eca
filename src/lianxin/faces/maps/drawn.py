"""Keep a drawn shape (圈选) for some days under a short key: its points would be too long for the address of a list."""

import json
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _
from shapely.geometry import mapping

from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.polygons import Outline

from .actions import LETTERS
from .models import DrawnShape
from .polygons import read_polygon

KEPT = timedelta(days=7)
_LENGTH = 12


def keep(outline: Outline, *, at: datetime) -> str:
    """Keep a shape and return its key. No entry in the journal: it is a place of paper, not a deed of anybody."""
    told = json.loads(json.dumps(mapping(outline)))
    key = _key(json.dumps(told, sort_keys=True))
    DrawnShape.objects.update_or_create(key=key, defaults={"outline": told, "until": at + KEPT})
    return key


def opened(key: str, *, at: datetime) -> Outline:
    """Return a shape that was drawn. Raises NotFound when there is none, or none any more."""
    found = DrawnShape.objects.filter(key=key, until__gt=at).first()
    if found is None:
        raise NotFound(_("没有这个圈，或已过了保存期（7 天）。请在图上再画一次。"))
    return read_polygon(found.outline)


def forget(*, at: datetime) -> int:
    """Delete shapes whose time is over; returns how many."""
    gone, _by_table = DrawnShape.objects.filter(until__lte=at).delete()
    return gone


def _key(words: str) -> str:
    number = int.from_bytes(sha256(words.encode()).digest()[:8])
    letters = []
    for _place in range(_LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)
