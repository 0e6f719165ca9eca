"""Read a file of geography: GeoJSON (also gzipped), a zipped Shapefile, a GeoPackage. Faults are told by number.

A sheet with a few bad features is taken without them; one in which more than half are bad is refused.
"""

import gzip
import json
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry import shape as geometry_of
from shapely.geometry.base import BaseGeometry

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.coordinates import System, to_wgs

from . import rules
from .models import Theme

MOST_FEATURES = 500_000
MOST_BYTES = 1 << 30  # unpacked
MOST_POINTS = 20_000_000
TOLD = 50  # faults that are told one by one
_GEOGRAPHIC = ("4326", "4490", "CRS84", "WGS 84", "CGCS2000", "4214", "4610")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One feature, ready to be kept."""

    kind: str
    name: str
    height: float | None
    shape: BaseGeometry


@dataclass(slots=True)
class Read:
    """What a file holds, of one theme and in one coordinate system."""

    theme: str
    system: str
    features: list[Drawn] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0
    points: int = 0

    @property
    def box(self) -> list[float]:
        """Return west, south, east, north."""
        bounds = shapely.total_bounds([each.shape for each in self.features])
        return [round(float(edge), 6) for edge in bounds]

    def take(self, number: int, told: Mapping[str, Any], drawn: BaseGeometry | None) -> None:
        """Keep a feature, mended where that can be done; note what is wrong with one that cannot be drawn."""
        made, fault = _sound(self.theme, drawn)
        if made is None:
            self._blame(number, fault)
            return
        self.points += int(shapely.get_num_coordinates(made))
        if self.points > MOST_POINTS:
            raise Invalid({"file": _("坐标点太多，请先抽稀，或按乡镇拆成几份。")})
        kind = rules.kind_of(self.theme, told, is_line="Line" in made.geom_type)
        height = rules.height_of(told) if self.theme == Theme.BUILDING else None
        self.counts[kind] += 1
        self.features.append(Drawn(kind, rules.name_of(told), height, _placed(made, self.system)))

    def _blame(self, number: int, sentence: str) -> None:
        self.fault_count += 1
        if len(self.faults) < TOLD:
            self.faults.append(_("第 {number} 个要素：{sentence}").format(number=number, sentence=sentence))


def read(path: Path, theme: str, system: str) -> Read:
    """Return what a file holds. Raises Invalid, in words of who brought it, for what cannot be a sheet."""
    found = Read(theme, system)
    for number, (told, drawn) in enumerate(_features(path), start=1):
        if number > MOST_FEATURES:
            raise Invalid({"file": _("要素超过 {most} 个，请按乡镇拆成几份。").format(most=f"{MOST_FEATURES:,}")})
        found.take(number, told, drawn)
    if not found.features:
        why = found.faults[0] if found.faults else _("文件里没有要素。")
        raise Invalid({"file": _("没有读到能画的要素。{why}").format(why=why)})
    if found.fault_count > len(found.features):
        raise Invalid({"file": _("一半以上的要素画不出来，多半选错了类别。{why}").format(why=found.faults[0])})
    return found


def _sound(theme: str, drawn: BaseGeometry | None) -> tuple[BaseGeometry | None, str]:
    """Return a geometry that can be drawn, mended if need be; or None with what is wrong."""
    if drawn is None or (fault := _fault(theme, drawn)):
        return None, _("没有图形。") if drawn is None else fault
    made: BaseGeometry | None = drawn if drawn.is_valid else shapely.make_valid(drawn)
    if made is not None and made.geom_type not in rules.FITS[theme]:
        made = _of_type(made, drawn.geom_type)
    if made is None or made.is_empty:
        return None, _("图形自相交，修不好。")
    return made, ""


def _fault(theme: str, drawn: BaseGeometry) -> str:
    if drawn.is_empty:
        return _("没有图形。")
    if drawn.geom_type not in rules.FITS[theme]:
        return _("是 {kind}，这一类要 {fits}。").format(kind=drawn.geom_type, fits="、".join(sorted(rules.FITS[theme])))
    west, south, east, north = drawn.bounds
    # Written so that NaN fails.
    if not (-180 <= west <= east <= 180 and -85 <= south <= north <= 85):
        return _("坐标不是经纬度（度），或经纬度写反了。")
    return ""


def _of_type(made: BaseGeometry, kind: str) -> BaseGeometry | None:
    """Return the parts of a mended geometry that are of its old dimension."""
    wanted = 1 if "Line" in kind else 2
    parts = [part for part in shapely.get_parts(made) if shapely.get_dimensions(part) == wanted]
    return shapely.union_all(parts) if parts else None


def _placed(drawn: BaseGeometry, system: str) -> BaseGeometry:
    if system in {System.WGS84, System.CGCS2000}:
        return shapely.force_2d(drawn)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([to_wgs(lon, lat, system) for lon, lat in points], dtype=np.float64)

    return shapely.transform(shapely.force_2d(drawn), moved)


def _features(path: Path) -> Iterator[tuple[Mapping[str, Any], BaseGeometry | None]]:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"\x1f\x8b"):
        return _of_json(_unpacked(path))
    if head.startswith(b"PK"):
        return _of_archive(path)
    if head.startswith(b"SQLite format 3"):
        return _of_table(path)
    return _of_json(path.read_bytes())


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) as packed:
            found = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise Invalid({"file": _("压缩包坏了，解不开。请重新下载或压缩一次。")}) from None
    if len(found) > MOST_BYTES:
        raise Invalid({"file": _("解开后太大，请按乡镇拆成几份。")})
    return found


def _of_json(data: bytes) -> Iterator[tuple[Mapping[str, Any], BaseGeometry | None]]:
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid({"file": _("不是认得的格式：GeoJSON（UTF-8）、Shapefile 的 .zip、GeoPackage。")}) from None
    except (json.JSONDecodeError, RecursionError) as error:
        where = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
        said = _("不是正确的 GeoJSON：第 {line} 行第 {column} 列读不下去。")
        raise Invalid({"file": said.format(line=where[0], column=where[1])}) from None
    rows = told.get("features") if isinstance(told, dict) else None
    if not isinstance(rows, list):
        raise Invalid({"file": _("GeoJSON 应是 FeatureCollection，里面有 features。")})
    _demand_degrees(json.dumps(told.get("crs") or "", ensure_ascii=False))
    for row in rows:
        yield _feature(row)


def _feature(row: Any) -> tuple[Mapping[str, Any], BaseGeometry | None]:
    if not isinstance(row, dict):
        return {}, None
    told = row.get("properties")
    try:
        drawn = geometry_of(row["geometry"]) if row.get("geometry") else None
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        drawn = None
    return (told if isinstance(told, dict) else {}), drawn


def _of_archive(path: Path) -> Iterator[tuple[Mapping[str, Any], BaseGeometry | None]]:
    """Read the Shapefile of a zip: its parts are taken out by their endings, never by the paths in the archive."""
    try:
        with zipfile.ZipFile(path) as packed, tempfile.TemporaryDirectory() as folder:
            parts = [each for each in packed.infolist() if Path(each.filename).suffix.lower() in _PARTS]
            if sum(each.file_size for each in parts) > MOST_BYTES:
                raise Invalid({"file": _("解开后太大，请按乡镇拆成几份。")})
            if sum(each.filename.lower().endswith(".shp") for each in parts) != 1:
                raise Invalid({"file": _("压缩包里应有一份 Shapefile（.shp、.shx、.dbf 和 .prj）。")})
            for each in parts:
                (Path(folder) / f"sheet{Path(each.filename).suffix.lower()}").write_bytes(packed.read(each))
            yield from _of_table(Path(folder) / "sheet.shp")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
        raise Invalid({"file": _("压缩包坏了或有密码，解不开。")}) from None


_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}


def _of_table(path: Path) -> Iterator[tuple[Mapping[str, Any], BaseGeometry | None]]:
    # Here, not above: reading it brings 60 MB of GDAL, which the web processes never need.
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        layers = pyogrio.list_layers(path)
        if len(layers) != 1:
            raise Invalid({"file": _("文件里应只有一个图层，这里有 {count} 个。").format(count=len(layers))})
        meta, _ids, shapes, columns = pyogrio.raw.read(path)
    except (DataSourceError, ValueError, OSError):
        raise Invalid({"file": _("文件读不出来：格式不对，或缺了 .shx、.dbf。")}) from None
    _demand_degrees(str(meta.get("crs") or ""))
    names = [str(name) for name in meta["fields"]]
    for place, packed in enumerate(shapes):
        told = {name: _plain(column[place]) for name, column in zip(names, columns, strict=True)}
        try:
            yield told, shapely.from_wkb(packed) if packed is not None else None
        except ShapelyError:
            yield told, None


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and np.isnan(value) else value


def _demand_degrees(crs: str) -> None:
    if crs and crs not in {'""', "None"} and not any(name in crs for name in _GEOGRAPHIC):
        said = _("坐标系是 {crs}，不是经纬度。请先转成 CGCS2000 经纬度（EPSG:4490）或 WGS-84（EPSG:4326）。")
        raise Invalid({"file": said.format(crs=crs[:60])})
