"""What we give out: an Atom feed of the warnings in force, each leading to its CAP message."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from lxml import etree

from lianxin.kernel.configuration.queries import current
from lianxin.work.warnings.cap import plain
from lianxin.work.warnings.cap.message import MEDIA_TYPE
from lianxin.work.warnings.cap.references import write_instant
from lianxin.work.warnings.models import Colour, WarningMessage

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE = "application/atom+xml"


def address(path: str) -> str:
    """Return a whole address of ours."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def message_url(row: WarningMessage) -> str:
    """Return where the CAP message of a warning is."""
    return address(reverse("cap:feed").removesuffix("feed") + quote(row.identifier, safe="") + ".xml")


def write(rows: Sequence[WarningMessage], changed_at: datetime) -> bytes:
    """Return the feed."""
    place = current("place") or {}
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _texts(
        root, id=address(reverse("cap:feed")), title=f"{place.get('name', '')}预警", updated=write_instant(changed_at)
    )
    _texts(etree.SubElement(root, f"{{{ATOM}}}author"), name=str(place.get("centre") or place.get("name") or "连心"))
    etree.SubElement(root, f"{{{ATOM}}}link", rel="self", href=address(reverse("cap:feed")), type=ATOM_TYPE)
    for row in rows:
        _entry(root, row)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _entry(root: etree._Element, row: WarningMessage) -> None:
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    _texts(entry, id=f"urn:uuid:{row.key}", title=row.headline, updated=write_instant(row.changed_at))
    _texts(entry, published=write_instant(row.sent), summary=row.description or row.headline)
    _texts(etree.SubElement(entry, f"{{{ATOM}}}author"), name=row.sender_name)
    etree.SubElement(entry, f"{{{ATOM}}}category", term=row.colour, label=str(Colour(row.colour).label))
    etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=message_url(row), type=MEDIA_TYPE)


def _texts(root: etree._Element, **texts: str) -> None:
    for name, text in texts.items():
        etree.SubElement(root, f"{{{ATOM}}}{name}").text = plain(text)
