"""What a file is, told by its content; what would harm us is refused here."""

import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from .model import MOST_BYTES, wrong

_MOST_UNPACKED = 2 * 1024 * 1024 * 1024
_MOST_RATIO = 300  # real tables shrink to a tenth or a thirtieth; a bomb to a thousandth
_MOST_ENTRIES = 10_000
_ZIP, _OLE, _SQLITE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"SQLite format 3\x00"
# What people drop by mistake, by its first bytes.
_OTHERS = {
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "JPG 图片",
    b"\x89PNG": "PNG 图片",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"MZ": "程序",
    b"\x7fELF": "程序",
}


def kind_of(path: Path) -> str:
    """Return excel, gpkg, shape, geojson or text; raise Invalid for an empty, harmful or other kind of file."""
    size = path.stat().st_size
    if size == 0:
        raise wrong(_("文件是空的（0 字节）。请打开原表另存一次再传。"))
    if size > MOST_BYTES:
        told = {"size": f"{size / 1024 / 1024:.0f}", "most": MOST_BYTES // 1024 // 1024}
        raise wrong(_("文件太大（{size} MB），最多 {most} MB。请拆成几份再导。").format(**told))
    with path.open("rb") as content:
        head = content.read(4096)
    if head.startswith(_ZIP):
        return _packed(path)
    if head.startswith(_OLE):
        return "excel"
    if head.startswith(_SQLITE):
        return "gpkg"
    for mark, said in _OTHERS.items():
        if head.startswith(mark):
            raise wrong(_("这是一个{kind}文件，不是表格。请传 Excel、CSV 或地图数据文件。").format(kind=said))
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise wrong(_("看不出这是什么文件。请传 Excel、CSV、GeoJSON、GeoPackage 或 Shapefile（打成 zip）。"))
    return "geojson" if _is_geojson(head) else "text"


def _is_geojson(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and b'"type"' in start


def _packed(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise wrong(_("文件不完整，打不开。请重新下载或另存一次再传。")) from None
    _check_unpacked(entries, path.stat().st_size)
    names = {entry.filename.lower() for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise wrong(_("压缩包有密码。请去掉密码再传。"))
    if "[content_types].xml" in names or any(name in names for name in ("xl/workbook.xml", "content.xml")):
        return "excel"
    if any(name.endswith(".shp") for name in names):
        return "shape"
    raise wrong(_("压缩包里没有表格，也没有 .shp 文件。Shapefile 请把 .shp、.shx、.dbf、.prj 一起打包。"))


def _check_unpacked(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    too_dense = any(
        entry.file_size > 10_000_000 and entry.file_size > _MOST_RATIO * max(1, entry.compress_size)
        for entry in entries
    )
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED or too_dense or unpacked > 2000 * packed:
        raise wrong(_("这个文件解开后大得不正常，没有打开。请从原系统重新导出一份。"))
