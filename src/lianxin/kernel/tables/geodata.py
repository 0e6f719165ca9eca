"""GeoJSON, GeoPackage and Shapefile (zip, .dbf in GBK): layers as tables, outlines in WGS-84 whatever they were in.

The library behind takes some 70 MB; it is loaded here, in the worker, and never by a web process.
"""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _

from .heads import named
from .model import MOST_COLUMNS, MOST_ROWS, Row, Sheet, Table, too_long, too_wide, wrong
from .values import plain

_BATCH = 2_000
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "shape": "ESRI Shapefile"}
_CHINA = (70.0, 0.0, 140.0, 56.0)  # degrees


class _Opened:
    """The file as the library reads it: a Shapefile unpacked for as long as it is open."""

    def __init__(self, path: Path, kind: str, layer: str, closing: ExitStack) -> None:
        self.path, self.layer = path, layer
        if kind == "shape":
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="lianxin-shape-")))
            self.path = _unpack(path, folder, layer)
            _settle_encoding(self.path)
            self.layer = self.path.stem
        try:
            self.info = pyogrio.read_info(str(self.path), layer=self.layer or None)
        except (pyogrio.errors.DataSourceError, ValueError, UnicodeDecodeError) as error:
            raise wrong(_("地图数据打不开。请从原系统重新导出一份。")) from error
        if self.info["driver"] != _DRIVERS[kind]:
            raise wrong(_("看不出这是什么地图数据。"))


def layers(path: Path, kind: str) -> list[Sheet]:
    """List the layers of a file with their numbers of rows."""
    if kind == "shape":
        with zipfile.ZipFile(path) as archive:
            return [Sheet(name, None) for name in sorted(_shapes(archive))]
    if kind == "geojson":
        return [Sheet("", None)]
    try:
        names = [str(name) for name, _geometry in pyogrio.list_layers(str(path))]
    except pyogrio.errors.DataSourceError as error:
        raise wrong(_("GeoPackage 打不开，可能没有存完整。")) from error
    found = [Sheet(name, int(pyogrio.read_info(str(path), layer=name)["features"])) for name in names]
    if not found:
        raise wrong(_("GeoPackage 里没有图层。"))
    return found


def table(path: Path, kind: str, layer: str) -> Table:
    """Open one layer as a table. Raises Invalid when its coordinates cannot be placed on the earth."""
    with ExitStack() as closing:
        opened = _Opened(path, kind, layer, closing)
        count, columns = int(opened.info["features"]), tuple(map(str, opened.info["fields"]))
        crs = _crs(opened.info)
    if count > MOST_ROWS:
        raise too_long()
    if len(columns) > MOST_COLUMNS:
        raise too_wide(len(columns))
    return Table("geo", layer or path.stem, named(columns), 0, lambda: _rows(path, kind, layer, crs, count), crs=crs)


def _rows(path: Path, kind: str, layer: str, crs: str, count: int) -> Iterator[Row]:
    with ExitStack() as closing:
        opened = _Opened(path, kind, layer, closing)
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="lianxin-warp-")))
        source, named_layer = _warped(opened, crs, folder)
        for begun in range(0, max(1, count), _BATCH):
            _meta, _ids, shapes, values = pyogrio.raw.read(
                str(source), layer=named_layer, skip_features=begun, max_features=_BATCH, force_2d=True
            )
            columns = [_texts(column) for column in values]
            for place, shape in enumerate(shapes):
                cells = tuple(column[place] for column in columns)
                yield Row(begun + place + 1, cells, geometry=_geojson(shape))


def _texts(column: Any) -> list[str]:
    if np.issubdtype(column.dtype, np.datetime64):
        return ["" if np.isnat(each) else str(each)[:10] for each in column]
    return [plain(each.item() if isinstance(each, np.generic) else each) for each in column]


def _geojson(shape: bytes | None) -> dict[str, Any] | None:
    if shape is None:
        return None
    geometry = shapely.from_wkb(shape)
    if geometry is None or geometry.is_empty:
        return None
    # Six decimals are ten centimetres.
    return dict(json.loads(shapely.to_geojson(shapely.transform(geometry, lambda xy: np.round(xy, 7)))))


def _warped(opened: _Opened, crs: str, folder: Path) -> tuple[Path, str | None]:
    """Return what to read so that coordinates come in WGS-84."""
    if crs in {"EPSG:4326", "EPSG:4490", "OGC:CRS84"}:
        return opened.path, opened.layer or None
    name = opened.layer or str(opened.info["layer_name"])
    recipe = folder / "warped.vrt"
    recipe.write_text(
        "<OGRVRTDataSource><OGRVRTWarpedLayer>"
        f'<OGRVRTLayer name="{escape(name, {chr(34): "&quot;"})}"><SrcDataSource>{escape(str(opened.path))}'
        f"</SrcDataSource><LayerSRS>{escape(crs)}</LayerSRS></OGRVRTLayer>"
        "<TargetSRS>EPSG:4326</TargetSRS></OGRVRTWarpedLayer></OGRVRTDataSource>",
        encoding="utf-8",
    )
    return recipe, name


def _crs(info: dict[str, Any]) -> str:
    """Return the system of coordinates as the file says, or as its numbers show; raise Invalid if they do not."""
    said = str(info["crs"] or "")
    west, south, east, north = info["total_bounds"] or (0.0, 0.0, 0.0, 0.0)
    is_degrees = _CHINA[0] < west <= east < _CHINA[2] and _CHINA[1] < south <= north < _CHINA[3]
    if said and not (said in {"EPSG:4326", "OGC:CRS84"} and not is_degrees and abs(east) > 360):
        return said
    if is_degrees:
        return "EPSG:4490"
    zone = int(west // 1_000_000)
    # 3° zones of CGCS2000 carry their number in front of the easting: 39 500 000.
    if 25 <= zone <= 45 and 100_000 < south < 6_200_000 and int(east // 1_000_000) == zone:
        return f"EPSG:{4513 + zone - 25}"
    raise wrong(_("文件没说用的是哪种坐标（缺 .prj），数值也看不出。请带上 .prj，或转成经纬度再传。"))


def _shapes(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the stems of layers that have their parts, with the path inside the archive."""
    names = {entry.filename.lower(): entry.filename for entry in archive.infolist()}
    found = {}
    for lower, name in names.items():
        stem = lower.removesuffix(".shp")
        if stem != lower and f"{stem}.dbf" in names and f"{stem}.shx" in names and "__macosx" not in lower:
            found[Path(name).stem] = name
    if not found:
        raise wrong(_("压缩包里的 Shapefile 不齐：.shp、.shx、.dbf 三个都要有，最好带上 .prj。"))
    return found


def _unpack(path: Path, folder: Path, layer: str) -> Path:
    """Unpack only the parts of one layer, under names of our own: a path inside an archive is not to be trusted."""
    with zipfile.ZipFile(path) as archive:
        shapes = _shapes(archive)
        inner = shapes.get(layer) or next(iter(shapes.values()))
        names = {entry.filename.lower(): entry.filename for entry in archive.infolist()}
        for ending in _PARTS:
            part = names.get(inner[:-4].lower() + ending)
            if part is not None:
                with archive.open(part) as source, (folder / f"layer{ending}").open("wb") as target:
                    shutil.copyfileobj(source, target)
    return folder / "layer.shp"


def _settle_encoding(path: Path) -> None:
    """Say in a .cpg what the .dbf is in, told by its bytes: programs leave it out, or write what is not so."""
    header, width = path.with_suffix(".dbf").read_bytes()[:32], 1 << 20
    with path.with_suffix(".dbf").open("r+b") as content:
        begin = int.from_bytes(header[8:10], "little")
        content.seek(29)
        content.write(b"\0")  # the language of the driver would be believed before the .cpg
        content.seek(begin)
        sample = content.read(width)
        content.seek(32)
        sample += content.read(max(0, begin - 32))
    try:
        sample.decode("utf-8")
        said = "UTF-8"
    except UnicodeDecodeError as error:
        said = "UTF-8" if error.start > width - 4 else "CP936"
    path.with_suffix(".cpg").write_text(said, "ascii")
