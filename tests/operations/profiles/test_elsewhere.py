"""A county begun from its own sheets goes out as an archive and comes up equal in an empty installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations import actions as organizations
from lianxin.kernel.configuration.queries import current
from lianxin.operations.founding import founding
from lianxin.operations.profiles import comparison, loader, writing
from lianxin.operations.profiles.reader import profiles, read
from lianxin.work.cases.actions import standards
from lianxin.work.dispatch import actions as dispatch

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
# Codes as sheets have them: grids of 14 digits, a community and a street with letters, a village without grids yet.
AREAS = [
    ("990101001", "河东街道", "street", "990101", "urban"),
    ("990101001001", "东关社区", "community", "990101001", ""),
    ("99010100100101", "东关第一网格", "grid", "990101001001", ""),
    ("99010100100107", "东关“商圈”网格", "grid", "990101001001", "estate"),
    ("KFQ", "开发区", "street", "990101", ""),
    ("KFQ-1", "东关社区", "community", "KFQ", ""),
    ("KFQ-1-A", "园区网格", "grid", "KFQ-1", ""),
    ("990101001201", "新村", "community", "990101001", "rural"),
]


@contextmanager
def installation() -> Iterator[None]:
    """Give an empty installation, and leave none behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def begin(practice: str) -> None:
    place = founding.place_of({"name": "清水", "division": "990101", "centre": "清水县中心"}, read(practice))
    founder = founding.Founder("何管理", "heguanli", "清水河流过 2026")
    founding.found(read(practice), place=place, founder=founder, at=NOW)


def bring_lists(practice: str) -> None:
    levels = {level.role: level.key for level in read(practice).levels}
    nodes = [areas.Node(code, name, levels[role], role, parent, kind) for code, name, role, parent, kind in AREAS]
    areas.load_tree(SYSTEM, nodes, at=NOW)
    units = [
        organizations.UnitRow("zx", "清水县中心", "centre", "city", "县中心", area="990101"),
        organizations.UnitRow("kfq", "开发区管委会", "street", "street", "开发区", area="KFQ"),
        organizations.UnitRow("dg", "东关居委会", "community", "community", "东关", parent="kfq", area="KFQ-1"),
    ]
    organizations.load_units(SYSTEM, units, at=NOW)
    kind = next(iter(read("zuoyun").leaves())).kind
    dispatch.load_categories(
        SYSTEM,
        [
            dispatch.CategoryRow("S01", "市容环境", kind),
            dispatch.CategoryRow("S0101", "垃圾", kind, "S01"),
            dispatch.CategoryRow("S010101", "暴露垃圾", kind, "S0101"),
        ],
        at=NOW,
    )
    row = standards.StandardRow(
        "S010101", "1", "成堆“垃圾”, 占道", "normal", 4, "work_hour", "干净", ("after_near", "record")
    )
    standards.load_standards(SYSTEM, [row], at=NOW)
    organizations.load_responsibilities(SYSTEM, [organizations.DutyRow("Q1", "S01", "city", lead="zx")], at=NOW)


def everything() -> dict[str, Any]:
    """Return what is in force, by codes; without where it came from and who runs it."""
    documents = ("place", "flow", "labels", "modules", "texts", "messages", "security")
    return {
        "areas": set(
            Area.objects.filter(valid_to=None).values_list("code", "name", "level", "role", "kind", "parent__code")
        ),
        "roles": {role.code: sorted(role.permissions) for role in Role.objects.all()},
        **{table: comparison.export(table) for table in comparison.exportable()},
        **{f"{name}.{key}": value for name in documents for key, value in (current(name) or {}).items()},
    }


@pytest.mark.parametrize("practice", profiles())
def test_a_county_from_sheets_comes_up_equal_elsewhere(practice: str, tmp_path: Path) -> None:
    with installation():
        begin(practice)
        bring_lists(practice)
        here, packed = everything(), writing.archive(read(practice))

    assert not Area.objects.exists()
    with installation():
        loader.apply(read(writing.unpack(packed, tmp_path)), SYSTEM, at=NOW)
        there = everything()
        again = writing.archive(read(tmp_path / here["place.key"]))

    assert {name: (there[name], here[name]) for name in here if there[name] != here[name]} == {}
    assert (
        writing.unpack(again, tmp_path / "again").joinpath("areas.toml").read_text()
        == (tmp_path / here["place.key"] / "areas.toml").read_text()
    )
