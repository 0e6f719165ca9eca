"""Addresses written anew below an estate or a building whose name, or whose community's name, has changed."""

from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr

from . import naming
from .models import Building, Dwelling, Estate


def reword_estate(estate: Estate) -> None:
    """Write the addresses of all buildings of an estate and their dwellings."""
    for building in Building.objects.select_for_update().filter(estate=estate).order_by("pk"):
        reword_building(building, estate)


def reword_building(building: Building, estate: Estate | None) -> None:
    """Write a building's address and those of its dwellings. Two statements; none when nothing differs."""
    old = building.address
    naming.name_building(building, estate)
    if building.address == old:
        return
    building.save(update_fields=["address", "words", "number"])
    rest = Substr(F("address"), Length(Value(old)) + 1)
    Dwelling.objects.filter(building=building, address__startswith=old).update(
        address=Concat(Value(building.address), rest)
    )
