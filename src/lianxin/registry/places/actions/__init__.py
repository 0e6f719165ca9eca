"""Every change to places. Each act takes the actor first, one transaction, the clock as `at`.

Estates, buildings, dwellings and establishments are registered, amended against the version that was seen, and
ended; nothing is deleted. All raise NotAllowed, Invalid, Refused or Stale with a sentence for the user.
"""

from lianxin.registry.places.inputs import BuildingIn, DwellingIn, EstablishmentIn, EstateIn, Layout

from .buildings import amend_building, end_building, make_dwellings, register_building
from .dwellings import amend_dwelling, confirm_dwelling, end_dwelling, register_dwelling
from .establishments import (
    amend_establishment,
    confirm_establishment,
    end_establishment,
    register_establishment,
)
from .estates import amend_estate, end_estate, register_estate, set_committee

__all__ = [
    "BuildingIn",
    "DwellingIn",
    "EstablishmentIn",
    "EstateIn",
    "Layout",
    "amend_building",
    "amend_dwelling",
    "amend_establishment",
    "amend_estate",
    "confirm_dwelling",
    "confirm_establishment",
    "end_building",
    "end_dwelling",
    "end_establishment",
    "end_estate",
    "make_dwellings",
    "register_building",
    "register_dwelling",
    "register_establishment",
    "register_estate",
    "set_committee",
]
