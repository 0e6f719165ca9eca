"""A component as everybody may know it: what stands on its label, where it is, which unit keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations.queries import directory
from lianxin.kernel.errors import NotFound
from lianxin.registry.components import codes
from lianxin.registry.components.classes import catalogue
from lianxin.registry.components.models import AMISS, Component, State
from lianxin.work.cases.keeping import keeper_of

# How it can be amiss, as people say it.
WRONGS = (
    ("damaged", gettext_lazy("坏了、破了")),
    ("missing", gettext_lazy("不见了")),
    ("occupied", gettext_lazy("被占了、挡住了")),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is said of a component; `keeper` a unit's name, never a person's."""

    number: str
    spoken: str  # the number in groups, as it is read out
    name: str
    kind: str
    place: str
    keeper: str
    state: str
    is_amiss: bool


def labelled(number: str) -> Component:
    """Return the component on the books with a number. Raises NotFound in words that say what to do instead."""
    found = Component.objects.defer("words").filter(number=codes.tidy(number).replace("\0", "")[:32]).first()
    if found is None:
        raise NotFound(_("没有找到这个标识码。请核对标牌上的 16 位数字；也可以直接点“请您反映”，写清在哪里。"))
    if found.valid_to is not None:
        raise NotFound(_("这个设施已经注销，标牌不再有效。这里有问题，请直接点“请您反映”，写清在哪里。"))
    return found


def words_of(found: Component, *, at: datetime, numbers: Mapping[str, int]) -> Labelled:
    """Return what is said of a component. No statement."""
    node = areas.node(found.area_id, numbers) if found.area_id is not None else None
    kind = catalogue(numbers).by_id.get(found.category_id)
    keeper = keeper_of(found, at=at, numbers=numbers)
    unit = directory(numbers).by_id.get(keeper.unit_id) if keeper is not None else None
    where = " ".join(node.breadcrumb[1:]) if node is not None else ""
    return Labelled(
        number=found.number,
        spoken=" ".join((found.number[:6], found.number[6:10], found.number[10:])),
        name=found.name,
        kind=kind.name if kind is not None and kind.name != found.name else "",
        place=" ".join(filter(None, (where, found.address))),
        keeper=unit.name if unit is not None else "",
        state=str(State(found.state).label),
        is_amiss=found.state in AMISS,
    )
