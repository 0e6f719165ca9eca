"""Loading a place: the plan says what apply does, twice is once, and each place finds its own practice inside."""

import getpass
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lianxin.foundation.accounts.actor import ANONYMOUS, SYSTEM
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.areas.models import Area
from lianxin.foundation.audit.models import AuditEntry
from lianxin.foundation.organizations.models import Responsibility, Unit
from lianxin.kernel import versions
from lianxin.kernel.configuration.models import Document
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import NotAllowed
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.queries import calendar
from lianxin.operations.demo.geography import make_geography
from lianxin.operations.demo.mapping import county_map
from lianxin.operations.profiles.loader import TableChange, apply, plan
from lianxin.operations.profiles.model import Profile
from lianxin.operations.profiles.reader import read
from lianxin.work.cases.models import FilingStandard
from lianxin.work.cases.settings import flow_settings
from lianxin.work.dispatch.models import Category, Example

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def tongcheng() -> Profile:
    return read("tongcheng")


def by_table(changes: list[TableChange]) -> dict[str, TableChange]:
    return {change.table: change for change in changes}


def test_the_plan_changes_nothing_and_says_what_apply_does(tongcheng: Profile) -> None:
    planned = plan(tongcheng, at=NOW)

    assert not Area.objects.exists()
    assert not Document.objects.exists()
    assert not Entry.objects.exists()
    assert planned == apply(tongcheng, SYSTEM, at=NOW)


def test_loading_again_changes_nothing(tongcheng: Profile) -> None:
    apply(tongcheng, SYSTEM, at=NOW)
    entries, documents, numbers = Entry.objects.count(), Document.objects.count(), versions.read()

    assert apply(tongcheng, SYSTEM, at=LATER) == []
    assert (Entry.objects.count(), Document.objects.count(), versions.read()) == (entries, documents, numbers)


def test_tongcheng_finds_its_practice_inside(tongcheng: Profile) -> None:
    apply(tongcheng, SYSTEM, at=NOW)
    flow = flow_settings(versions.read())

    assert Area.objects.filter(role="grid").count() == 105 + 199
    assert Unit.objects.filter(kind="department").count() == 22
    assert Category.objects.filter(depth=3).count() == 90
    assert FilingStandard.objects.values("category").distinct().count() == 90
    assert Example.objects.count() == len(tongcheng.examples)
    assert Responsibility.objects.filter(level="community", lead_kind="property").exists()
    assert Role.objects.get(code="handler").scope == "unit"
    assert flow.division == "340881"
    assert "department" in flow.may_dispatch["city"]
    assert "department" not in flow.may_dispatch["street"]
    assert flow.stage_label("filed") == "已立案"
    assert flow.skips("handled", "enquiry")
    assert flow.limit("accept").label == "2 工作时"
    assert "010101" in (flow.auto_dispatch.categories or ())
    assert current("labels")["phases"][0]["label"] == "信息收集"
    # From after work on Friday to half past eight on Monday: half an hour of winter hours.
    assert calendar().worked(
        datetime(2026, 11, 20, 9, 30, tzinfo=UTC), datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    ) == timedelta(minutes=30)


def test_zuoyun_gets_borders_micro_grids_and_their_units() -> None:
    profile = read("zuoyun")
    county = county_map(make_geography(profile, 1))

    apply(profile, SYSTEM, at=NOW, county=county)

    assert Area.objects.filter(role="micro").count() == 573
    assert not Area.objects.filter(boundary=None).exists()
    named = current("micro_units")
    assert set(named) == set(Area.objects.filter(role="micro").values_list("code", flat=True))
    assert set(named.values()) <= set(Unit.objects.values_list("code", flat=True))
    assert apply(profile, SYSTEM, at=LATER, county=county) == []


def test_a_map_may_come_after_the_names_and_names_after_the_map(tongcheng: Profile) -> None:
    apply(tongcheng, SYSTEM, at=NOW)

    changes = by_table(apply(tongcheng, SYSTEM, at=LATER, county=county_map(make_geography(tongcheng, 1))))

    assert len(changes["areas"].changed) == Area.objects.count()
    assert not changes["areas"].added
    assert not changes["areas"].refused
    assert apply(tongcheng, SYSTEM, at=LATER) == []


def test_other_borders_are_refused_not_taken(tongcheng: Profile) -> None:
    apply(tongcheng, SYSTEM, at=NOW, county=county_map(make_geography(tongcheng, 1)))
    before = dict(Area.objects.values_list("code", "boundary"))

    changes = by_table(apply(tongcheng, SYSTEM, at=LATER, county=county_map(make_geography(tongcheng, 2))))

    assert changes["areas"].refused
    assert dict(Area.objects.values_list("code", "boundary")) == before


def test_a_change_of_the_files_is_a_change_of_that_table_only(tongcheng: Profile) -> None:
    apply(tongcheng, SYSTEM, at=NOW)
    first, *rest = tongcheng.standards
    longer = replace(tongcheng, standards=(replace(first, limit_value=9), *rest[:-1]))
    old = FilingStandard.objects.get(category__code=first.category, row=str(first.row))

    changes = apply(longer, SYSTEM, at=LATER)

    assert [change.table for change in changes] == ["standards"]
    assert changes[0].changed == (f"{first.category}/{first.row}",)
    assert changes[0].removed == (f"{rest[-1].category}/{rest[-1].row}",)
    old.refresh_from_db()
    new = FilingStandard.objects.get(category__code=first.category, row=str(first.row), valid_to=None)
    assert (old.valid_to, old.limit_value) == (LATER, first.limit_value)
    assert (new.version, new.limit_value) == (2, 9)


def test_an_ended_row_may_come_back(tongcheng: Profile) -> None:
    apply(tongcheng, SYSTEM, at=NOW)
    shorter = replace(tongcheng, standards=tongcheng.standards[:-1], responsibilities=tongcheng.responsibilities[:-1])
    apply(shorter, SYSTEM, at=LATER)

    changes = by_table(apply(tongcheng, SYSTEM, at=LATER + timedelta(hours=1)))

    assert len(changes["standards"].added) == 1
    assert len(changes["responsibilities"].added) == 1


def test_who_may_not_changes_nothing(tongcheng: Profile) -> None:
    with pytest.raises(NotAllowed):
        apply(tongcheng, ANONYMOUS, at=NOW)

    assert not Document.objects.exists()


def test_the_command_tells_then_does_then_has_nothing_to_do() -> None:
    def run(*arguments: str) -> str:
        out = StringIO()
        call_command("load_profile", "tongcheng", *arguments, stdout=out)
        return out.getvalue()

    told = run()
    assert "区域与网格：新增 372" in told
    assert "没有改动任何数据" in told
    assert not Area.objects.exists()

    done = json.loads(run("--apply", "--made-up-map", "1", "--no-training", "--json"))
    assert {change["table"] for change in done} >= {"areas", "units", "roles", "categories", "standards"}
    assert Area.objects.exclude(boundary=None).count() == 372

    assert "没有改动" in run("--apply", "--no-training")
    kept = AuditEntry.objects.get(action="config.load")
    assert kept.actor_label == f"命令行 {getpass.getuser()}"
    assert kept.detail["changes"]["areas"] == [372, 0, 0]


def test_the_command_names_the_places_there_are() -> None:
    with pytest.raises(CommandError, match="zuoyun"):
        call_command("load_profile", "atlantis")
