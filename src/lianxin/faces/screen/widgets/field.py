"""Blocks of the field and of what is there: patrols of today, posts, homes and people by number."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.faces.screen.blocks import Asked, Told, widget
from lianxin.foundation.areas import queries as areas
from lianxin.insight.portraits import areas as portraits
from lianxin.insight.portraits import measures
from lianxin.insight.statistics import figures
from lianxin.work.patrols.queries import coverage


@widget("field", gettext_lazy("网格今天"), permissions=("cases.view", "patrols.view", "statistics.view"))
def field(asked: Asked) -> Told:
    """What the grids did today: points of patrols reached, and what was reported and solved on the way."""
    day = words.local(asked.at).date()
    whole, reached = coverage.of_day(asked.actor, day)
    sums = figures.sums(asked.place, [(day, day)])[0]
    grids = sum(each.role == "grid" for each in areas.atlas(asked.at, asked.numbers).descend(asked.node.id))
    return Told(
        _("{count} 个网格").format(count=words.count(grids)),
        {"whole": whole, "reached": reached.reached, "found": sums["worker_reported"], "missed": reached.missed},
    )


@widget("base", gettext_lazy("家底"), permissions=("places.view",))
def base(asked: Asked) -> Told | None:
    """How many homes and people are on the base, as counted last."""
    found = portraits.figures(asked.node, asked.numbers)
    if found.as_of is None:
        return None
    return Told(
        _("{when} 统计").format(when=words.instant(found.as_of, asked.at)),
        {
            "people": found.people, "households": found[measures.HOUSEHOLDS], "dwellings": found.dwellings,
            "shops": found.establishments,
        },
    )  # fmt: skip
