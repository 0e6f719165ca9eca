"""Tables as departments send them: what is read, what is filled in, what is refused and in which words."""

import datetime
import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from lianxin.kernel.errors import Invalid
from lianxin.kernel.tables import model, open_table, sheets_of
from lianxin.kernel.tables.values import is_spoilt, read_day, read_number, read_whole, read_yes
from lianxin.kernel.tables.writing import Cell, csv_text, write_excel


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A sheet with a title, a head of two rows, merged cells, a total and a signature."""
    book = openpyxl.Workbook()
    page = book.active
    page["A1"] = "桐城市常住人口登记表"
    page.merge_cells("A1:E1")
    for place, name in enumerate(("地址", None, "姓名", "证件号码", "出生日期"), 1):
        page.cell(2, place, name)
    page.cell(3, 1, "小区")
    page.cell(3, 2, "楼栋")
    page.merge_cells("A2:B2")
    for letter in "CDE":
        page.merge_cells(f"{letter}2:{letter}3")
    rows = [
        ("和平小区", "3幢", "王芳", "11010519491231002X", datetime.date(1949, 12, 31)),
        (None, None, "王小明", 110105194912310021, "1980.3.5"),
        ("东苑", "同上", "李雷", "=1+1", 29285),
        (None, None, None, None, None),
        ("合计", None, 3, None, None),
        ("填表人：张三", None, None, None, None),
    ]
    for place, row in enumerate(rows, 4):
        for column, value in enumerate(row, 1):
            page.cell(place, column, value)
    page.merge_cells("A4:A5")
    page.merge_cells("B4:B5")
    path = tmp_path / "人口.xlsx"
    book.save(path)
    return path


def test_a_sheet_with_title_two_head_rows_and_merged_cells(sheet: Path) -> None:
    table = open_table(sheet)
    rows = list(table)

    assert table.columns == ("小区", "楼栋", "姓名", "证件号码", "出生日期")
    assert (table.head_row, table.skipped_above) == (3, 1)
    assert [row.number for row in rows] == [4, 5, 6]
    assert rows[1].cells[:3] == ("和平小区", "3幢", "王小明")
    assert rows[1].filled == {0, 1}
    assert rows[2].cells[1] == "3幢"
    assert rows[2].filled == {1}
    assert table.left_out == [8, 9]


def test_a_number_that_excel_rounded_is_told_as_lost(sheet: Path) -> None:
    row = list(open_table(sheet))[1]

    assert is_spoilt(row.cells[3])
    assert is_spoilt("1.10105E+17")
    assert not is_spoilt("11010519491231002X")


def test_the_head_is_taken_where_somebody_says_it_is(sheet: Path) -> None:
    table = open_table(sheet, head_row=4)

    assert table.columns[0] == "和平小区"
    with pytest.raises(Invalid, match="第 99 行不在表里"):
        open_table(sheet, head_row=99)


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_text_of_any_encoding_and_delimiter(tmp_path: Path, encoding: str, mark: str) -> None:
    lines = [mark.join(("姓名", "电话", "住址")), mark.join(("王芳", "13812341234", "和平小区3幢"))]
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))

    table = open_table(path)

    assert table.columns == ("姓名", "电话", "住址")
    assert [row.cells for row in table] == [("王芳", "13812341234", "和平小区3幢")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-05", "2026-03-05"), ("2026/3/5", "2026-03-05"), ("2026.3.5", "2026-03-05"),
        ("20260305", "2026-03-05"), ("2026年3月5日", "2026-03-05"), ("２０２６年３月５日", "2026-03-05"),
        ("46086", "2026-03-05"), ("2026-03-05 08:30", "2026-03-05"), ("80.3.5", "1980-03-05"),
        ("2026-02-30", None), ("昨天", None), ("", None), ("13", None),
    ],
)  # fmt: skip
def test_days_in_all_spellings(written: str, meant: str | None) -> None:
    found = read_day(written)

    assert (found.isoformat() if found else None) == meant


def test_numbers_and_yes_as_people_write_them() -> None:
    assert read_whole("1,286") == 1286
    assert str(read_number("９８.5㎡")) == "98.5"
    assert read_whole("1.5") is None
    assert read_number("NaN") is None
    assert (read_yes("√"), read_yes("无"), read_yes("也许")) == (True, False, None)


def _zip(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/"), data)
    return path


def test_a_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)

    with pytest.raises(Invalid, match="大得不正常"):
        open_table(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 字节"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xff\xd8\xff\xe0", "JPG"),
        (b"PK\x03\x04 broken", "不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "打不开"),
        (b"SQLite format 3\x00 broken", "打不开"),
        (b"\x00\x01\x02\x03" * 20, "看不出"),
    ],
)
def test_what_is_no_table_is_told_so(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)

    with pytest.raises(Invalid, match=said):
        list(open_table(path))


def test_a_thousand_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"列{n}" for n in range(1000)) + "\n" + "1," * 999 + "1\n", encoding="utf-8")

    with pytest.raises(Invalid, match="1000 列"):
        open_table(path)


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_ROWS", 3)
    path = tmp_path / "long.csv"
    path.write_text("甲,乙\n" + "1,2\n" * 4, encoding="utf-8")

    with pytest.raises(Invalid, match="超过 3 行"):
        list(open_table(path))


def _shapefile(folder: Path, crs: str | None, corner: tuple[float, float], side: float) -> Path:
    folder.mkdir()
    x, y = corner
    shape = shapely.box(x, y, x + side, y + side)
    pyogrio.raw.write(
        str(folder / "grid.shp"), geometry=np.array([shapely.to_wkb(shape)], dtype=object),
        field_data=[np.array(["第一网格"], dtype=object)], fields=["名称"], geometry_type="Polygon",
        crs=crs or "EPSG:4326", driver="ESRI Shapefile", encoding="GBK",
    )  # fmt: skip
    (folder / "grid.cpg").unlink()
    if crs is None:
        (folder / "grid.prj").unlink()
    packed = folder.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"../数据/{part.name}")
    return packed


@pytest.mark.parametrize(
    ("crs", "corner", "side"),
    [
        ("EPSG:4527", (39_500_000.0, 3_430_000.0), 1000.0),  # CGCS2000, 3° zone 39
        ("EPSG:4548", (500_000.0, 3_430_000.0), 1000.0),  # the same without the zone in front
        (None, (39_500_000.0, 3_430_000.0), 1000.0),  # no .prj: the numbers show it
        (None, (117.0, 30.991212), 0.01),
        ("EPSG:4490", (117.0, 30.991212), 0.01),
        ("EPSG:3857", (13_024_380.0, 3_632_500.0), 1000.0),
    ],
)
def test_a_shapefile_in_gbk_comes_in_wgs_84(
    tmp_path: Path, crs: str | None, corner: tuple[float, float], side: float
) -> None:
    packed = _shapefile(tmp_path / "grid", crs, corner, side)

    (row,) = list(open_table(packed))

    assert row.cells == ("第一网格",)
    assert row.geometry is not None
    shape = shapely.from_geojson(str(row.geometry).replace("'", '"'))
    assert shape.bounds[0] == pytest.approx(117.0, abs=0.01)
    assert shape.bounds[1] == pytest.approx(30.99, abs=0.05)


def test_geopackage_and_geojson(tmp_path: Path) -> None:
    shape = shapely.to_wkb(shapely.box(117, 31, 117.01, 31.01))
    for driver, name in (("GPKG", "a.gpkg"), ("GeoJSON", "a.geojson")):
        pyogrio.raw.write(
            str(tmp_path / name), geometry=np.array([shape], dtype=object), geometry_type="Polygon", crs="EPSG:4326",
            field_data=[np.array(["甲"], dtype=object), np.array([3])], fields=["名称", "户数"], driver=driver,
        )  # fmt: skip
        (row,) = list(open_table(tmp_path / name))
        assert row.cells == ("甲", "3")
        assert row.geometry is not None
        assert row.geometry["type"] == "Polygon"


def test_a_shapefile_that_lacks_parts_is_told_which(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"\.dbf"):
        sheets_of(_zip(tmp_path / "a.zip", **{"grid.shp": b"x"}))


def test_what_is_written_is_never_a_formula() -> None:
    content = io.BytesIO()
    write_excel(content, "表", [[Cell("名称", "head", "=说明")], ["=HYPERLINK(1)"], ["0113"], ["+86"], ["@x"], ["-1"]])
    page = openpyxl.load_workbook(content).active

    assert [page.cell(row, 1).value for row in range(2, 7)] == ["'=HYPERLINK(1)", "0113", "'+86", "'@x", "'-1"]
    assert {page.cell(row, 1).data_type for row in range(1, 7)} == {"s"}
    assert csv_text([["=1", "王芳"]]) == "\ufeff'=1,王芳\r\n"
