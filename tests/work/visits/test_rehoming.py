"""A grid is split: signs and what was heard there go where their people and homes now lie."""

from datetime import time
from uuid import uuid4

import factories
from factories import SIDE, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import node
from lianxin.foundation.areas.redivision import Successor
from lianxin.registry.people.models import Person
from lianxin.registry.places import rehoming as places
from lianxin.work.visits import actions as visits
from lianxin.work.visits import rehoming
from lianxin.work.visits.actions import Whom
from lianxin.work.visits.models import Visit
from lianxin.work.visits.signs import keeping
from lianxin.work.visits.signs.keeping import Wish
from lianxin.work.visits.telling import Told
from neighbours import DAY, NOW, Street

LATER = NOW + 2 * DAY


def test_signs_and_visits_follow_their_people_through_a_redivision(street: Street, wang: Person) -> None:
    worker = street.cast.grid_worker
    sign = keeping.start(worker, key=uuid4(), person=wang, wish=Wish(time(10)), consent_by="paper", at=NOW)
    made = visits.save(
        worker, key=uuid4(), visit_key=uuid4(), whom=Whom(person=wang), told=Told(NOW, words="在家"), at=NOW
    ).visit
    old = Area.objects.get(pk=street.cast.county.grid(111).id)
    halves = [
        Successor(old.code, "第一网格", square(117.0, 31.0, 117.0 + SIDE / 2, 31.0 + SIDE), 400),
        Successor("34088100100109", "第九网格", square(117.0 + SIDE / 2, 31.0, 117.0 + SIDE, 31.0 + SIDE), 400),
    ]
    areas.plan_redivision(
        SYSTEM, kind="split", old=[old], successors=halves, effective_at=NOW + DAY, reason="桐政办〔2026〕31号", at=NOW
    )
    areas.apply_due_redivisions(SYSTEM, at=NOW + DAY)
    ended = places.ended_areas(at=LATER)
    east = Area.objects.get(code="34088100100109", valid_to=None)
    Person.objects.filter(pk=wang.pk).update(area_id=east.pk, grid_id=east.pk)  # as people's own job does
    assert rehoming.waiting(ended) == 1

    assert rehoming.rehome(ended_area_ids=ended) == 2

    sign.refresh_from_db()
    made.refresh_from_db()
    assert (sign.grid_id, made.grid_id) == (east.pk, east.pk)
    assert rehoming.waiting(ended) == 0
    neighbour = factories.make_staff("xinwang", "新王", "grid_worker", area=node(east.pk))
    assert Visit.objects.visible_to(neighbour).filter(pk=made.pk).exists()
