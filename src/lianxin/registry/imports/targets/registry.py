"""The targets there are, in the order of the page."""

from functools import cache

from django.utils.translation import gettext as _

from lianxin.kernel.errors import NotFound
from lianxin.registry.imports.fields import ImportField

from .areas import AreasTarget
from .cameras import CamerasTarget
from .components import ComponentsTarget
from .devices import DevicesTarget
from .establishments import EstablishmentsTarget
from .people import PeopleTarget
from .places import PlacesTarget
from .protocol import Target
from .units import UnitsTarget

TARGETS: dict[str, Target] = {
    one.code: one
    for one in (
        PeopleTarget(), PlacesTarget(), EstablishmentsTarget(), AreasTarget(), UnitsTarget(), ComponentsTarget(),
        CamerasTarget(), DevicesTarget(),
    )
}  # fmt: skip


def register(one: Target) -> None:
    """Add a target of a room above the register; rooms do so when they are made ready."""
    TARGETS[one.code] = one


def target(code: str) -> Target:
    """Return a target by its code; raise NotFound."""
    found = TARGETS.get(code)
    if found is None:
        raise NotFound(_("没有这种导入。"))
    return found


@cache
def fields_of(code: str) -> dict[str, ImportField]:
    """Return the fields of a target by code."""
    return {field.code: field for field in target(code).fields}


@cache
def known_names(code: str) -> frozenset[str]:
    """Return all names a target knows columns by, folded."""
    return frozenset().union(*(field.names for field in target(code).fields))
