"""Read and write Chinese addresses by their elements (GB/T 23705): pure, no database, no list of names.

What people write differs (`3幢2单元302室`, `3-2-302`, `三栋二单元302`, `3#2-302`, full-width or not); the elements
are the same. A name that no element claims stays in `name`: most often it is the estate's.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

_DIGITS = dict(zip("零〇一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_NUMERAL = "零〇一二三四五六七八九两十百"
# Numerals count as figures before these only: 八一路 and 一号公馆 are names.
_COUNTED = re.compile(rf"([{_NUMERAL}]+)(?=号楼|幢|栋|座|单元|层|楼(?!村)|室|排|组|村民组|弄)")
_HOUSE = re.compile(rf"(?<=[路街巷道弄])([{_NUMERAL}]+)(?=号)")
_SPOKEN = re.compile(r"(?<=[幢栋座元楼层\-\d])([零〇一二三四五六七八九]{3,4})(?=室|$)")
_DASHES = re.compile(r"[‐-―−~—–_/\\]+|(?<=[\d幢栋座#])[－一ー](?=\d)")

_SUFFIXES = r"(?:小区|花园|家园|新村|苑|公寓|雅居|华府|华庭|广场|大厦|商城|市场|人家|名邸|佳苑|院|城)"
_REGION = re.compile(
    r"^(?:[^\d省]{2,6}省)?(?:[^\d市县路街]{2,5}市(?!场|民|政))?"
    r"(?:[^\d市县区旗路街]{2,5}(?:市(?!场|民|政)|县(?!城)|旗(?!舰)|(?<![社小园校院景片街山])区))?"
)
_STREET = re.compile(r"^([^\d]{2,7}?(?:街道(?:办事处)?|镇(?!花园|小区|家园|苑)|乡(?!人家)))")
_COMMUNITY = re.compile(r"^([^\d路街巷]{2,9}?(?:社区(?:居委会)?|居委会|村委会|(?<![新假])村(?!民|组|小)))")
_GROUP = re.compile(r"^((?:第?\d{1,3}|[^\d路街巷]{1,7}?))(?:村民)?小?组(?!团)")
_ROAD = re.compile(r"^([^\d]{1,9}?(?:大道|大街|路|街|巷|胡同|弄(?=\d|$)))")
_DOOR = re.compile(r"(\d{1,5}(?:[\-之]\d{1,3})?[A-Za-z]?号)(?!楼)(院?)")

_NUMBER = r"(?<![A-Za-z\d])(?:[A-Za-z]?\d{1,4}[A-Za-z]?|[A-Za-z])"
_BUILDING = re.compile(rf"({_NUMBER})(号楼|幢|栋|座|排|#楼?|楼(?=-?\d{{1,2}}(?:单元|-\d)))")
_THREE = re.compile(r"(?<![\d\-])(\d{1,3}[A-Za-z]?)-(\d{1,2})-(\d{2,5}[A-Za-z]?)(?:室|号|房)?$")
_TWO = re.compile(r"(?<![\d\-])(\d{1,3}[A-Za-z]?)-(\d{3,5}[A-Za-z]?)(?:室|号|房)?$")
_ENTRANCE = re.compile(r"^-?(\d{1,2}|[A-Za-z]|[东西中])(?:单元|门(?!面))|^-?(\d{1,2})-(?=\d)")
_FLOOR = re.compile(r"^-?(?:(地下|负|B)?(\d{1,3}))(?:层|楼|F(?![A-Za-z]))")
_ROOM = re.compile(r"^-?(\d{2,5}[A-Za-z]?|[A-Za-z]\d{1,4}|\d(?=室|号|房|户)|[东西中](?=户))(?:室|号房?|房|户)?")
_ENTRANCE_ANYWHERE = re.compile(r"(\d{1,2}|[东西中])单元")
_ROOM_ANYWHERE = re.compile(r"(?<!\d)(\d{2,5}[A-Za-z]?)(?:室|房)$|(?<=[\u4e00-\u9fff])(\d{3,4})$")


@dataclass(frozen=True, slots=True)
class Elements:
    """The parts of an address; empty where nothing was said. Numbers stand bare: building 3, entrance 2, room 302."""

    street: str = ""  # 文昌街道
    community: str = ""  # 和平社区, 陈庄村
    group: str = ""  # village group: 3, 陈庄
    road: str = ""  # 和平路
    door: str = ""  # 15号, 15号院
    name: str = ""  # estate, or whatever else people call the place
    building: str = ""
    entrance: str = ""
    floor: int | None = None
    room: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was understood."""
        return self == Elements()

    @property
    def has_numbers(self) -> bool:
        """Whether it points at a house, a building or a part of one."""
        return bool(self.building or self.entrance or self.room or self.door or self.floor is not None)


def parse(text: str) -> Elements:
    """Return the elements of an address or of a fragment of one. Never fails: what is unclear stays in `name`."""
    text = plain(text)
    text, tail = _tail(text)
    head = text[_REGION.match(text).end() :] if _REGION.match(text) else text  # type: ignore[union-attr]
    street, head = _take(_STREET, head)
    community, head = _take(_COMMUNITY, head)
    road, head = _road(head)
    door, before, after = _door(head)
    group, name = _take(_GROUP, before + after)
    return replace(
        tail, street=street.removesuffix("办事处"), community=community.removesuffix("居委会"), road=road, door=door,
        group=group.removeprefix("第") if group[1:2].isdigit() else group, name=name.strip("-·,，、#"),
    )  # fmt: skip


def plain(text: str) -> str:
    """Return an address with figures, widths and dashes made equal and blanks taken out."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    text = _DASHES.sub("-", text)
    for numerals in (_COUNTED, _HOUSE, _SPOKEN):
        text = numerals.sub(lambda found: str(_figure(found[1])), text)
    return text


def compose(elements: Elements) -> str:
    """Return the one way we write these elements: 文昌街道和平社区和平路15号和平小区3幢2单元302室."""
    parts = [elements.street, elements.community]
    if elements.group:
        parts.append(f"{elements.group}组")
    parts += [elements.road, elements.door, elements.name]
    parts.append(in_building(elements))
    return "".join(parts)


def in_building(elements: Elements) -> str:
    """Return the part from the building on: 3幢2单元302室."""
    parts = [f"{elements.building}幢" if elements.building else ""]
    if elements.entrance:
        parts.append(f"{elements.entrance}单元")
    if elements.floor is not None and not elements.room:
        parts.append(f"{elements.floor}层" if elements.floor > 0 else f"地下{-elements.floor}层")
    if elements.room:
        parts.append(f"{elements.room}室")
    return "".join(parts)


def floor_of(room: str) -> int | None:
    """Return the floor that a room's number tells, 302 → 3 and 1203 → 12; None where it tells none."""
    figures = re.match(r"\d+", room)
    if figures is None or not 3 <= len(figures[0]) <= 4:
        return None
    return int(figures[0][:-2]) or None


def figure_in(name: str) -> int | None:
    """Return the figure in a building's name for sorting and finding: 3幢, 三栋 and 3号楼 → 3; A座 → None."""
    found = re.search(r"\d+", plain(name))
    return int(found[0]) if found and int(found[0]) < 2**31 else None


def _tail(text: str) -> tuple[str, Elements]:
    """Cut off building, entrance, floor and room."""
    found = _BUILDING.search(text)
    if found:
        inside, rest = _inside(text[found.end() :])
        return text[: found.start()] + rest, replace(inside, building=found[1].upper())
    for pattern in (_THREE, _TWO):
        found = pattern.search(text)
        if found:
            entrance = found[2] if pattern is _THREE else ""
            room = found[3] if pattern is _THREE else found[2]
            return text[: found.start()], Elements(building=found[1].upper(), entrance=entrance, room=room.upper())
    return _without_building(text)


def _without_building(text: str) -> tuple[str, Elements]:
    found = _ENTRANCE_ANYWHERE.search(text)
    if found:
        inside, rest = _inside(text[found.start() :])
        return text[: found.start()] + rest, inside
    found = re.search(r"(?<![\d\-A-Za-z])(?:地下|负)?\d{1,3}(?:层|楼)", text)
    if found:
        inside, rest = _inside(text[found.start() :])
        return text[: found.start()] + rest, inside
    found = _ROOM_ANYWHERE.search(text)
    if found and not text[: found.start()].endswith(("路", "街", "巷", "道")):
        return text[: found.start()], Elements(room=(found[1] or found[2]).upper())
    return text, Elements()


def _inside(rest: str) -> tuple[Elements, str]:
    """Read what stands behind the building; returns it with what is left over."""
    entrance, floor, room = "", None, ""
    found = _ENTRANCE.match(rest)
    if found:
        entrance, rest = (found[1] or found[2]).upper(), rest[found.end() :]
    found = _FLOOR.match(rest)
    if found:
        floor, rest = int(found[2]) * (-1 if found[1] else 1), rest[found.end() :]
    found = _ROOM.match(rest)
    if found:
        room, rest = found[1].upper(), rest[found.end() :]
    return Elements(entrance=entrance, floor=floor, room=room), rest


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def _road(text: str) -> tuple[str, str]:
    road, rest = _take(_ROAD, text)
    # 老街小区 is no road with an estate that has no name.
    if not road or re.fullmatch(_SUFFIXES, rest) or rest.startswith(("与", "和", "口", "交")):
        return "", text
    return road, rest


def _door(text: str) -> tuple[str, str, str]:
    found = _DOOR.search(text)
    if not found:
        return "", text, ""
    return found[1].upper() + found[2], text[: found.start()], text[found.end() :]


def _figure(numerals: str) -> int:
    """Read 三〇二 and 三百零二 as 302, 十二 as 12."""
    if not any(unit in numerals for unit in "十百"):
        return int("".join(str(_DIGITS[char]) for char in numerals))
    total = digit = 0
    for char in numerals:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
