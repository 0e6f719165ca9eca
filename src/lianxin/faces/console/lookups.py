"""Fields in which an area, a unit, a colleague or a dwelling is written, with suggestions while typing."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from lianxin.faces.console.components_near import candidates
from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import visible_staff
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.foundation.organizations.queries import UnitNode
from lianxin.registry.places.finding import dwellings_at
from lianxin.registry.places.models import Dwelling

MOST = 12
T = TypeVar("T")


def _squeezed(text: str) -> str:
    return "".join(text.split())


def area_name(node: AreaNode) -> str:
    """Return an area as the field writes it: 龙眠街道 东苑社区 第一网格."""
    return " ".join(node.breadcrumb[1:] or node.breadcrumb)


def find_areas(asked: Request, words: str) -> list[AreaNode]:
    """Return the areas whose code or way down holds the words, an exact one alone."""
    atlas, wanted = areas.atlas(asked.at, asked.numbers), _squeezed(words)
    if wanted in atlas.by_code:
        return [atlas.by_code[wanted]]
    near = [node for node in atlas if wanted in _squeezed(area_name(node))]
    whole = [node for node in near if _squeezed(area_name(node)) == wanted]
    return whole or [node for node in near if node.name == wanted] or near


def find_units(asked: Request, words: str) -> list[UnitNode]:
    """Return the units in force whose code or name holds the words, an exact one alone."""
    wanted = _squeezed(words)
    units = organizations.unit_tree(asked.at, asked.numbers)
    exact = [unit for unit in units if wanted in {unit.code, unit.name, unit.short_name}]
    return exact or [unit for unit in units if wanted in unit.name or wanted in unit.short_name]


def find_people(asked: Request, words: str) -> list[Account]:
    """Return colleagues the person may see, by user name or name. One statement."""
    wanted = _squeezed(words)
    seen = visible_staff(asked.actor, at=asked.at).filter(disabled_at=None)
    name, _mark, username = wanted.removesuffix("）").partition("（")
    if username:
        return list(seen.filter(username=username.lower(), name=name))
    exact = list(seen.filter(username=wanted.lower()))
    return exact or list(seen.filter(name__contains=wanted).order_by("name", "pk")[:MOST])


def find_dwellings(asked: Request, words: str) -> list[Dwelling]:
    """Return dwellings the person sees by code or by address, however it is written. Few statements."""
    seen = Dwelling.objects.visible_to(asked.actor).now().select_related("building")
    exact = list(seen.filter(code=words.strip()[:48]))
    if exact:
        return exact
    found = dwellings_at(asked.actor, words)
    if found is None:
        return []
    return list(found.select_related("building").order_by("building_id", "entrance", "floor", "number")[:MOST])


def dwelling_name(dwelling: Dwelling) -> str:
    """Return a dwelling as the field writes it."""
    return dwelling.address


class _Lookup(forms.CharField, Generic[T]):
    """A text that stands for one thing; several or none is told with the remedy."""

    kind = ""
    nothing = ""
    asked: Request

    def __init__(self, **rest: Any) -> None:
        attrs = {
            "list": f"{self.kind}-options",
            "autocomplete": "off",
            "hx-get": reverse_lazy("console:suggest", args=[self.kind]),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{self.kind}-options",
            "hx-params": "*",
        }
        super().__init__(max_length=200, widget=forms.TextInput(attrs=attrs), **rest)

    def find(self, words: str) -> Sequence[T]:
        raise NotImplementedError

    def written(self, one: T) -> str:
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        if not words:
            return None
        found = self.find(words)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(self.nothing % {"words": words[:40]})
        like = "、".join(self.written(one) for one in found[:4])
        raise forms.ValidationError(_("不止一个：%(like)s。请写全，或写编码。") % {"like": like})


class AreaField(_Lookup[AreaNode]):
    """An area by code or by its way down."""

    kind, nothing = "area", "没有叫“%(words)s”的区域。"

    def find(self, words: str) -> Sequence[AreaNode]:
        return find_areas(self.asked, words)

    def written(self, one: AreaNode) -> str:
        return area_name(one)


class UnitField(_Lookup[UnitNode]):
    """A unit by code or name."""

    kind, nothing = "unit", "没有叫“%(words)s”的单位。"

    def find(self, words: str) -> Sequence[UnitNode]:
        return find_units(self.asked, words)

    def written(self, one: UnitNode) -> str:
        return one.name


class PersonField(_Lookup[Account]):
    """A colleague by name or user name."""

    kind, nothing = "person", "没有找到“%(words)s”。"

    def find(self, words: str) -> Sequence[Account]:
        return find_people(self.asked, words)

    def written(self, one: Account) -> str:
        return person_name(one)


class DwellingField(_Lookup[Dwelling]):
    """A dwelling by code or address."""

    kind, nothing = "dwelling", "辖区里没有找到“%(words)s”。请写小区、楼栋、单元和室号。"

    def find(self, words: str) -> Sequence[Dwelling]:
        return find_dwellings(self.asked, words)

    def written(self, one: Dwelling) -> str:
        return dwelling_name(one)


def person_name(account: Account) -> str:
    """Return a colleague as the field writes them."""
    return f"{account.name}（{account.username}）"


class LookupForm(forms.Form):
    """A form whose lookups know who asks."""

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        super().__init__(*args, **rest)
        for field in self.fields.values():
            if isinstance(field, _Lookup):
                field.asked = asked


def suggestions(asked: Request, kind: str, words: str) -> list[tuple[str, str]]:
    """Return what a field suggests: the text to write, and a word beside it."""
    finders: dict[str, Callable[[], list[tuple[str, str]]]] = {
        "area": lambda: [(area_name(one), one.code) for one in find_areas(asked, words)],
        "unit": lambda: [(one.name, one.code) for one in find_units(asked, words)],
        "person": lambda: [(person_name(one), "") for one in find_people(asked, words)],
        "dwelling": lambda: [(dwelling_name(one), "") for one in find_dwellings(asked, words)],
        "component": lambda: [(one.number, one.line) for one in candidates(asked, words=words, most=MOST)],
    }
    finder = finders.get(kind)
    return finder()[:MOST] if finder and words.strip() else []
