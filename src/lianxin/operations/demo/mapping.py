"""A made-up county in the form in which the rooms take areas in."""

from shapely.geometry import mapping

from lianxin.foundation.areas.actions import Node
from lianxin.operations.profiles.loader import CountyMap

from .county import Geography


def county_map(county: Geography) -> CountyMap:
    """Return the borders and households of all areas, and the units that answer for micro grids."""
    nodes = tuple(
        Node(
            code=area.code,
            name=area.name,
            level=area.level,
            role=area.role,
            parent=area.parent or None,
            kind=area.kind,
            boundary=mapping(area.polygon),
            households=area.households,
        )
        for area in county.areas
    )
    return CountyMap(nodes, {area.code: area.unit for area in county.areas if area.unit})
