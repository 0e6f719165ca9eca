"""Classes of components (部件类别): the nation's, the place's own, published with the profile and read from memory."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid
from lianxin.kernel.journal.writing import append
from lianxin.kernel.versions import Versioned

from .models import ComponentClass

VERSION = "component_classes"
Scheme = ComponentClass.Scheme
_NATIONAL = Path(__file__).with_name("national.csv")
_FACTS = ("major_name", "name", "description", "category_code", "is_extension", "is_active")


@dataclass(frozen=True, slots=True)
class ClassNode:
    """A class as everything above needs it; no query behind it."""

    id: int
    scheme: str
    code: str
    major_name: str
    name: str
    description: str
    category_code: str
    is_extension: bool
    is_active: bool

    @property
    def major(self) -> str:
        """The two digits of the major class (大类)."""
        return self.code[:2]


class Catalogue:
    """All classes; `by_code` and `majors` hold those in use."""

    def __init__(self) -> None:
        rows = ComponentClass.objects.order_by("code", "pk")
        nodes = [
            ClassNode(row.pk, row.scheme, row.code, **{name: getattr(row, name) for name in _FACTS}) for row in rows
        ]
        self.by_id = {node.id: node for node in nodes}
        self.by_code = {node.code: node for node in nodes if node.is_active}
        self.majors: dict[str, list[ClassNode]] = {}
        for node in self.by_code.values():
            self.majors.setdefault(node.major, []).append(node)

    def major_name(self, major: str) -> str:
        """Return the name of a major class; "" for one that is not there."""
        nodes = self.majors.get(major)
        return nodes[0].major_name if nodes else ""


_catalogue = Versioned(VERSION, Catalogue)


def catalogue(numbers: Mapping[str, int] | None = None) -> Catalogue:
    """Return the classes, from memory."""
    return _catalogue.at(numbers) if numbers is not None else _catalogue.get()


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of a place's own list, or words and category for one of the nation's (the same code)."""

    code: str
    major: str
    name: str
    description: str = ""
    category: str = ""


@dataclass(slots=True)
class Published:
    """What publishing did, by codes."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def national() -> Mapping[str, ClassRow]:
    """Return the nation's classes that come with the platform, by code."""
    with _NATIONAL.open(encoding="utf-8", newline="") as file:
        return {row["code"]: ClassRow(**row) for row in csv.DictReader(file)}


@transaction.atomic
def publish_classes(actor: Actor, rows: Iterable[ClassRow], *, at: datetime) -> Published:
    """Make the classes in use the nation's and those of the place's list. The same again changes nothing.

    A class that the list names no more is not used for new components; those registered keep it. Raises NotAllowed,
    Invalid for a double or a code that is not four digits.
    """
    demand(actor, "config.manage", "管理部件类别")
    wanted = _wanted(rows)
    known = {(row.scheme, row.code): row for row in ComponentClass.objects.select_for_update().order_by("pk")}
    done, drafts = Published(), []
    # Those that end come first: a code in use is there once.
    for key in sorted(key for key, row in known.items() if row.is_active and key not in wanted):
        _put(known[key], {"is_active": False})
        done.ended.append(key[1])
        drafts.append(draft(actor, "component_class", known[key].pk, "end", at=at, after={"code": key[1]}))
    for (scheme, code), facts in wanted.items():
        row = known.get((scheme, code)) or ComponentClass(scheme=scheme, code=code)
        is_new = row.pk is None
        if _put(row, facts):
            (done.created if is_new else done.changed).append(code)
            act = "create" if is_new else "amend"
            drafts.append(draft(actor, "component_class", row.pk, act, at=at, after={"code": code}))
    if drafts:
        append(drafts)
        versions.bump(VERSION)
    return done


def _wanted(rows: Iterable[ClassRow]) -> dict[tuple[str, str], dict[str, Any]]:
    shipped = national()
    wanted = {(Scheme.NATIONAL.value, code): _facts(row, is_extension=False) for code, row in shipped.items()}
    named: set[str] = set()
    for row in rows:
        if not (len(row.code) == 4 and row.code.isascii() and row.code.isdigit()):
            raise Invalid({"code": _("部件类别代码 {code} 应是 4 位数字。").format(code=row.code)})
        if row.code in named:
            raise Invalid({"code": _("部件类别 {code} 写了两次。").format(code=row.code)})
        named.add(row.code)
        of_nation = shipped.get(row.code)
        scheme = Scheme.PLACE if of_nation is None else Scheme.NATIONAL
        wanted[scheme.value, row.code] = _facts(_filled(row, of_nation), is_extension=of_nation is None)
    return dict(sorted(wanted.items(), key=lambda pair: pair[0][1]))


def _filled(row: ClassRow, of_nation: ClassRow | None) -> ClassRow:
    """Return the place's words, and the nation's where it has none."""
    if of_nation is None:
        return row
    return ClassRow(
        row.code, row.major or of_nation.major, row.name or of_nation.name, row.description or of_nation.description,
        row.category or of_nation.category,
    )  # fmt: skip


def _facts(row: ClassRow, *, is_extension: bool) -> dict[str, Any]:
    return {
        "major_name": row.major, "name": row.name, "description": row.description, "category_code": row.category,
        "is_extension": is_extension, "is_active": True,
    }  # fmt: skip


def _put(row: ComponentClass, facts: Mapping[str, Any]) -> bool:
    if row.pk is not None and all(getattr(row, name) == value for name, value in facts.items()):
        return False
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()
    return True
