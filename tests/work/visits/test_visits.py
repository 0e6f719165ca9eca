"""Visits: one feeds everything, two devices lose nothing, and nobody reads them who does not serve."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

import factories
from homes import make_care
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.journal import listening, relay
from lianxin.kernel.journal.models import Entry
from lianxin.registry.care import actions as care
from lianxin.registry.people import actions as people
from lianxin.registry.people.models import Person
from lianxin.work.cases.models import Case
from lianxin.work.visits import actions as visits
from lianxin.work.visits import retention, telling
from lianxin.work.visits.actions import Saved, Whom
from lianxin.work.visits.models import Visit, VisitVersion
from lianxin.work.visits.telling import Matter, Told, Wanted
from lianxin.work.wishes.models import Letter
from neighbours import DAY, NOW, Street
from racing import at_once

WORDS = "老人说楼道灯坏了半个月，晚上不敢下楼。"


def save(actor: Actor, person: Person, **more: Any) -> Saved:
    """Write a visit at the person's home down."""
    told = Told(visited_at=more.pop("visited_at", NOW), **{"words": WORDS, "topics": ("house",)} | more.pop("told", {}))
    given: dict[str, Any] = {"key": uuid4(), "visit_key": uuid4(), "whom": Whom(person=person), "at": NOW} | more
    return visits.save(actor, told=told, **given)


def edit(actor: Actor, visit: Visit, words: str, *, seen: int, key: UUID | None = None, **more: Any) -> Saved:
    """Write another version."""
    return visits.save(
        actor, key=key or uuid4(), visit_key=visit.key, whom=Whom(), seen=seen, at=more.pop("at", NOW),
        told=Told(visited_at=NOW, words=words, **more),
    )  # fmt: skip


def test_one_visit_feeds_the_plan_of_care_a_case_a_wish_and_the_clerk(street: Street, wang: Person) -> None:
    tag = make_care(wang, visit_every_days=7, at=NOW - 30 * DAY)
    other = make_care(wang, "mobility", visit_every_days=30, at=NOW - 30 * DAY)
    before = save(street.cast.grid_worker, wang, visited_at=NOW - 3 * DAY, told={"follow_up_on": date(2026, 11, 24)})

    wanted = Wanted(Matter("楼道灯坏了半个月"), "想学会用手机看病挂号", "hardship", "药费高，靠低保过日子")
    visit = save(street.cast.grid_worker, wang, wanted=wanted).visit

    tag.refresh_from_db()
    other.refresh_from_db()
    assert (tag.last_visited_at, other.last_visited_at) == (NOW, NOW)
    assert visit.case_id is not None
    assert visit.wish_key is not None
    case = Case.objects.get(pk=visit.case_id)
    assert (case.text, case.channel, case.grid_id) == ("楼道灯坏了半个月", "worker", wang.grid_id)
    letter = Letter.objects.get(key=visit.wish_key)
    assert (letter.from_visit, letter.grid_id) == (visit.key, wang.grid_id)
    assert visit.proposal == Visit.Proposal.OPEN
    assert Message.objects.filter(kind="visits.proposed", recipient_id=street.cast.community_clerk.account_id).exists()
    assert Visit.objects.get(pk=before.visit.pk).followed_at == NOW


def test_who_was_not_at_home_was_not_visited(street: Street, wang: Person) -> None:
    tag = make_care(wang, visit_every_days=7, at=NOW - 30 * DAY)

    save(street.cast.grid_worker, wang, told={"outcome": "nobody"})

    tag.refresh_from_db()
    assert tag.last_visited_at is None


def test_the_clerks_tag_settles_the_proposal(street: Street, wang: Person) -> None:
    visit = save(street.cast.grid_worker, wang, wanted=Wanted(need="hardship", evidence="药费高，靠低保过日子")).visit

    care.set_tag(street.cast.community_clerk, key=uuid4(), person=wang, need="hardship", evidence="上门核实过", at=NOW)
    heard()

    visit.refresh_from_db()
    assert (visit.proposal, visit.need_evidence) == (Visit.Proposal.SET, None)
    with pytest.raises(Refused):
        visits.decline_need(street.cast.community_clerk, visit=visit, at=NOW)


def heard() -> None:
    """Let what was journalled be heard."""
    relay.relay_batch()
    while listening.follow_all(at=NOW):
        pass


def test_the_same_sent_again_changes_nothing(street: Street, wang: Person) -> None:
    keys = {"key": uuid4(), "visit_key": uuid4()}
    first = save(street.cast.grid_worker, wang, wanted=Wanted(Matter("楼道灯坏了")), **keys)
    again = save(street.cast.grid_worker, wang, wanted=Wanted(Matter("楼道灯坏了")), **keys)

    assert again == first
    assert (Visit.objects.count(), VisitVersion.objects.count(), Case.objects.count()) == (1, 1, 1)


def test_a_second_device_keeps_both_and_a_third_version_names_both(street: Street, wang: Person) -> None:
    worker, clerk = street.cast.grid_worker, street.cast.community_clerk
    visit = save(worker, wang).visit
    edit(clerk, visit, "物业说周三来修。", seen=1)

    key = uuid4()
    late = edit(worker, visit, "我已经打了物业电话。", seen=1, key=key)

    assert late.apart is not None
    assert late.visit.words == "物业说周三来修。"
    assert (late.apart.number, late.apart.based_on, late.apart.is_apart) == (3, 1, True)
    assert edit(worker, visit, "我已经打了物业电话。", seen=1, key=key) == late  # asked again: the same answer
    settled = edit(worker, visit, "打过物业电话，周三来修。", seen=2, key=key)

    assert settled.apart is None
    assert settled.visit.words == "打过物业电话，周三来修。"
    versions = {one.number: one for one in VisitVersion.objects.filter(visit=visit)}
    assert sorted(versions) == [1, 2, 3, 4]
    assert (versions[4].based_on, versions[4].settles) == (2, [3])
    assert versions[3].settled_by == 4
    told = telling.unpacked(versions[3].content)
    assert told is not None
    assert told.words == "我已经打了物业电话。"
    assert edit(worker, visit, "随便", seen=2, key=key).visit.words == "打过物业电话，周三来修。"


def test_lines_show_only_where_two_versions_differ() -> None:
    mine = Told(visited_at=NOW, words="甲", topics=("house",), follow_up_on=date(2026, 12, 1))
    theirs = replace(mine, words="乙", follow_up_on=None)

    assert telling.lines(mine, theirs) == [("日记", "甲", "乙"), ("哪天再去", "12月1日", "")]
    assert telling.unpacked(telling.packed(mine)) == mine


def test_visits_are_seen_by_who_serves_only(street: Street, wang: Person) -> None:
    save(street.cast.grid_worker, wang)
    cast = street.cast
    seen = {
        name for name in cast.__slots__
        if name != "county" and Visit.objects.visible_to(getattr(cast, name)).exists()
    }  # fmt: skip

    assert seen == {"grid_worker", "community_clerk", "street_seat"}


def test_a_department_with_the_permission_and_an_elevation_see_nothing(street: Street, wang: Person) -> None:
    save(street.cast.grid_worker, wang)
    role = Role.objects.get(code="handler")
    role.permissions = [*role.permissions, "visits.view", "visits.write", "people.view"]
    role.save()
    account = factories.make_account("chengguan2")
    factories.give_post(account, "handler", area=street.cast.county.city, unit=street.cast.county.units["cgj"])
    factories.give_post(account, "grid_worker", area=street.cast.county.grid(111),
                        unit=street.cast.county.units["cgj"])  # fmt: skip

    handler = factories.act_as(account)
    lifted = replace(street.cast.admin, elevated=frozenset({"visits.view", "visits.write"}))

    assert not Visit.objects.visible_to(handler).exists()
    assert not Visit.objects.visible_to(lifted).exists()
    with pytest.raises((NotFound, NotAllowed)):
        save(handler, wang)


@pytest.mark.parametrize("name", ["grid_worker_next_door", "seat", "leader", "resident"])
def test_who_does_not_serve_there_writes_nothing(street: Street, wang: Person, name: str) -> None:
    visit = save(street.cast.grid_worker, wang).visit

    with pytest.raises((NotFound, NotAllowed)):
        save(getattr(street.cast, name), wang)
    with pytest.raises((NotFound, NotAllowed)):
        edit(getattr(street.cast, name), visit, "改一改", seen=1)


def test_all_faults_are_named_at_once(street: Street, wang: Person) -> None:
    with pytest.raises(Invalid) as caught:
        save(
            street.cast.grid_worker, wang, visited_at=NOW - 90 * DAY, wanted=Wanted(need="ill", evidence="x"),
            told={"mood": "difficult", "topics": ("religion",), "follow_up_on": date(2029, 1, 1), "words": "长" * 2001},
        )  # fmt: skip

    assert set(caught.value.fields) == {"mood", "topics", "visited_at", "follow_up_on", "need", "words"}
    assert not Visit.objects.exists()


def test_after_its_days_a_visit_is_no_more_edited(street: Street, wang: Person) -> None:
    visit = save(street.cast.grid_worker, wang).visit

    with pytest.raises(Refused):
        edit(street.cast.grid_worker, visit, "补一句", seen=1, at=NOW + 8 * DAY)


def test_erasing_a_person_leaves_no_word_and_no_link(street: Street, wang: Person) -> None:
    visit = save(street.cast.grid_worker, wang, wanted=Wanted(need="hardship", evidence="药费高，靠低保")).visit

    people.erase_person(street.cast.community_clerk, person=wang, reason="asked", at=NOW)

    visit.refresh_from_db()
    assert (visit.person_id, visit.dwelling_id, visit.words, visit.need_evidence) == (None, None, None, None)
    assert not VisitVersion.objects.exists()
    assert Visit.objects.count() == 1
    assert "灯" not in str([(one.note, one.reason, one.after) for one in Entry.objects.filter(subject_kind="visit")])


def test_words_go_after_their_time_and_the_count_stays(street: Street, wang: Person) -> None:
    visit = save(street.cast.grid_worker, wang).visit
    save(street.cast.grid_worker, wang, at=NOW + 700 * DAY, visited_at=NOW + 700 * DAY)

    assert retention.erase_words(at=NOW + 731 * DAY) == 1
    assert retention.erase_words(at=NOW + 731 * DAY) == 0

    visit.refresh_from_db()
    assert (visit.words, visit.person_id, visit.topics) == (None, None, ["house"])
    assert Visit.objects.exclude(words__isnull=True).count() == 1


def test_words_are_sealed_at_rest(street: Street, wang: Person) -> None:
    from django.db import connection

    save(street.cast.grid_worker, wang)
    with connection.cursor() as cursor:
        cursor.execute("SELECT v.words, o.content FROM visit v JOIN visit_version o ON o.visit_id = v.id")
        for column in cursor.fetchone():
            assert "楼道灯".encode() not in bytes(column)


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_make_one_visit(street: Street, wang: Person) -> None:
    visit_key = uuid4()
    told = Told(visited_at=NOW, words=WORDS)

    def act(key: UUID) -> Saved:
        return visits.save(
            street.cast.grid_worker, key=key, visit_key=visit_key, whom=Whom(person=wang), told=told, at=NOW
        )

    one, other = at_once(lambda: act(uuid4()), lambda: act(uuid4()))

    assert one.visit == other.visit
    assert [saved.apart is None for saved in (one, other)].count(True) == 1
    assert VisitVersion.objects.count() == 2
    assert timedelta(0) == told.visited_at - NOW
