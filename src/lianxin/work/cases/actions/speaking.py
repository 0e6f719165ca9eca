"""Words that others will read: cut to their place, and held for the seat where they look like they name a person."""

from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.text import clean, looks_personal
from lianxin.work.cases.change import Change


def public_words(change: Change, words: str) -> tuple[str, dict[str, Any]]:
    """Return what may be shown at once, and the facts for the journal; held words raise the follow-up flag."""
    if not looks_personal(words):
        return words, {}
    change.case.needs_follow_up = True
    return "", {"held": True}


def fitting(field: str, words: str, limit: int) -> str:
    """Return words fit to store; raise Invalid when they are more than their place holds."""
    if len(words) > limit:
        raise Invalid({field: _("请不超过 %(limit)d 字。") % {"limit": limit}})
    return clean(words, limit)
