"""Accesses: the law of the room as a property, and each refusal by itself."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import factories
import filming
from cast import Cast
from filming import NOW
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.audit.models import AuditEntry
from lianxin.foundation.notifications.models import Message
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.models import Entry
from lianxin.registry.cameras import actions, queries
from lianxin.registry.cameras.models import Access, Camera, Opening, Platform

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
State = Access.State


def test_from_asking_to_the_record(cast: Cast) -> None:
    camera = filming.camera(cast)
    access = filming.asked(cast, camera)
    told = Message.objects.get(kind="cameras.waiting")
    assert told.recipient_id == cast.handler_next_door.account_id, "the owner's people are told, not everybody"

    access = actions.decide(cast.handler_next_door, access=access, approve=True, hours=2, at=NOW, seen=access.version)
    assert access.until == NOW + 2 * HOUR
    assert Message.objects.filter(kind="cameras.told", recipient_id=cast.seat.account_id).count() == 1
    opened = actions.open_camera(cast.seat, access=access, at=NOW + HOUR)

    assert opened.address == f"https://{filming.HOST}/live?device={filming.number(1)}"
    (row,) = queries.openings_of(cast.handler_next_door, camera)
    assert (row.account_id, row.access.purpose) == (cast.seat.account_id, "看路口积水到哪里")
    entry = AuditEntry.objects.get(action="cameras.open")
    assert (entry.actor_id, entry.subject_id, entry.reason) == (cast.seat.account_id, camera.pk, "看路口积水到哪里")
    assert queries.opened_this_month(camera, at=NOW) == 1
    assert list(queries.openings(cast.auditor)) == [row]
    assert not queries.openings(cast.handler).exists()


def test_without_an_owners_decider_the_area_is_told(cast: Cast) -> None:
    camera = filming.camera(cast, owner_unit_id=cast.county.units["zjj"].id)
    filming.asked(cast, camera)

    assert [one.recipient_id for one in Message.objects.filter(kind="cameras.waiting")] == [cast.leader.account_id]


def test_what_is_asked_is_checked(cast: Cast) -> None:
    camera = filming.camera(cast)
    for purpose, hours, field in (("看", 1, "purpose"), ("找人 13812341234", 1, "purpose"), ("看积水情况", 0, "hours"),
                                  ("看积水情况", 169, "hours")):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            actions.ask(cast.seat, key=uuid4(), camera=camera, purpose=purpose, hours=hours, at=NOW)
        assert list(caught.value.fields) == [field]
    for actor in (cast.leader, cast.handler_next_door, cast.admin):
        with pytest.raises(NotAllowed):
            actions.ask(actor, key=uuid4(), camera=camera, purpose="看积水情况", hours=1, at=NOW)
    with pytest.raises(NotAllowed):
        actions.ask(SYSTEM, key=uuid4(), camera=camera, purpose="看积水情况", hours=1, at=NOW)
    assert not Access.objects.exists()


def test_the_same_request_twice_is_one_and_a_second_is_refused(cast: Cast) -> None:
    camera, key = filming.camera(cast), uuid4()
    ask = {"camera": camera, "purpose": "看积水情况", "hours": 1, "at": NOW}
    first = actions.ask(cast.seat, key=key, **ask)  # type: ignore[arg-type]
    assert actions.ask(cast.seat, key=key, **ask).pk == first.pk  # type: ignore[arg-type]

    with pytest.raises(Refused, match="已在等批准"):
        actions.ask(cast.seat, key=uuid4(), **ask)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        actions.ask(cast.community_clerk, key=key, **ask)  # type: ignore[arg-type]
    assert Access.objects.count() == 1


def both(cast: Cast) -> Actor:
    """Return somebody who may ask and approve: two posts."""
    account = factories.account_of(cast.seat)
    factories.give_post(account, "leader", area=cast.county.city)
    return factories.act_as(account)


def test_nobody_approves_their_own(cast: Cast) -> None:
    camera, actor = filming.camera(cast), both(cast)
    access = actions.ask(actor, key=uuid4(), camera=camera, purpose="看积水情况", hours=1, at=NOW)

    with pytest.raises(Refused, match="由别人批准"):
        actions.decide(actor, access=access, approve=True, at=NOW)
    assert not queries.waiting(actor).exists()
    assert list(queries.waiting(cast.leader)) == [access]
    with pytest.raises(IntegrityError), transaction.atomic():  # the table knows, too
        Access.objects.filter(pk=access.pk).update(decided_by_id=actor.account_id)


def test_who_may_not_decide(cast: Cast) -> None:
    access = filming.asked(cast, filming.camera(cast))

    with pytest.raises(NotFound):
        actions.decide(cast.handler, access=access, approve=True, at=NOW)  # another unit
    with pytest.raises(NotFound):
        actions.decide(cast.street_seat, access=access, approve=True, at=NOW)
    with pytest.raises(NotAllowed):
        actions.decide(cast.auditor, access=access, approve=True, at=NOW)
    with pytest.raises(Invalid):
        actions.decide(cast.leader, access=access, approve=False, at=NOW)
    with pytest.raises(Invalid):
        actions.decide(cast.leader, access=access, approve=True, hours=9, at=NOW)
    with pytest.raises(Stale):
        actions.decide(cast.leader, access=access, approve=True, at=NOW, seen=access.version + 1)
    refused = actions.decide(cast.leader, access=access, approve=False, reason="请先打电话问路政", at=NOW)
    assert refused.state == State.REFUSED
    with pytest.raises(Refused):
        actions.decide(cast.leader, access=access, approve=True, at=NOW)


def test_an_access_is_one_persons(cast: Cast) -> None:
    access = filming.granted(cast, filming.camera(cast))
    for actor in (cast.community_clerk, cast.leader, cast.handler_next_door, cast.auditor):
        with pytest.raises(NotFound):
            actions.open_camera(actor, access=access, at=NOW)


def test_rights_are_asked_anew_when_opening(cast: Cast) -> None:
    access = filming.granted(cast, filming.camera(cast))
    idle = Actor(account_id=cast.seat.account_id, name="左夕", kind="staff")

    with pytest.raises(LianxinError):
        actions.open_camera(idle, access=access, at=NOW)
    assert not Opening.objects.exists()


def test_an_address_that_is_no_longer_allowed_is_not_given(cast: Cast) -> None:
    access = filming.granted(cast, filming.camera(cast))
    filming.settings(hosts=["elsewhere.example"])
    with pytest.raises(Refused, match="名单"):
        actions.open_camera(cast.seat, access=access, at=NOW)

    Platform.objects.update(template="")
    with pytest.raises(Refused, match="还没有接好"):
        actions.open_camera(cast.seat, access=access, at=NOW)
    assert not AuditEntry.objects.filter(action="cameras.open").exists()


def test_time_runs_out(cast: Cast) -> None:
    camera = filming.camera(cast)
    access = filming.granted(cast, camera, hours=2)

    actions.open_camera(cast.seat, access=access, at=NOW + 2 * HOUR - timedelta(seconds=1))
    with pytest.raises(Refused, match="时间已过"):
        actions.open_camera(cast.seat, access=access, at=NOW + 2 * HOUR)
    again = filming.asked(cast, camera, at=NOW + 3 * HOUR)  # before the job came by
    assert again.state == State.ASKED
    access.refresh_from_db()
    assert access.state == State.ENDED


def test_the_job_ends_what_is_over_and_what_nobody_decided(cast: Cast) -> None:
    running = filming.granted(cast, filming.camera(cast, 1), hours=2)
    waiting = filming.asked(cast, filming.camera(cast, 2))

    assert actions.expire(at=NOW + HOUR) == 0
    assert actions.expire(at=NOW + 3 * HOUR) == 1
    assert actions.expire(at=NOW + timedelta(days=3)) == 1
    states = dict(Access.objects.values_list("pk", "state"))
    assert states == {running.pk: State.ENDED, waiting.pk: State.ENDED}
    assert Message.objects.filter(kind="cameras.told", title__contains="没有人批").count() == 1


def test_taken_back_given_back_and_taken_away(cast: Cast) -> None:
    one, two, three = (filming.camera(cast, serial) for serial in (1, 2, 3))
    assert actions.withdraw(cast.seat, access=filming.asked(cast, one), at=NOW).state == State.WITHDRAWN
    assert actions.withdraw(cast.seat, access=filming.granted(cast, two), at=NOW).state == State.ENDED
    access = filming.granted(cast, three)
    with pytest.raises(Invalid):
        actions.revoke(cast.leader, access=access, reason="", at=NOW)
    with pytest.raises(NotAllowed):
        actions.revoke(cast.seat, access=access, reason="不看了", at=NOW)
    assert actions.revoke(cast.leader, access=access, reason="处置完了", at=NOW).state == State.REVOKED
    for access in Access.objects.all():
        with pytest.raises(Refused):
            actions.open_camera(cast.seat, access=access, at=NOW)


def test_units_on_the_short_list_need_no_approval_but_a_purpose(cast: Cast) -> None:
    camera = filming.camera(cast)
    filming.settings(free_units=["centre"])
    access = filming.asked(cast, camera)
    assert (access.state, access.decided_by_id, access.until) == (State.GRANTED, None, NOW + 8 * HOUR)
    assert actions.open_camera(cast.seat, access=access, at=NOW).address
    assert AuditEntry.objects.filter(action="cameras.open").count() == 1

    other = actions.ask(cast.street_seat, key=uuid4(), camera=camera, purpose="看积水情况", hours=1, at=NOW)
    assert other.state == State.ASKED


def test_records_are_kept_as_long_as_said_and_no_longer(cast: Cast) -> None:
    camera = filming.camera(cast)
    access = filming.granted(cast, camera, hours=1)
    actions.open_camera(cast.seat, access=access, at=NOW)
    actions.expire(at=NOW + 2 * HOUR)

    assert actions.forget(at=NOW + timedelta(days=1_094)) == 0
    assert actions.forget(at=NOW + timedelta(days=1_096)) == 1
    assert not Opening.objects.exists()
    assert Camera.objects.filter(pk=camera.pk).exists()


ACTS = ("ask", "approve", "refuse", "open", "withdraw", "revoke", "expire", "end")
PEOPLE = ("seat", "street_seat", "leader", "handler_next_door", "both")
step = st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.integers(0, 300))


@settings(
    max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(step, min_size=1, max_size=25))
def test_no_opening_without_an_access_that_runs_and_each_is_audited(
    cast: Cast, steps: list[tuple[str, str, str, int]]
) -> None:
    """Whatever people do in whatever order: an address is given only under a running access that another granted."""
    with transaction.atomic():
        people = {name: getattr(cast, name) for name in PEOPLE if name != "both"}
        people["both"] = factories.make_staff("liangtou", "梁头", "leader", area=cast.county.city)
        factories.give_post(factories.account_of(people["both"]), "seat", area=cast.county.city)
        people["both"] = factories.act_as(factories.account_of(people["both"]))
        camera, at, given_out = filming.camera(cast), NOW, 0
        for act, who, whose, minutes in steps:
            at += timedelta(minutes=minutes)
            given_out += _take(act, people[who], people[whose], camera, at)
        audited = AuditEntry.objects.filter(action="cameras.open").count()
        journalled = Entry.objects.filter(subject_kind="camera_access", action="open").count()
        assert given_out == Opening.objects.count() == audited == journalled
        for row in Opening.objects.select_related("access"):
            access = row.access
            assert access.until is not None
            assert access.decided_at is not None
            assert access.decided_at <= row.at < access.until
            assert access.ended_at is None or row.at <= access.ended_at
            assert access.by_id == row.account_id
            assert access.decided_by_id not in {None, access.by_id}
        transaction.set_rollback(True)


def _take(act: str, actor: Actor, whose: Actor, camera: Camera, at: datetime) -> int:
    """Take one step; returns how many addresses were given out."""
    access = Access.objects.filter(by_id=whose.account_id).order_by("-pk").first()
    try:
        if act == "ask":
            actions.ask(actor, key=uuid4(), camera=camera, purpose="看积水情况", hours=2, at=at)
        elif act == "expire":
            actions.expire(at=at)
        elif act == "end" and at.minute % 7 == 0:
            actions.end(SYSTEM, camera=camera, reason="已拆除", at=at)
        elif access is None:
            return 0
        elif act == "open":
            assert actions.open_camera(actor, access=access, at=at).address
            return 1
        elif act == "withdraw":
            actions.withdraw(actor, access=access, at=at)
        elif act == "revoke":
            actions.revoke(actor, access=access, reason="不用了", at=at)
        elif act in {"approve", "refuse"}:
            actions.decide(actor, access=access, approve=act == "approve", reason="可以", at=at)
    except LianxinError:
        return 0
    return 0
