"""What is in force as a profile's files (方案打包), so that another installation loads the same."""

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lianxin.foundation.accounts.models import Role
from lianxin.foundation.areas.queries import AreaNode, atlas
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.worktime.limits import Limit
from lianxin.kernel.worktime.models import CalendarDay, DayKind, DaySource, WorkCalendar, WorkSeason
from lianxin.work.alarms import loading as alarm_rules
from lianxin.work.dispatch.queries import catalogue

from . import comparison, loader
from .model import Profile
from .vocabulary import FILES

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WRITTEN = {"city", "street", "community", "grid"}
MOST_BYTES = 4 * 1024 * 1024


def archive(base: Profile) -> bytes:
    """Return the files in force as a zip: lists, roles, texts, calendar, else the base's own files.

    `base` is the profile that was loaded last. Areas are written as it has them: borders change by re-division only.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name in FILES:
            target.writestr(name, _file(base, name))
    return content.getvalue()


def _file(base: Profile, name: str) -> str:
    makers = {
        "profile.toml": _profile,
        "roles.toml": _roles,
        "texts.toml": lambda _base: toml(current("texts") or {}),
        "calendar.toml": _calendar,
        "areas.toml": _areas,
        "alarm_rules.toml": _alarm_rules,
    }
    table = name.removesuffix(".csv")
    if table in comparison.exportable():
        return comparison.export(table)
    if name == "examples.csv":
        return _examples(base)
    if name in makers:
        return str(makers[name](base))
    return (base.path / name).read_text(encoding="utf-8-sig")


def _profile(base: Profile) -> str:
    """Return profile.toml with what may have been changed: names, words, clocks, what is automatic."""
    main = tomllib.loads((base.path / "profile.toml").read_text(encoding="utf-8-sig"))
    flow, labels = current("flow") or {}, current("labels") or {}
    main["place"] = {**main["place"], **(current("place") or {})}
    main["modules"] = current("modules") or main["modules"]
    main["stages"] = labels.get("stages", main["stages"])
    main["actions"] = labels.get("actions", main["actions"])
    main["clocks"] = {
        name: {"value": limit.value, "unit": str(limit.unit)}
        for name, limit in ((name, Limit.parse(text)) for name, text in flow.get("clocks", {}).items())
    } or main["clocks"]
    for name, rule in main["automation"].items():
        now = flow.get(f"auto_{name}", {})
        rule["mode"], rule["confidence"] = now.get("mode", rule["mode"]), now.get("confidence", rule["confidence"])
        if now.get("categories") != _spelt(base, rule["categories"]):
            rule["categories"] = now.get("categories", rule["categories"])
    known = {node.code for node in catalogue().nodes}
    shares = main["sampling"].get("categories", {})
    sampled = set(flow.get("trivial", known))
    main["sampling"]["categories"] = {
        code: share for code, share in shares.items() if code in known and (code in sampled or share >= 1)
    }
    if security := current("security"):
        main["security"] = security
    return toml(main)


def _spelt(base: Profile, prefixes: list[str]) -> list[str]:
    return [leaf.code for leaf in base.leaves() if leaf.code.startswith(tuple(prefixes))]


def _examples(base: Profile) -> str:
    """Return the examples whose categories are there."""
    known = {node.code for node in catalogue().nodes}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["category", "text"])
    writer.writerows([one.category, one.text] for one in base.examples if one.category in known)
    return out.getvalue()


def _areas(base: Profile) -> str:
    """Return streets, communities and grids under their own codes; the base's own words where they are the same."""
    nodes = [node for node in atlas(datetime.now(UTC)) if node.role in _WRITTEN]
    below: dict[int | None, list[AreaNode]] = {}
    for node in nodes:
        below.setdefault(node.parent_id, []).append(node)
    now = {(node.code, node.name, node.role, node.kind) for node in nodes if node.parent_id is not None}
    if now == {(node.code, node.name, node.role, node.kind) for node in loader.area_nodes(base) if node.parent}:
        return (base.path / "areas.toml").read_text(encoding="utf-8-sig")
    streets = [
        {"code": street.code, "name": street.name, "kind": street.kind, "communities": [
            {"code": node.code, "name": node.name, "kind": node.kind,
             "own_grids": [[grid.code, grid.name, grid.kind] for grid in below.get(node.id, [])]}
            for node in below.get(street.id, [])
        ]}
        for street in nodes if street.role == "street"
    ]  # fmt: skip
    head = {"center": list(base.areas.center), "square_km": base.areas.square_km,
            "core_square_km": base.areas.core_square_km}  # fmt: skip
    return toml({**head, "streets": streets})


def _roles(base: Profile) -> str:
    levels = {role.code: role.level for role in base.roles}
    return toml({
        "roles": [
            {"code": role.code, "label": role.label, "scope": role.scope,
             **({"level": levels[role.code]} if levels.get(role.code) else {}), "permissions": list(role.permissions)}
            for role in Role.objects.order_by("sort", "code")
        ]
    })  # fmt: skip


def _alarm_rules(_base: Profile) -> str:
    return toml({"rules": alarm_rules.written()})


def _calendar(base: Profile) -> str:
    kept = WorkCalendar.objects.filter(is_default=True).first()
    if kept is None:
        return (base.path / "calendar.toml").read_text(encoding="utf-8-sig")
    seasons = [
        {"name": row.name, "first": f"{row.first_month:02d}-{row.first_day:02d}",
         "last": f"{row.last_month:02d}-{row.last_day:02d}", "hours": row.periods}
        for row in WorkSeason.objects.filter(calendar=kept).order_by("position")
    ]  # fmt: skip
    local = CalendarDay.objects.filter(calendar=kept, source=DaySource.LOCAL).order_by("day")
    days = [{"date": row.day.isoformat(), "working": row.kind == DayKind.WORKDAY, "note": row.name} for row in local]
    return toml({"code": kept.code, "name": kept.name, "seasons": seasons, **({"days": days} if days else {})})


def toml(tables: Mapping[str, Any]) -> str:
    """Return nested mappings, lists and plain values as TOML; arrays of tables as [[…]]."""
    lines: list[str] = []
    _table(lines, (), tables)
    return "\n".join(lines).strip() + "\n"


def _table(lines: list[str], path: tuple[str, ...], table: Mapping[str, Any]) -> None:
    plain = {key: value for key, value in table.items() if not _is_table(value) and not _is_tables(value)}
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items() if value is not None]
    for key, value in table.items():
        inner = (*path, _key(key))
        if _is_table(value):
            lines += ["", f"[{'.'.join(inner)}]"]
            _table(lines, inner, value)
        elif _is_tables(value):
            for one in value:
                lines += ["", f"[[{'.'.join(inner)}]]"]
                _table(lines, inner, one)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    signs = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + signs.replace("\t", "\\t") + '"'


def unpack(data: bytes, home: Path) -> Path:
    """Write the files of an archive into a folder below `home`, named as the profile; raise ValueError for others."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            names = {Path(one.filename).name: one for one in source.infolist() if not one.is_dir()}
            if any(one.file_size > MOST_BYTES for one in names.values()) or "profile.toml" not in names:
                raise ValueError("no profile")
            folder = home / _named(source.read(names["profile.toml"]))
            folder.mkdir(parents=True, exist_ok=True)
            for name in FILES:
                if name in names:
                    (folder / name).write_bytes(source.read(names[name]))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ValueError("no zip") from error
    return folder


def _named(main: bytes) -> str:
    """Return the key a profile gives itself, where it is one that may name a folder."""
    try:
        key = tomllib.loads(main.decode("utf-8-sig")).get("place", {}).get("key", "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return "profile"
    return key if isinstance(key, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key) else "profile"
