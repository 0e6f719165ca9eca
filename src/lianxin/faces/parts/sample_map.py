"""A made-up corner of a town as GeoJSON, for the maps of the style guide."""

from typing import Any

WEST, SOUTH, BLOCK = 117.026, 31.049, 0.0026
Ring = list[tuple[float, float]]


def _box(x: float, y: float, width: float, height: float) -> Ring:
    west, south = WEST + x * BLOCK, SOUTH + y * BLOCK
    east, north = west + width * BLOCK, south + height * BLOCK
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def _feature(geometry: str, coordinates: Any, /, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": geometry, "coordinates": coordinates}}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def base() -> dict[str, Any]:
    """Streets, houses, a park and a river."""
    features = [
        _feature("Polygon", [_box(0.1, 3.1, 0.8, 0.8)], kind="green"),
        _feature("Polygon", [_box(5.2, -1, 0.5, 8)], kind="water"),
    ]
    for x in range(6):
        for y in range(5):
            for house in range(6):
                place = _box(x + 0.12 + 0.28 * (house % 3), y + 0.15 + 0.4 * (house // 3), 0.2, 0.22)
                if (x, y) != (0, 3) and x != 5:
                    features.append(_feature("Polygon", [place], kind="building"))
    for step in range(7):
        kind = "main" if step in {2, 4} else "road"
        features.append(_feature("LineString", [_box(step, -1, 0, 8)[0], _box(step, 7, 0, 0)[0]], kind=kind))
        features.append(_feature("LineString", [_box(-1, step, 0, 0)[0], _box(8, step, 0, 0)[0]], kind=kind))
    return _collection(features)


def areas() -> dict[str, Any]:
    """A community of four grids."""
    grids = [
        _feature(
            "Polygon",
            [_box(1 + 2 * (n % 2), 3 - 2 * (n // 2), 2, 2)],
            level="grid",
            name=f"第{n + 1}网格",
            line="网格员 李* 在岗",
            url="#",
        )
        for n in range(4)
    ]
    return _collection([*grids, _feature("Polygon", [_box(1, 1, 4, 4)], level="community", name="")])


def points() -> dict[str, Any]:
    """Cases by their clock, staff on duty, and a crowd that makes a cluster."""
    rows = [
        (2.1, 3.6, "late", "污水井盖缺失", "超时 12 分"),
        (3.4, 3.3, "warn", "墙砖脱落", "剩 24 分"),
        (1.5, 1.6, "ok", "路灯不亮", "剩 3 小时"),
        (4.3, 1.8, "paused", "油烟直排", "挂账至 11月28日"),
        (2.7, 1.4, "staff", "李* 网格员", "在岗"),
        (3.6, 4.4, "station", "邻里中心", "8:00–18:00"),
        (4.4, 4.5, "outside", "健身器材松动", "周一 08:30 起计"),
        *((1.5 + n * 0.015, 4.2, "late" if n < 3 else "ok", f"案件 {n}", "") for n in range(9)),
    ]
    return _collection(
        [
            _feature("Point", _box(x, y, 0, 0)[0], shape=shape, title=title, line=line, url="#")
            for x, y, shape, title, line in rows
        ]
    )
