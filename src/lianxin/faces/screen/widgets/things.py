"""Blocks of what speaks by itself: devices that call, by how grave it is."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.parts import words
from lianxin.faces.screen.blocks import Asked, Told, widget
from lianxin.work.alarms import queries
from lianxin.work.alarms.rules import Level


@widget("alarms", gettext_lazy("物联告警"), permissions=("alarms.view",))
def alarms(asked: Asked) -> Told:
    """How many devices call now by level, and how many of those alarms nobody has acknowledged."""
    told = queries.counts(asked.actor, asked.node)
    said = _("{count} 条没人确认").format(count=words.count(told.new)) if told.new else _("都有人在管")
    rows = [(level.label, told.by_level.get(level, 0), level >= Level.ORANGE) for level in sorted(Level, reverse=True)]
    return Told(said, {"rows": rows, "active": told.active})
