"""Bring sheets in, make editions of them, show an earlier one again; and set the background from elsewhere."""

import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import IO
from urllib.parse import urlsplit
from uuid import UUID

import shapely
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.geometry.coordinates import System
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean

from . import cutting, reading
from .models import Background, Edition, Feature, Sheet, Theme, Tile
from .queries import VERSION

MANAGE = "basemap.manage"
_LABEL = "管理底图"
MOST_BYTES = 200 * 1024 * 1024
KEPT_EDITIONS = 3  # ready ones besides the one that is shown
UNUSED = timedelta(days=30)
_BATCH = 2_000
_ENDINGS = (".geojson", ".json", ".gz", ".zip", ".gpkg")


@transaction.atomic
def bring(
    actor: Actor, *, key: UUID, theme: str, file: IO[bytes], name: str, size: int, source: str, licence: str,
    system: str, at: datetime,
) -> Sheet:  # fmt: skip
    """Take in a file of a theme; a job reads it. The same `key` is the same sheet. Raises Invalid, NotAllowed."""
    demand(actor, MANAGE, _LABEL)
    if (known := Sheet.objects.filter(key=key).first()) is not None:
        return known
    source, licence = clean(source, 200), clean(licence, 200)
    if faults := _faults(theme, name, size, source, licence, system):
        raise Invalid(faults)
    sheet = Sheet.objects.create(
        key=key, theme=theme, name=Path(name).name[:120], source=source, licence=licence, system=system, added_at=at,
        added_by_id=actor.account_id, added_by_label=actor.name,
    )  # fmt: skip
    with file_of(sheet).open("wb") as kept:
        shutil.copyfileobj(file, kept)
    append([draft(actor, "basemap", sheet.pk, "basemap.bring", at=at, note=sheet.name)])
    return sheet


def _faults(theme: str, name: str, size: int, source: str, licence: str, system: str) -> dict[str, str]:  # noqa: PLR0917
    faults = {}
    if theme not in Theme.values:
        faults["theme"] = _("请选这份数据画的是什么。")
    if not name.lower().endswith(_ENDINGS):
        faults["file"] = _("认得的是 GeoJSON（可 .gz）、Shapefile 的 .zip、GeoPackage（.gpkg）。")
    elif not 0 < size <= MOST_BYTES:
        faults["file"] = _("文件是空的，或超过 {most} MB。").format(most=MOST_BYTES >> 20)
    if not source:
        faults["source"] = _("写明出处，例如“市自然资源局 2026 年 1:2000”。")
    if not licence:
        faults["licence"] = _("写明凭什么可以用，例如“政务共享，内部使用”或“ODbL”。")
    if system not in set(System):
        faults["system"] = _("请选坐标系。")
    return faults


def file_of(sheet: Sheet) -> Path:
    """Return where the file of a sheet lies until it was read."""
    folder = Path(settings.FILES_ROOT) / "basemap"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / str(sheet.key)


def read(sheet_id: int, *, at: datetime) -> Sheet:
    """Read the file of a sheet and keep what is in it; told a second time, nothing changes."""
    sheet = Sheet.objects.get(pk=sheet_id)
    if sheet.state in {Sheet.State.READY, Sheet.State.REFUSED}:
        return sheet
    try:
        found = reading.read(file_of(sheet), sheet.theme, sheet.system)
    except FileNotFoundError:
        return _refuse(sheet, _("文件不在了，请再上传一次。"), at)
    except Invalid as fault:
        return _refuse(sheet, fault.sentence, at)
    with transaction.atomic():
        sheet = Sheet.objects.select_for_update().get(pk=sheet_id)
        if sheet.state == Sheet.State.READY:
            return sheet
        sheet.features.all().delete()
        Feature.objects.bulk_create(_rows(sheet, found), batch_size=_BATCH)
        sheet.state, sheet.read_at, sheet.version = Sheet.State.READY, at, sheet.version + 1
        sheet.feature_count, sheet.counts, sheet.box = len(found.features), dict(found.counts), found.box
        sheet.faults, sheet.fault_count = found.faults, found.fault_count
        sheet.save()
    file_of(sheet).unlink(missing_ok=True)
    return sheet


def _rows(sheet: Sheet, found: reading.Read) -> Iterator[Feature]:
    for each in found.features:
        yield Feature(sheet=sheet, kind=each.kind, name=each.name, height=each.height, shape=shapely.to_wkb(each.shape))


def _refuse(sheet: Sheet, sentence: str, at: datetime) -> Sheet:
    sheet.state, sheet.refusal, sheet.read_at = Sheet.State.REFUSED, sentence[:300], at
    sheet.save(update_fields=["state", "refusal", "read_at"])
    file_of(sheet).unlink(missing_ok=True)
    return sheet


def fail(sheet_id: int, *, at: datetime) -> None:
    """Say that a sheet could not be read for a reason of ours."""
    _refuse(Sheet.objects.get(pk=sheet_id), _("我们这边出了问题，已经记下。请再上传一次。"), at)


@transaction.atomic
def use(actor: Actor, *, sheets: Sequence[Sheet], at: datetime) -> Edition:
    """Begin an edition in which these sheets take the place of their themes'; a job cuts it. Raises Refused."""
    demand(actor, MANAGE, _LABEL)
    taken = list(Sheet.objects.select_for_update().filter(pk__in=[one.pk for one in sheets]))
    if not taken or any(one.state != Sheet.State.READY for one in taken):
        raise Refused("not_read", _("这份数据还没有读好，不能用。"))
    themes = {one.theme for one in taken}
    kept = [one.pk for one in _shown_sheets() if one.theme not in themes]
    return _begin(actor, [*kept, *(one.pk for one in taken)], "basemap.use", at)


@transaction.atomic
def drop(actor: Actor, *, theme: str, at: datetime) -> Edition:
    """Begin an edition without a theme. Raises Refused where it is the last or not there."""
    demand(actor, MANAGE, _LABEL)
    shown = _shown_sheets()
    kept = [one.pk for one in shown if one.theme != theme]
    if len(kept) == len(shown):
        raise Refused("not_there", _("现在的底图里没有这一类。"))
    return _begin(actor, kept, "basemap.drop", at)


def _shown_sheets() -> Sequence[Sheet]:
    shown = Edition.objects.filter(is_shown=True).first()
    return list(Sheet.objects.filter(pk__in=shown.sheet_ids)) if shown else []


def _begin(actor: Actor, sheet_ids: Sequence[int], action: str, at: datetime) -> Edition:
    if Edition.objects.filter(state=Edition.State.CUTTING, made_at__gt=at - timedelta(hours=2)).exists():
        raise Refused("cutting", _("上一版还在切片，切好再换。"))
    edition = Edition.objects.create(
        sheet_ids=sorted(sheet_ids), made_at=at, made_by_id=actor.account_id, made_by_label=actor.name
    )
    append([draft(actor, "basemap", edition.pk, action, at=at)])
    return edition


def cut(edition_id: int, *, at: datetime) -> Edition:
    """Cut an edition and show it; told a second time, nothing changes."""
    edition = Edition.objects.get(pk=edition_id)
    if edition.state != Edition.State.CUTTING:
        return edition
    began = perf_counter()
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(pk=edition_id)
        edition.tiles.all().delete()
        _keep(edition)
        edition.cut_seconds = round(perf_counter() - began, 2)
        edition.state = Edition.State.READY
        edition.save()
        _show(edition, at)
    tidy(at=at)
    return edition


def _keep(edition: Edition) -> None:
    """Write the tiles of an edition, some hundred at a time."""
    layers = []
    for sheet in Sheet.objects.filter(pk__in=edition.sheet_ids):
        rows = list(sheet.features.values_list("kind", "name", "height", "shape"))
        layers.append(cutting.layer(sheet.theme, rows))
    batch: list[Tile] = []
    for one in cutting.cut(layers):
        batch.append(Tile(edition=edition, z=one.z, x=one.x, y=one.y, data=one.data))
        edition.tile_count, edition.byte_count = edition.tile_count + 1, edition.byte_count + len(one.data)
        if len(batch) >= 200:
            Tile.objects.bulk_create(batch)
            batch = []
    Tile.objects.bulk_create(batch)


def give_up(edition_id: int) -> None:
    """Say that an edition could not be cut; the one before stays."""
    Edition.objects.filter(pk=edition_id, state=Edition.State.CUTTING).update(state=Edition.State.FAILED)


@transaction.atomic
def show(actor: Actor, *, edition: Edition, at: datetime) -> Edition:
    """Show an earlier edition again, at once. Raises Refused when its tiles are not there."""
    demand(actor, MANAGE, _LABEL)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if edition.state != Edition.State.READY:
        raise Refused("not_cut", _("这一版没有切好，不能用。"))
    _show(edition, at)
    append([draft(actor, "basemap", edition.pk, "basemap.show", at=at)])
    return edition


def _show(edition: Edition, at: datetime) -> None:
    Edition.objects.filter(is_shown=True).exclude(pk=edition.pk).update(is_shown=False)
    edition.is_shown, edition.shown_at = True, at
    edition.save(update_fields=["is_shown", "shown_at"])
    versions.bump(VERSION)


@transaction.atomic
def tidy(*, at: datetime) -> int:
    """Delete editions beyond the kept ones, and sheets that nobody uses any more; returns how many."""
    ready = Edition.objects.filter(is_shown=False).exclude(state=Edition.State.CUTTING)
    old = list(ready.order_by("-made_at", "-pk").values_list("pk", flat=True)[KEPT_EDITIONS:])
    Tile.objects.filter(edition_id__in=old).delete()
    Edition.objects.filter(pk__in=old).delete()
    used = {pk for ids in Edition.objects.values_list("sheet_ids", flat=True) for pk in ids}
    unused = Sheet.objects.exclude(pk__in=used).filter(added_at__lt=at - UNUSED)
    for sheet in unused:
        file_of(sheet).unlink(missing_ok=True)
    gone = unused.count()
    unused.delete()
    return gone + len(old)


@transaction.atomic
def set_background(
    actor: Actor, *, name: str, url: str, attribution: str, at: datetime, key: str = "", shift: str = "",
    most_zoom: int = 18, is_on: bool = True, seen: int | None = None,
) -> Background:  # fmt: skip
    """Set the pictures under our map. An empty key leaves the one there is. Raises Invalid, Stale, NotAllowed."""
    demand(actor, MANAGE, _LABEL)
    row = Background.objects.select_for_update().first() or Background(id=1, version=0)
    if seen is not None and row.version and seen != row.version:
        raise Stale(_("别人刚改过背景图，看看再决定。"), version=row.version, changes=[])
    row.name, row.url, row.attribution = clean(name, 40), url.strip(), clean(attribution, 120)
    row.shift, row.most_zoom, row.is_on = shift, most_zoom, is_on
    row.key = key.strip() or row.key
    if faults := _background_faults(row):
        raise Invalid(faults)
    row.version, row.changed_at = row.version + 1, at
    row.save()
    versions.bump(VERSION)
    append([draft(actor, "basemap", 0, "basemap.background", at=at, version=row.version, note=row.name)])
    return row


def _background_faults(row: Background) -> dict[str, str]:
    faults = {}
    told = urlsplit(row.url)
    if told.scheme != "https" or not re.fullmatch(r"[A-Za-z0-9.-]+(?::\d{1,5})?", told.netloc):
        faults["url"] = _("地址要以 https:// 开头，写明主机；主机名里不能有 {s} 一类的代换。")
    elif not all(part in row.url for part in ("{z}", "{x}", "{y}")):
        faults["url"] = _("地址里要有 {z}、{x}、{y}。")
    elif "{key}" in row.url and not row.key:
        faults["key"] = _("地址里有 {key}，请填钥匙。")
    if not row.name:
        faults["name"] = _("请给背景图起个名字。")
    if not row.attribution:
        faults["attribution"] = _("请写图上要标的来源，例如“天地图 GS(2026)1234号”。")
    if row.shift not in {"", System.GCJ02}:
        faults["shift"] = _("请选坐标系。")
    if not 1 <= row.most_zoom <= 22:
        faults["most_zoom"] = _("最大级别在 1 到 22 之间。")
    return faults


def sheet_or_404(key: UUID) -> Sheet:
    """Return a sheet. Raises NotFound."""
    found = Sheet.objects.filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这份数据。"))
    return found
