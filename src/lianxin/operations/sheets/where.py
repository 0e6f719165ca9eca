"""Which area a cell means: by code, by name where only one has it, or by the whole name from the top."""

from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import likeness
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.problems import Problem, Remedy

_WHOLE = {"全域", "全市", "全县", "全区", "全旗", "所有"}


class Areas:
    """The areas in force by everything they are called."""

    def __init__(self, at: datetime) -> None:
        atlas = areas.atlas(at)
        self.by_code = {node.code: node for node in atlas}
        self.codes = {node.id: node.code for node in atlas}
        self.root = next((node.code for node in atlas.children(None)), None)
        self._names: dict[str, list[str]] = {}
        for node in atlas:
            steps = node.breadcrumb
            for name in {folded("".join(steps[place:])) for place in range(len(steps))}:
                self._names.setdefault(name, []).append(node.code)

    def read(self, draft: Draft, name: str, written: str) -> str | None:
        """Return the code of the area that is meant, or blame the row and return None."""
        if written in self.by_code:
            return written
        if written in _WHOLE and self.root:
            return self.root
        found = self._names.get(folded(written), [])
        if len(found) == 1:
            return found[0]
        near = sorted(self.by_code.values(), key=lambda node: -likeness(node.name, written))[:2]
        options = [self.by_code[code] for code in found[:3]] or near
        remedies = tuple(Remedy(_("改用“{name}”").format(name=node.full_name), {name: node.code}) for node in options)
        sentence = _("有几个“{name}”，是哪一个？") if found else _("没有区域“{name}”。")
        draft.blame(Problem(name, "unknown", sentence.format(name=written[:40]),
                            (*remedies, Remedy(_("先空着"), {name: ""})), written=written))  # fmt: skip
        return None
