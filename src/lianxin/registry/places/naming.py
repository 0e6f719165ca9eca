"""Full addresses, and the words by which a place is found. Pure but for the names of areas, kept in memory."""

from lianxin.foundation.areas import queries as areas
from lianxin.kernel.text import initials, search_vector

from . import addresses
from .models import Building, Dwelling, Estate, Placed

_WALL = ("号楼", "幢", "栋", "座", "楼", "号", "排")


def area_words(place: Placed) -> str:
    """Return street and community as an address begins: 文昌街道和平社区."""
    nodes = (areas.node(pk) for pk in (place.street_id, place.community_id) if pk is not None)
    return "".join(node.name for node in nodes if node is not None)


def building_address(building: Building, estate: Estate | None) -> str:
    """Return 文昌街道和平社区和平小区3幢; a house without an estate stands by road and number."""
    own = f"{building.road}{building.door}"
    where = estate.name if estate is not None else own
    name = "" if estate is None and building.name == building.door else building.name
    return f"{area_words(building)}{where}{name}"[:200]


def dwelling_address(building_address: str, entrance: str, number: str) -> str:
    """Return 文昌街道和平社区和平小区3幢2单元302室; of a row of farmhouses 陈庄组2排5号."""
    within = f"{entrance}单元" if entrance else ""
    word = "室" if len(number) > 2 else "号"
    return f"{building_address}{within}{number}{word}"[:220]


def name_estate(estate: Estate) -> None:
    """Fill what an estate is found by."""
    estate.initials = initials(estate.name)[:80]
    estate.words = search_vector(" ".join([estate.name, *estate.other_names, f"{estate.road}{estate.door}"]))


def name_building(building: Building, estate: Estate | None) -> None:
    """Fill number, address and what a building is found by."""
    building.number = addresses.figure_in(building.name)
    building.address = building_address(building, estate)
    building.words = search_vector(building.address)


def name_dwelling(dwelling: Dwelling, building: Building) -> None:
    """Fill a dwelling's address."""
    dwelling.address = dwelling_address(building.address, dwelling.entrance, dwelling.number)


def bare(name: str) -> str:
    """Return a building's name without the word for building, so that 3幢, 三栋 and 3号楼 are one."""
    plain = addresses.plain(name).upper()
    for word in _WALL:
        if plain.endswith(word) and plain != word:
            return plain.removesuffix(word)
    return plain
