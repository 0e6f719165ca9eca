"""What changes in the registry marks where it changed, before and after."""

from collections.abc import Callable, Iterable

from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Household, Person, Residence
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate

from . import counting

Hot = tuple[int | None, int | None, int | None]
_HOT = ("grid_id", "community_id", "street_id")


def _of_person(pk: int) -> Iterable[Hot]:
    """Return where a person lives, and everywhere they have lived: the grid they left counts one less."""
    homes = Dwelling.objects.filter(pk__in=Residence.objects.filter(person_id=pk).values("dwelling_id"))
    return [*Person.objects.filter(pk=pk).values_list(*_HOT), *homes.values_list(*_HOT).distinct()]


_WHERE: dict[str, Callable[[int], Iterable[Hot]]] = {
    "person": _of_person,
    "household": lambda pk: Household.objects.filter(pk=pk).values_list(*_HOT),
    "care": lambda pk: CareTag.objects.filter(pk=pk).values_list(*_HOT),
    "estate": lambda pk: Estate.objects.filter(pk=pk).values_list(*_HOT),
    "building": lambda pk: Building.objects.filter(pk=pk).values_list(*_HOT),
    "dwelling": lambda pk: Dwelling.objects.filter(pk=pk).values_list(*_HOT),
    "establishment": lambda pk: Establishment.objects.filter(pk=pk).values_list(*_HOT),
}


@listens("portraits", "*")
def mark(entry: Entry) -> None:
    """Mark where something changed; marked twice is marked once."""
    if _is_wide(entry):
        counting.mark([counting.EVERYWHERE])
    elif where := _WHERE.get(entry.subject_kind):
        counting.mark(next((one for one in row if one is not None), 0) for row in where(entry.subject_id))


def _is_wide(entry: Entry) -> bool:
    """Tell whether many records changed at once: a delivery came or went, borders changed, records moved with them."""
    is_batch = entry.action == "rehome" and entry.subject_id == 0
    return entry.subject_kind == "import" or is_batch or (entry.subject_kind, entry.action) == ("area", "redivide")
