"""Fetch the warnings of a source from its feed: Atom or RSS whose entries lead to CAP, or CAP itself."""

from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from lianxin.kernel.errors import LianxinError
from lianxin.work.warnings import cap, receiving
from lianxin.work.warnings.models import Source

from . import client

MOST_ENTRIES = 50


def pull_all(*, at: datetime) -> int:
    """Ask every source that is open and has a feed; returns how many new messages came."""
    return sum(pull(source, at=at) for source in Source.objects.filter(closed_at=None).exclude(feed_url=""))


def pull(source: Source, *, at: datetime) -> int:
    """Ask one source; returns how many new messages came. What goes wrong is noted on the source."""
    try:
        return _pull(source, at)
    except LianxinError as error:
        receiving.note_fault(source, sentence=error.sentence, at=at)
    except cap.Faulty as faulty:
        receiving.note_fault(source, sentence=str(faulty), at=at)
    return 0


def _pull(source: Source, at: datetime) -> int:
    fetched = client.fetch(source.feed_url, etag=source.feed_etag, modified=source.feed_modified)
    told = Source.objects.filter(pk=source.pk)
    came, faults = (0, []) if fetched.body is None else _taken(source, fetched.body, at)
    told.update(fetched_at=at)
    for sentence in faults:
        receiving.note_fault(source, sentence=sentence, at=at)
    if not faults:
        # Only what was taken whole need not be asked for again.
        told.update(feed_etag=fetched.etag, feed_modified=fetched.modified, faults=0, fault="")
    return came


def _taken(source: Source, body: bytes, at: datetime) -> tuple[int, list[str]]:
    """Take what a feed leads to, and say what could not be; one bad message keeps none of the others."""
    root = cap.parsed(body)
    if etree.QName(root).localname == "alert":
        return int(receiving.receive(source, document=body, at=at).is_new), []
    came, faults = 0, []
    for url in _links(root, source.feed_url):
        try:
            document = client.fetch(url).body or b""
            came += receiving.receive(source, document=document, at=at).is_new
        except (LianxinError, cap.Faulty) as error:
            faults.append(str(error))
    return came, faults


def _links(root: Any, base: str) -> list[str]:
    """Return where the entries of a feed lead, on its own machine: `link` of Atom by `href`, of RSS by its text."""
    found: dict[str, None] = {}
    for entry in root.iter("{*}entry", "{*}item"):
        links = [(link.get("href") or link.text or "", link.get("type") or "") for link in entry.iter("{*}link")]
        typed = [url for url, kind in links if kind == "application/cap+xml"]
        for url in (typed or [url for url, _kind in links])[:1]:
            found[urljoin(base, url.strip())] = None
    home = urlsplit(base)
    own = [url for url in found if urlsplit(url)[:2] == home[:2]]
    return own[:MOST_ENTRIES]
