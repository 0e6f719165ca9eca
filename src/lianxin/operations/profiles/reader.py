"""Read a profile folder into frozen values. All problems are listed at once, each with file, row, column and remedy."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lianxin.kernel.worktime.limits import Limit
from lianxin.kernel.worktime.limits import Unit as LimitUnit
from lianxin.registry.cameras.settings import CameraSettings
from lianxin.registry.people.settings import PeopleSettings
from lianxin.work.dispatchdays.rules import Thresholds
from lianxin.work.wishes.settings import WishSettings

from . import model
from .checks import check
from .tables import Collector, ProfileInvalid
from .vocabulary import DIVISION_DIGITS, FILES, OPTIONAL, TABLES

FOLDER = Path(__file__).resolve().parents[4] / "profiles"
_PROFILE = "profile.toml"


def profiles(folder: Path = FOLDER) -> list[str]:
    """Return the names of the profiles at hand."""
    return sorted(path.parent.name for path in folder.glob(f"*/{_PROFILE}"))


def read(path: Path | str) -> model.Profile:
    """Return the profile in this folder (or of this name); raise ProfileInvalid with everything that is wrong."""
    folder = path if isinstance(path, Path) else FOLDER / path
    if not (folder / _PROFILE).is_file():
        collector = Collector(folder)
        collector.wrong(_PROFILE, "", "没有这个方案。", f"可用的方案：{'、'.join(profiles(folder.parent))}。")
        raise ProfileInvalid(folder.name, collector.problems)
    collector = Collector(folder, OPTIONAL)
    profile = _compose(collector)
    if profile is not None:
        check(profile, collector)
    if profile is None or collector.problems:
        raise ProfileInvalid(folder.name, collector.problems)
    return profile


def _compose(c: Collector) -> model.Profile | None:
    main = c.toml(_PROFILE)
    known = {
        "place",
        "actions",
        "limits",
        "people",
        "cameras",
        "wishes",
        "dispatchdays",
        "security",
        "clock_rules",
        "sampling",
        "reasons",
        "modules",
        *TABLES,
    }
    for key in main:
        if key not in known | {"stages", "clocks", "automation"}:
            c.wrong(_PROFILE, f"[{key}]", "不认识这一项。", "请照 profiles/README.md 书写。")
    lists: dict[str, Any] = {name: c.fill_all(_PROFILE, name, kind, main.get(name)) for name, kind in TABLES.items()}
    values: dict[str, Any] = {
        "place": c.fill(_PROFILE, "[place]", model.Place, main.get("place")),
        "clock_rules": c.fill(_PROFILE, "[clock_rules]", model.ClockRules, main.get("clock_rules")),
        "bounds": c.fill(_PROFILE, "[limits]", model.Bounds, main.get("limits")),
        "people": c.fill(_PROFILE, "[people]", PeopleSettings, main.get("people", {})),
        "cameras": c.fill(_PROFILE, "[cameras]", CameraSettings, main.get("cameras", {})),
        "wishes": c.fill(_PROFILE, "[wishes]", WishSettings, main.get("wishes", {})),
        "dispatchdays": c.fill(_PROFILE, "[dispatchdays]", Thresholds, main.get("dispatchdays", {})),
        "security": c.fill(_PROFILE, "[security]", model.Security, main.get("security", {})),
        "sampling": c.fill(_PROFILE, "[sampling]", model.Sampling, main.get("sampling")),
        "stages": _words(c, "stages", main),
        "actions": _words(c, "actions", main),
        "automation": _automation(c, main.get("automation")),
        "clocks": _clocks(c, main.get("clocks")),
        "reasons": _reasons(c, main.get("reasons")),
        "modules": _modules(c, main.get("modules")),
        "roles": c.fill_all("roles.toml", "roles", model.Role, c.toml("roles.toml").get("roles")),
        "categories": c.rows("categories.csv", model.Category),
        "standards": c.rows("standards.csv", model.Standard),
        "units": c.rows("units.csv", model.Unit),
        "responsibilities": c.rows("responsibilities.csv", model.Responsibility),
        "examples": c.rows("examples.csv", model.Example),
        "fields": c.rows("fields.csv", model.RegisteredField),
        "component_classes": c.rows("component_classes.csv", model.ComponentClass),
        "alarm_rules": tuple(c.toml("alarm_rules.toml").get("rules", ())),
        "calendar": _calendar(c),
        "areas": _areas(c),
        "texts": _texts(c),
    }
    if any(value is None for value in values.values()):
        return None
    return model.Profile(path=c.folder, content_hash=_hash(c), **lists, **values)


def _hash(c: Collector) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        # Line ends and a byte order mark depend on the editor, not on the place.
        content = c.raw.get(name, b"").decode("utf-8-sig", "replace").replace("\r\n", "\n")
        digest.update(json.dumps([name, content], ensure_ascii=False).encode())
    return digest.hexdigest()


def _words(c: Collector, name: str, main: Mapping[str, Any]) -> dict[str, str]:
    table = main.get(name, {})
    for key, word in table.items():
        if not isinstance(word, str) or not word:
            c.wrong(_PROFILE, f"[{name}] {key}", "应是文字。", "请写本地的叫法。")
    return {key: str(word) for key, word in table.items()}


def _automation(c: Collector, table: Any) -> dict[str, model.Automation]:
    made = {
        name: c.fill(_PROFILE, f"[automation.{name}]", model.Automation, (table or {}).get(name))
        for name in ("file", "dispatch")
    }
    return {name: value for name, value in made.items() if value is not None}


def _clocks(c: Collector, table: Any) -> dict[str, Limit]:
    clocks = {}
    for name, value in (table or {}).items():
        try:
            clocks[name] = Limit(value["value"], LimitUnit(value["unit"]))
        except (KeyError, TypeError, ValueError):
            remedy = f'请写成 {{ value = 2, unit = "…" }}，单位可用 {"、".join(LimitUnit)}。'
            c.wrong(_PROFILE, f"[clocks] {name}", "时限写法有误。", remedy)
    return clocks


def _reasons(c: Collector, table: Any) -> dict[str, tuple[model.Reason, ...]]:
    return {name: c.fill_all(_PROFILE, f"reasons.{name}", model.Reason, lines) for name, lines in (table or {}).items()}


def _modules(c: Collector, table: Any) -> dict[str, bool]:
    for name, switch in (table or {}).items():
        if not isinstance(switch, bool):
            c.wrong(_PROFILE, f"[modules] {name}", "应是 true 或 false。")
    return {name: switch is True for name, switch in (table or {}).items()}


def _calendar(c: Collector) -> model.Calendar | None:
    file = "calendar.toml"
    table = c.toml(file)
    seasons = c.fill_all(file, "seasons", model.Season, table.get("seasons"))
    days = c.fill_all(file, "days", model.SpecialDay, table["days"]) if table.get("days") else ()
    head = {key: value for key, value in table.items() if key not in {"seasons", "days"}}
    shell = c.fill(file, "", model.Calendar, {**head, "seasons": [], "days": []})
    return shell and model.Calendar(shell.code, shell.name, seasons, days)


def _texts(c: Collector) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for section, table in c.toml("texts.toml").items():
        if not isinstance(table, Mapping):
            c.wrong("texts.toml", section, "应放在 [段落] 里。")
            continue
        texts[section] = {key: text.strip() for key, text in table.items() if isinstance(text, str)}
        for key in table.keys() - texts[section].keys():
            c.wrong("texts.toml", f"[{section}] {key}", "应是文字。")
    return texts


def _areas(c: Collector) -> model.Areas | None:
    file = "areas.toml"
    table = c.toml(file)
    streets = tuple(
        street
        for number, given in enumerate(table.get("streets") or [], start=1)
        if (street := _street(c, file, f"[[streets]] 第 {number} 项", given)) is not None
    )
    head = {key: value for key, value in table.items() if key not in {"streets", "facts"}}
    shell = c.fill(file, "", model.Areas, {**head, "streets": []})
    if shell is None:
        return None
    areas = model.Areas(shell.center, shell.square_km, shell.core_square_km, streets)
    _check_facts(c, file, areas, table.get("facts") or {})
    return areas


def _street(c: Collector, file: str, where: str, given: Any) -> model.Street | None:
    if not isinstance(given, Mapping):
        c.wrong(file, where, "应是一个表。")
        return None
    head = {key: value for key, value in given.items() if key != "communities"}
    street = c.fill(file, where, model.Street, {**head, "communities": []})
    if street is None:
        return None
    communities = []
    for number, each in enumerate(given.get("communities", []), start=1):
        # GB/T 10114: residents' communities count from 001, villages from 201.
        sequence = number + (200 if street.kind == "rural" else 0)
        whole = {"code": f"{street.code}{sequence:03d}", "kind": street.kind, **each}
        whole.setdefault("grids", len(whole.get("own_grids", whole.get("estates", ()))))
        communities.append(c.fill(file, f"{where} communities 第 {number} 项", model.Community, whole))
    has_own = any(isinstance(each, Mapping) and "code" in each for each in given.get("communities", []))
    if not has_own and (len(street.code) != DIVISION_DIGITS + 3 or not street.code.isdigit()):
        c.wrong(file, f"{where} code", f"“{street.code}”不是 9 位数字。", "街道（镇）编码是区划六位加三位。")
    sound = tuple(community for community in communities if community is not None)
    return model.Street(street.code, street.name, street.kind, sound)


def _check_facts(c: Collector, file: str, areas: model.Areas, facts: Mapping[str, Any]) -> None:
    """Compare what the place says of itself with what the lists add up to."""
    counted = {f"{street.kind}_streets": 0 for street in areas.streets}
    for street in areas.streets:
        counted[f"{street.kind}_streets"] += 1
        for community in street.communities:
            for name, count in (("communities", 1), ("grids", community.grids), ("micro", community.micro)):
                key = f"{street.kind}_{name}"
                counted[key] = counted.get(key, 0) + count
    for key, told in facts.items():
        if counted.get(key, 0) != told:
            c.wrong(file, f"[facts] {key}", f"写的是 {told}，清单合计是 {counted.get(key, 0)}。", "请改清单或数字。")
