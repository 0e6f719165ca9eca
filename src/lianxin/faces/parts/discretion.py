"""Keep out of the logs what opens something for whoever knows it: the keys that stand in addresses."""

import logging
import re

# Whoever has one of these addresses may look or act; the log learns only which kind it was. Their keys stand last.
SECRET = (
    "/c/",  # a shared card of a case
    "/follow/link/",  # a reporter's own case, from a text message
    "/patrol/",  # the sticker at a point of a round: who reads it was there
    "/signs/give/",  # safety signs of somebody's own
    "/signs/neighbour/",
    "/w/",  # a contractor's task
)
_KEYS = re.compile(rf"({'|'.join(map(re.escape, SECRET))})\S+")
# What writes addresses down by itself.
LOGGERS = ("django.request", "django.security.csrf", "lianxin.faces.parts.faults")


def discreet(text: str) -> str:
    """Return the text without the keys in its addresses: `/w/…`."""
    return _KEYS.sub(r"\1…", text)


class Discretion(logging.Filter):
    """Write down addresses without their keys."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, its words made discreet."""
        if isinstance(record.args, tuple):
            record.args = tuple(discreet(each) if isinstance(each, str) else each for each in record.args)
        return True
