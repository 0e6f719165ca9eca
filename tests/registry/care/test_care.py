"""What people need: set from a closed list, seen by who serves, ended by itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.serializers import serialize

import factories
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal import listening, relay
from lianxin.kernel.journal.models import Entry
from lianxin.registry.care import actions as care
from lianxin.registry.care import queries, rehoming, rules
from lianxin.registry.care.models import CareTag
from lianxin.registry.people import actions as people
from lianxin.registry.people.models import Consent, Person
from neighbours import DAY, LI, NOW, WANG, Street


def told(at: datetime = NOW) -> None:
    """Let what was journalled be heard."""
    relay.relay_batch()
    while listening.follow_all(at=at):
        pass


@pytest.fixture
def wang(street: Street) -> Person:
    return street.lives(WANG)


def needs(street: Street, person: Person, need: str = "lone_elder", **more: Any) -> CareTag:
    """Set a tag by the community clerk."""
    given: dict[str, Any] = {"key": uuid4(), "evidence": "入户走访，独自生活", "at": NOW} | more
    return care.set_tag(street.cast.community_clerk, person=person, need=need, **given)


def test_every_need_says_what_for_on_what_ground_and_how_long() -> None:
    assert set(rules.RULES) == set(CareTag.Need.values)
    for rule in rules.RULES.values():
        assert rule.purpose
        assert "《" in rule.legal_basis
        assert 0 < rule.review_days <= rule.max_days <= 730


def test_a_tag_brings_purpose_ground_and_expiry_along(street: Street, wang: Person) -> None:
    tag = needs(street, wang)

    assert (tag.purpose, tag.visit_every_days) == ("独自生活的老人有人照应，急时有人到场", 7)
    assert tag.legal_basis.startswith("《老年人权益保障法》")
    assert (tag.expires_at, tag.review_at) == (NOW + 365 * DAY, NOW + 180 * DAY)
    assert tag.grid_id == wang.grid_id


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"need": "drug_user"}, "need"),
        ({"evidence": ""}, "evidence"),
        ({"evidence": "电话 13800001234 问过"}, "evidence"),
        ({"days": 366}, "days"),
        ({"visit_every_days": 0}, "visit_every_days"),
        ({"need": "pregnant"}, "consent_by"),
        ({"consent_by": "neighbour"}, "consent_by"),
    ],
)
def test_what_is_wrong_with_a_tag_is_told_with_its_remedy(
    street: Street, wang: Person, given: dict[str, Any], fault: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        needs(street, wang, **given)

    assert set(refusal.value.fields) == {fault}


def test_what_speaks_of_health_needs_a_consent_of_its_own(street: Street, wang: Person) -> None:
    needs(street, wang, "medicine", consent_by="self")

    consent = Consent.objects.get()
    assert (consent.person_id, consent.purpose, consent.given_by) == (wang.pk, "care", "self")
    needs(street, wang, "mobility")  # the consent stands
    assert Consent.objects.count() == 1


def test_a_guardian_agrees_for_a_child(street: Street) -> None:
    child = street.lives({"name": "李小雨", "birth_date": "2018-06-01"})

    with pytest.raises(Invalid, match="监护人"):
        needs(street, child, "disability_aid", consent_by="self")
    assert needs(street, child, "disability_aid", consent_by="guardian")


@pytest.mark.parametrize("unit", ["wuye", "cgj"])
def test_firms_and_departments_are_never_named_as_viewers(street: Street, wang: Person, unit: str) -> None:
    with pytest.raises(Invalid, match="不能查看关爱信息"):
        needs(street, wang, viewer_unit_ids=[street.cast.county.units[unit].id])


def test_a_need_stands_once(street: Street, wang: Person) -> None:
    needs(street, wang)

    with pytest.raises(Refused, match="续期"):
        needs(street, wang)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("grid_worker", True),
        ("community_clerk", True),
        ("street_seat", True),
        ("grid_worker_next_door", False),
        ("seat", False),
        ("handler", False),
        ("leader", False),
        ("supervisor", False),
        ("data_officer", False),
        ("admin", False),
        ("resident", False),
    ],
)
def test_only_who_serves_sees_a_tag(street: Street, wang: Person, who: str, sees: bool) -> None:
    tag = needs(street, wang, "emergency", visit_every_days=1)
    actor = getattr(street.cast, who)
    later = NOW + 5 * DAY

    due = queries.reviews_due(actor, at=later + 365 * DAY)
    shown = [*CareTag.objects.visible_to(actor), *queries.tags_of(actor, wang), *due]
    visits = queries.due_visits(actor, at=later)

    assert bool(shown) is sees
    assert bool(visits) is sees
    said = serialize("json", shown) + json.dumps([visit.why for visit in visits], ensure_ascii=False)
    assert (str(tag.key) in said) is sees
    assert ("紧急时需优先转移" in said) is sees


@pytest.mark.parametrize("unit", ["wuye", "cgj"])
def test_a_firm_or_department_sees_none_even_with_a_post_that_says_so(street: Street, wang: Person, unit: str) -> None:
    tag = needs(street, wang)
    county = street.cast.county
    Role.objects.create(
        code="wrong", label="错配", scope="area", permissions=["care.view", "care.tag", "people.view"], sort=99
    )
    firm = factories.make_staff("firm", "傅姆", "wrong", area=county.grid(111), unit=county.units[unit])

    assert firm.may("care.view", wang)
    assert list(CareTag.objects.visible_to(firm)) == []
    assert queries.tags_of(firm, wang) == []
    assert queries.due_visits(firm, at=NOW + 30 * DAY) == []
    with pytest.raises(NotFound):
        care.note_visit(firm, tag=tag, at=NOW + DAY)
    with pytest.raises(NotFound):
        care.end_tag(firm, tag=tag, reason="不需要了", at=NOW + DAY)
    with pytest.raises(NotFound):
        needs_by(firm, wang)


def needs_by(actor: Actor, person: Person) -> CareTag:
    return care.set_tag(actor, key=uuid4(), person=person, need="hardship", evidence="入户走访", at=NOW)


def test_an_elevation_does_not_open_everybodys_needs(street: Street, wang: Person) -> None:
    needs(street, wang)

    assert list(CareTag.objects.visible_to(replace(street.cast.admin, elevated=frozenset({"care.view"})))) == []


def test_a_unit_that_serves_sees_what_it_is_named_for(street: Street, wang: Person) -> None:
    county = street.cast.county
    Role.objects.create(code="carer", label="社工", scope="unit", permissions=["care.view"], sort=99)
    carer = factories.make_staff("carer", "佘工", "carer", unit=county.units["community12"])
    tag = needs(street, wang, viewer_unit_ids=[county.units["community12"].id])
    needs(street, wang, "hardship")

    assert list(CareTag.objects.visible_to(carer)) == [tag]


@pytest.mark.parametrize("who", ["grid_worker", "street_seat"])
def test_who_serves_but_may_not_set_is_told_so(street: Street, wang: Person, who: str) -> None:
    with pytest.raises(NotAllowed):
        needs_by(getattr(street.cast, who), wang)


def test_a_tag_is_renewed_after_another_look(street: Street, wang: Person) -> None:
    tag = needs(street, wang)
    later = NOW + 300 * DAY

    renewed = care.renew_tag(street.cast.community_clerk, tag=tag, evidence="再次入户，仍独自生活", seen=1, at=later)

    assert (renewed.expires_at, renewed.review_at) == (later + 365 * DAY, later + 180 * DAY)
    with pytest.raises(Stale):
        care.renew_tag(street.cast.community_clerk, tag=tag, evidence="再次入户，仍独自生活", seen=1, at=later)


def test_what_nobody_renews_ends_by_itself_and_is_told(street: Street, wang: Person) -> None:
    tag = needs(street, wang)
    soon, day = tag.expires_at - timedelta(days=13), tag.expires_at

    assert care.remind(at=tag.expires_at - timedelta(days=20)) == 0
    assert care.remind(at=soon) == 1
    assert care.remind(at=soon) == 0
    told(soon)
    assert care.expire(at=day) == 1
    assert care.expire(at=day) == 0
    told(day)

    tag.refresh_from_db()
    assert (tag.ended_at, tag.end_reason) == (day, "到期，没有续期")
    cast = street.cast
    heard = {(message.recipient_id, message.kind) for message in Message.objects.all()}
    assert heard == {
        (who.account_id, kind) for who in (cast.community_clerk, cast.grid_worker)
        for kind in ("care.expiring", "care.expired")
    }  # fmt: skip
    words = "".join(message.title + message.body for message in Message.objects.all())
    assert "王" not in words
    assert "独居" not in words


def test_a_renewed_tag_is_not_told_as_expired(street: Street, wang: Person) -> None:
    tag = needs(street, wang)
    care.remind(at=tag.expires_at - timedelta(days=3))
    care.renew_tag(street.cast.community_clerk, tag=tag, evidence="仍独自生活", at=tag.expires_at - DAY)

    assert care.expire(at=tag.expires_at) == 0


def test_whom_to_visit_next_and_why(street: Street, wang: Person) -> None:
    worker = street.cast.grid_worker
    li = street.lives(LI, number="102")
    first = needs(street, wang)
    needs(street, wang, "emergency", visit_every_days=30)
    needs(street, li, "hardship", visit_every_days=5)

    at = NOW + 10 * DAY
    visits = queries.due_visits(worker, at=at)

    assert [(visit.person, visit.days_over) for visit in visits] == [(wang, 3), (li, 5)]
    assert visits[0].why == "独居老人需照应；约定每 7 天一次，还没去过"
    care.note_visit(worker, tag=first, at=at)
    assert [visit.person for visit in queries.due_visits(worker, at=at)] == [li]
    assert queries.due_visits(worker, at=at + 7 * DAY)[0].why == "独居老人需照应；约定每 7 天一次，7 天没去"


def test_the_plan_is_one_statement(street: Street, wang: Person, django_assert_num_queries) -> None:
    for need in ("lone_elder", "hardship", "emergency"):
        needs(street, wang, need, visit_every_days=1)

    with django_assert_num_queries(1):
        queries.due_visits(street.cast.grid_worker, at=NOW + 3 * DAY)


def test_tags_follow_who_moves(street: Street, wang: Person) -> None:
    needs(street, wang)
    people.move_in(street.cast.community_clerk, person=wang, dwelling=street.flat("201", grid=112), at=NOW + DAY)
    told()

    assert list(CareTag.objects.visible_to(street.cast.grid_worker)) == []
    assert CareTag.objects.visible_to(street.cast.grid_worker_next_door).count() == 1


def test_tags_end_with_who_dies(street: Street, wang: Person) -> None:
    needs(street, wang)
    people.end_person(street.cast.grid_worker, person=wang, end="died", at=NOW + DAY)
    told()

    assert not CareTag.objects.running().exists()


def test_the_journal_knows_no_needs(street: Street, wang: Person) -> None:
    needs(street, wang, "pregnant", consent_by="self")

    text = "".join(f"{entry.before}{entry.after}{entry.note}{entry.reason}" for entry in Entry.objects.all())
    assert "pregnant" not in text
    assert "走访" not in text


def test_a_visit_noted_late_does_not_undo_a_later_one(street: Street, wang: Person) -> None:
    worker, tag = street.cast.grid_worker, needs(street, wang)
    care.note_visit(worker, tag=tag, at=NOW + 3 * DAY)

    assert care.note_visit(worker, tag=tag, at=NOW + 4 * DAY, visited_at=NOW + DAY).last_visited_at == NOW + 3 * DAY
    with pytest.raises(LianxinError, match="晚于现在"):
        care.note_visit(worker, tag=tag, at=NOW, visited_at=datetime(2027, 1, 1, tzinfo=UTC))


def test_tags_are_where_people_are_however_they_got_there(street: Street, wang: Person) -> None:
    needs(street, wang)
    Person.objects.filter(pk=wang.pk).update(grid_id=street.cast.county.grid(112).id)  # as an import moves people

    assert rehoming.align() == 1
    assert rehoming.align() == 0
    assert list(CareTag.objects.visible_to(street.cast.grid_worker)) == []
