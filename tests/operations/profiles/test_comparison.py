"""What was changed on a page shows against the files; what is in force can be written back as files."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Role
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.configuration.queries import current
from lianxin.operations.profiles.comparison import Difference, differences, export, exportable
from lianxin.operations.profiles.loader import apply, plan
from lianxin.operations.profiles.reader import FOLDER, read

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_nothing_differs_after_loading_and_one_change_shows_as_one() -> None:
    profile = read("tongcheng")
    apply(profile, SYSTEM, at=NOW)
    assert differences(profile) == []

    flow = current("flow")
    configuration.put("flow", {**flow, "reopen_days": 30}, at=NOW, source="page")
    seat = Role.objects.get(code="seat")
    Role.objects.filter(code="seat").update(permissions=[*seat.permissions, "cases.void"])

    found = {(each.document, each.path): each for each in differences(profile)}
    assert found.pop(("flow", "reopen_days")) == Difference("flow", "reopen_days", 15, 30)
    changed = found.pop(("roles", "seat"))
    assert set(changed.in_force) - set(changed.in_file) == {"cases.void"}
    assert not found


def test_everything_differs_before_loading() -> None:
    found = differences(read("zuoyun"))

    assert {each.in_force for each in found} == {None}
    assert {"flow", "labels", "roles", "texts"} <= {each.document for each in found}


@pytest.mark.parametrize("name", ["tongcheng", "zuoyun"])
def test_written_back_the_lists_say_the_same(name: str, tmp_path: Path) -> None:
    profile = read(name)
    apply(profile, SYSTEM, at=NOW)
    folder = tmp_path / name
    shutil.copytree(FOLDER / name, folder)
    for table in exportable():
        (folder / f"{table}.csv").write_text(export(table), encoding="utf-8")

    again = read(folder)

    assert again.categories == profile.categories
    assert set(again.units) == set(profile.units)
    assert sorted(again.responsibilities, key=lambda row: row.row) == list(profile.responsibilities)
    # The hash of the files is another, since the marks of origin are; nothing else is.
    assert [change.table for change in plan(again, at=NOW)] == ["configuration"]
