"""Fetch a document of somebody's feed: only if it has changed, never more than is sensible, never elsewhere."""

from dataclasses import dataclass

import httpx
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Refused

MOST_BYTES = 2 * 1024 * 1024
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered; `body` is None where nothing has changed since."""

    body: bytes | None
    etag: str = ""
    modified: str = ""


def fetch(url: str, *, etag: str = "", modified: str = "") -> Fetched:
    """Return a document, unless it is the one known by `etag` or `modified`.

    Raises Refused in words for an address that does not answer, answers otherwise, or sends too much.
    """
    asked = {"Accept": "application/cap+xml, application/atom+xml, application/rss+xml, application/xml;q=0.9"}
    asked |= {"If-None-Match": etag} if etag else {}
    asked |= {"If-Modified-Since": modified} if modified else {}
    try:
        # Whoever answers may not send us on to another machine.
        with httpx.stream("GET", url, headers=asked, timeout=_SECONDS, follow_redirects=False) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return Fetched(None, etag, modified)
            if answer.status_code != httpx.codes.OK:
                raise Refused("feed", _("对方答复 {status}，没有取到。").format(status=answer.status_code))
            body = _body(answer)
            told = answer.headers
            return Fetched(body, told.get("ETag", "")[:200], told.get("Last-Modified", "")[:100])
    except (httpx.HTTPError, httpx.InvalidURL):
        raise Refused("feed", _("对方的网址连不上。")) from None


def _body(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MOST_BYTES:
            raise Refused("feed", _("对方送来的内容太大，没有收。"))
        parts.append(part)
    return b"".join(parts)
