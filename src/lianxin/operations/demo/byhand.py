"""What staff did by hand in the registry of late, through the acts: so that history, looks and a merge are there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import actor_of
from lianxin.foundation.areas.models import Area
from lianxin.kernel.crypto import blind_indexes
from lianxin.registry.people import actions as people
from lianxin.registry.people import looks, rights
from lianxin.registry.people.models import Person as PersonRow
from lianxin.registry.people.rules import PHONE_CONTEXT
from lianxin.registry.places import actions as places
from lianxin.registry.places.models import Dwelling

from .families import Families, Member
from .papers import Papers
from .people import Person

DAYS = 20
# Phones that the writer of the population does not reach.
_PHONES_FROM = 900_000
# Identity numbers of one birthday from here on, for the same reason.
_ORDERS_FROM = 400


@dataclass
class _Week:
    """What all acts of these days share."""

    rng: Random
    papers: Papers
    resident: Person
    at: datetime

    def key(self) -> UUID:
        """Return a key from the seed."""
        return UUID(int=self.rng.getrandbits(128), version=4)

    def some_day(self) -> datetime:
        """Return an hour of these days at which people work."""
        hours = self.rng.randrange(1, 9)
        day = self.at - timedelta(days=self.rng.randrange(2, DAYS))
        return day.replace(hour=hours, minute=self.rng.randrange(60), second=0, microsecond=0)


class _Orders(dict[tuple[date, int], int]):
    """Counts numbers of one birthday from a high one on."""

    def get(self, key: tuple[date, int], default: int | None = None) -> int:  # type: ignore[override]  # noqa: ARG002
        return super().get(key, _ORDERS_FROM)


def some_days_work(division: str, communities: list[str], resident: Person, *, seed: int, at: datetime) -> int:
    """Let the grid workers of these communities register, confirm, amend and look; returns how many moved in.

    `resident` is the one of the demo's ready accounts: registered too, so that there is a file to be claimed.
    """
    papers = Papers(division, phones_taken=_PHONES_FROM, sequences=_Orders())
    week = _Week(Random(f"by hand {seed}"), papers, resident, at)
    grids = Area.objects.filter(role="grid", valid_to=None, parent__code__in=communities).order_by("code")
    posts = Post.objects.filter(role_id="grid_worker", area__in=grids, valid_to=None).order_by("area__code")
    moved = 0
    for turn, post in enumerate(posts):
        worker = actor_of(post.account_id, at=at)
        if worker is None:
            continue
        empty = list(Dwelling.objects.visible_to(worker).filter(use="vacant", valid_to=None).order_by("pk")[:3])
        for place, dwelling in enumerate(empty):
            guest = resident if turn == place == 0 else None
            moved += _move_in(week, worker, dwelling, guest)
        _visit(week, worker)
    _merge_one(week, communities[0])
    return moved


def claim_file(resident: Actor, person: Person, *, at: datetime) -> bool:
    """Let the ready resident prove that the file with its phone is its own; False where there is none."""
    found = PersonRow.objects.now().filter(phone_hash__in=blind_indexes(person.phone, PHONE_CONTEXT)).first()
    if found is None or not found.id_number:
        return False
    rights.link_account(resident, name=person.name, last_four=found.id_number[-4:], at=at)
    return True


def _move_in(week: _Week, worker: Actor, dwelling: Dwelling, guest: Person | None) -> int:
    """Let a family move in, all of it by acts."""
    at = week.some_day()
    family = Families(week.rng, at.date()).draw("town")
    members = family.members
    if guest is not None:
        born = date(1988, 5, 6)
        head = Member(guest.name, "f" if guest.sex == "female" else "m", born, at.year - born.year, "head")
        members = [head]
    places.confirm_dwelling(worker, dwelling=dwelling, use="self", at=at)
    phone = guest.phone if guest is not None else None
    made = [_register(week, worker, member, dwelling, at=at, phone=phone) for member in members]
    household = people.form_household(worker, key=week.key(), dwelling=dwelling, head=made[0], at=at)
    for person, member in zip(made[1:], members[1:], strict=True):
        people.join_household(worker, household=household, person=person, relation=member.relation, at=at)
    people.move_in(worker, person=made[0], dwelling=dwelling, kind="owner", at=at)
    if guest is not None or week.rng.random() < 0.4:
        people.add_contact(
            worker, person=made[0], relation="邻居", name="张大妈", phone=week.papers.phone() or "", at=at
        )
    return len(made)


def _register(
    week: _Week, worker: Actor, member: Member, dwelling: Dwelling, *, at: datetime, phone: str | None
) -> PersonRow:  # fmt: skip
    fields: dict[str, object] = {"name": member.name, "sex": member.sex, "birth_date": member.born}
    if member.age > 0:
        fields["id_number"] = week.papers.identity(member.born, member.sex)
    if member.age >= 14:
        fields["phone"] = phone or week.papers.phone()
    return people.register_person(worker, key=week.key(), fields=fields, dwelling=dwelling, at=at)


def _visit(week: _Week, worker: Actor) -> None:
    """Confirm a few people, give one a new phone, look at one's number to help with a service."""
    own = PersonRow.objects.visible_to(worker).now()
    known = list(own.filter(phone_hash__isnull=False, home__isnull=False).order_by("confirmed_at", "pk")[:5])
    for person in known[:3]:
        people.confirm_person(worker, person=person, at=week.some_day())
    for person in known[3:4]:
        people.amend_person(worker, person=person, fields={"phone": week.papers.phone()}, at=week.some_day())
    ready = own.filter(phone_hash__in=blind_indexes(week.resident.phone, PHONE_CONTEXT))
    for person in [*known[4:5], *ready]:
        looks.look(worker, person=person, fields=["phone"], reason="notify", at=week.at - timedelta(hours=30))
    for person in ready:
        looks.look(worker, person=person, fields=["id_number"], reason="service", at=week.at - timedelta(hours=5))


def _merge_one(week: _Week, community: str) -> None:
    """Let the clerk merge one of those whom two departments told of."""
    post = Post.objects.filter(role_id="community_clerk", area__code=community, valid_to=None).first()
    clerk = actor_of(post.account_id, at=week.at) if post else None
    if clerk is None:
        return
    doubles = PersonRow.objects.visible_to(clerk).now().filter(home=None, id_hash=None).order_by("pk")
    for double in doubles[:5]:
        same = PersonRow.objects.visible_to(clerk).now().filter(name=double.name, birth_date=double.birth_date)
        kept = same.exclude(pk=double.pk).first()
        if kept is not None:
            reason = "姓名、出生日期和电话都一致，入户核实为同一人"
            people.merge(clerk, kept=kept, gone=double, reason=reason, at=week.at - timedelta(days=1))
            return
