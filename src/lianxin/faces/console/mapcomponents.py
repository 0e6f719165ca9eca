"""The portrait beside the map of a component: how it is, whose, and what is open about it."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console.mapportrait import MapPortrait
from lianxin.faces.console.rows import rows
from lianxin.faces.console.standing import crumbs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import NotFound
from lianxin.registry.components.models import Component, State
from lianxin.registry.components.queries import component_or_404
from lianxin.work.cases.keeping import keeper_of
from lianxin.work.cases.queries import component_cases

_MOST = 5


def component(asked: Request, key: str) -> MapPortrait:
    """Tell of a component the actor may see; its open cases as far as those may be seen."""
    try:
        found = component_or_404(asked.actor, UUID(key))
    except ValueError:
        raise NotFound(_("没有这个部件，或者您没有权限查看。")) from None
    state = str(State(found.state).label)
    if found.valid_to is not None:
        state = _("已注销")
    open_ones = component_cases(asked.actor, found).open()[:_MOST]
    node = areas.node(found.area_id, asked.numbers) if found.area_id is not None else None
    return MapPortrait(
        "component", found.name, line=f"{state} · {found.category.name}", crumbs=crumbs(asked, node),
        urgent=rows(open_ones, at=asked.at, numbers=asked.numbers),
        facts=[(name, said) for name, said in _facts(asked, found) if said],
        url=reverse("console:component", args=[found.key]), url_label=_("打开部件"),
    )  # fmt: skip


def _facts(asked: Request, found: Component) -> list[tuple[str, str]]:
    keeper = keeper_of(found, at=asked.at, numbers=asked.numbers)
    units = [
        (_("养护单位"), found.maintaining_unit),
        (_("权属单位"), found.owning_unit),
        (_("主管单位"), found.managing_unit),
    ]
    named = [(label, unit.short_name or unit.name) for label, unit in units if unit is not None]
    return [
        (_("标识码"), found.number), (_("地址"), found.address), *named,
        *([] if keeper else [(_("养护单位"), _("还没有登记"))]),
        (_("状态自"), words.instant(found.state_since, asked.at)),
        (_("上次核对"), words.instant(found.checked_at, asked.at) if found.checked_at else _("还没有核对过")),
    ]  # fmt: skip
