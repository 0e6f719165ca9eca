"""What the map is drawn on: the edition shown, its tiles, the background; in memory, by the number `basemap`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lianxin.kernel.versions import Versioned

from .models import Background, Edition, Sheet, Tile

VERSION = "basemap"


@dataclass(frozen=True, slots=True)
class Behind:
    """The pictures under our map: their address with the key in it, and the host a browser must be let go to."""

    name: str
    url: str
    host: str
    shift: str
    attribution: str
    most_zoom: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What is shown now: an edition (None: none yet), what must be said of its sources, and the background."""

    edition: int | None
    attribution: str
    box: Sequence[float]
    behind: Behind | None


def _ground() -> Ground:
    shown = Edition.objects.filter(is_shown=True).first()
    sheets = list(Sheet.objects.filter(pk__in=shown.sheet_ids)) if shown else []
    told = " · ".join(dict.fromkeys(f"{one.source}（{one.licence}）" for one in sheets))
    boxes = [one.box for one in sheets if one.box]
    edges = list(zip(*boxes, strict=True))
    box = [*map(min, edges[:2]), *map(max, edges[2:])]
    return Ground(shown.pk if shown else None, told, box, _behind())


def _behind() -> Behind | None:
    row = Background.objects.filter(is_on=True).first()
    if row is None:
        return None
    return Behind(
        row.name, row.url.replace("{key}", row.key or ""), f"https://{urlsplit(row.url).netloc}", row.shift,
        row.attribution, row.most_zoom,
    )  # fmt: skip


_kept: Versioned[Ground] = Versioned(VERSION, _ground)


def ground(numbers: Mapping[str, int] | None = None) -> Ground:
    """Return what the map is drawn on now."""
    return _kept.get() if numbers is None else _kept.at(numbers)


def tile(edition: int, z: int, x: int, y: int) -> bytes | None:
    """Return a tile as it is sent, gzipped; None where nothing lies. One statement."""
    found = Tile.objects.filter(edition_id=edition, z=z, x=x, y=y).values_list("data", flat=True).first()
    return None if found is None else bytes(found)
