"""Which unit a cell means: by name, short name or code, or every unit of a kind (“所在街道”)."""

from dataclasses import dataclass
from hashlib import blake2b

from django.utils.translation import gettext as _

from lianxin.foundation.organizations import actions as organizations
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import initials, likeness
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.problems import Problem, Remedy

_NEAR = 0.3
_OF_PLACE = ("所在", "属地", "本辖区", "辖区", "@")
_KIND_WORDS = {"street": ("街道", "镇", "乡镇", "镇街", "街道办"), "community": ("社区", "村", "村居", "居委会"),
               "property": ("物业", "物业公司", "物业服务企业")}  # fmt: skip
NEW = "unit_new"


@dataclass(frozen=True, slots=True)
class Whose:
    """A unit by its code, or a kind of which the one in the area is meant; `is_new`: it is to be made."""

    code: str = ""
    kind: str = ""
    level: str = ""
    is_new: bool = False


class Units:
    """The units in force by everything they are called."""

    def __init__(self) -> None:
        self.by_code = {unit.code: unit for unit in Unit.objects.filter(valid_to=None)}
        self.by_name = {
            folded(name): unit for unit in self.by_code.values() for name in (unit.short_name, unit.name) if name
        }
        kinds = {each["key"]: each["label"] for each in current("unit_kinds") or []}
        kinds = {unit.kind: unit.kind for unit in self.by_code.values()} | kinds
        self.kinds = {
            folded(word): key for key, label in kinds.items() for word in (key, label, *_KIND_WORDS.get(key, ()))
        }

    def find(self, written: str) -> Whose | None:
        """Return what is meant, or None."""
        unit = self.by_code.get(written) or self.by_name.get(folded(written))
        if unit is not None:
            return Whose(unit.code, unit.kind, unit.level)
        bare = written
        for word in _OF_PLACE:
            bare = bare.removeprefix(word)
        kind = self.kinds.get(folded(bare))
        return Whose(kind=kind) if kind else None

    def near(self, written: str) -> Unit | None:
        """Return the unit whose name is most like what is written, if any is like it at all."""
        found = max(self.by_code.values(), key=lambda unit: _likeness(unit, written), default=None)
        return found if found is not None and _likeness(found, written) >= _NEAR else None

    def read(self, draft: Draft, name: str, written: str) -> Whose | None:
        """Return what a cell means, or blame the row and return None."""
        found = self.find(written)
        if found is not None:
            return found
        if draft.answers.get(NEW) == name:
            return Whose(made_up(written), "department", "city", is_new=True)
        near = self.near(written)
        sentence = _("单位名单里没有“{name}”").format(name=written[:40])
        remedies = [Remedy(_("新建单位"), answer={NEW: name}), Remedy(_("不填单位"), {name: ""})]
        if near is not None:
            sentence += _("，最像的是“{name}”").format(name=near.name)
            remedies.insert(0, Remedy(_("改用它"), {name: near.name}))
        draft.blame(Problem(name, "unknown", sentence + "。", tuple(remedies), written=written))
        return None


def _likeness(unit: Unit, written: str) -> float:
    return max(likeness(unit.name, written), likeness(unit.short_name, written))


def made_up(name: str) -> str:
    """Return a code for a unit that brings none."""
    return f"{initials(name)[:20]}-{blake2b(name.encode(), digest_size=2).hexdigest()}"


def rows_for(found: dict[str, str], root: str | None) -> list[organizations.UnitRow]:
    """Return new units, code → name, as departments of the whole place."""
    return [
        organizations.UnitRow(code=code, name=name, kind="department", level="city", area=root)
        for code, name in found.items()
    ]
