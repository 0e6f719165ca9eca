"""Move in and out (迁入、迁出): a person and a dwelling, as owner, tenant, living or registered there, from–to."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.throttle.counting import count
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.people import change, rules
from lianxin.registry.people.models import Person, Residence
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources.models import Source

from .registering import check_since, holder_of, today

_EDIT = "登记、修改人员"


@transaction.atomic
def move_in(
    actor: Actor,
    *,
    person: Person,
    dwelling: Dwelling,
    kind: str = Residence.Kind.LIVES,
    at: datetime,
    since: datetime | None = None,
    seen: int | None = None,
    source: Source | None = None,
) -> Residence:
    """Relate a person to a dwelling from `since` on. Living there ends living elsewhere and moves the person's home.

    Raises NotFound, NotAllowed at either end, Stale, Invalid, Refused where the relation stands already.
    """
    person = change.begin(actor, person, "people.edit", _EDIT, seen=seen)
    demand(actor, "people.edit", _EDIT, dwelling)
    return moved_in(actor, person, dwelling, kind, at=at, since=since, source=source)


def moved_in(
    actor: Actor, person: Person, dwelling: Dwelling, kind: str, *, at: datetime, since: datetime | None,
    source: Source | None,
) -> Residence:  # fmt: skip
    """Relate a person that is locked to a dwelling; see `move_in`."""
    begins = since or at
    check_since(begins, at)
    if kind not in Residence.Kind.values:
        raise Invalid({"kind": _("请选择产权人、承租人、实际居住或户籍登记。")})
    if dwelling.valid_to is not None:
        raise Refused("dwelling_ended", _("这一户房屋已经注销，请先核对房屋。"))
    running = Residence.objects.filter(person=person, valid_to=None)
    if running.filter(dwelling=dwelling, kind=kind).exists():
        raise Refused("lives_there", _("这个人在这一户已经是{kind}。").format(kind=Residence.Kind(kind).label))
    before: dict[str, object] = {}
    columns: list[str] = []
    if kind == Residence.Kind.LIVES:
        before = change.standing(person, change.HOME_COLUMNS)
        before["residences"] = _end_living(person, begins)
        columns = change.settle(person, dwelling)
    residence = Residence.objects.create(person=person, dwelling=dwelling, kind=kind, valid_from=begins)
    before["residence"] = residence.pk
    fields = ["home", "living"] if columns else ["living"]
    change.write(actor, person, "move_in", at=at, fields=fields, columns=columns, before=before, source=source)
    change.confirm(actor, person, ["home"] if columns else [], at=at, source=source)
    return residence


def _end_living(person: Person, at: datetime) -> list[int]:
    """End living where the person lived until now; a stay that would end before it began is told."""
    living = Residence.objects.filter(person=person, valid_to=None, kind=Residence.Kind.LIVES).first()
    if living is None:
        return []
    if living.valid_from >= at:
        day = living.valid_from.astimezone(ZONE)
        sentence = _("这个人 {day:%Y-%m-%d} 才住进原来的房屋，新的开始日期要晚于这一天。")
        raise Invalid({"since": sentence.format(day=day)})
    living.valid_to = at
    living.save(update_fields=["valid_to"])
    return [living.pk]


@transaction.atomic
def move_out(
    actor: Actor,
    *,
    person: Person,
    residence: Residence,
    at: datetime,
    until: datetime | None = None,
    seen: int | None = None,
    source: Source | None = None,
) -> Residence:
    """End a relation to a dwelling. Who lived there has no home on the books then, but stays in the area.

    Raises NotFound, NotAllowed, Stale, Invalid, Refused when it has ended before.
    """
    person = change.begin(actor, person, "people.edit", _EDIT, seen=seen)
    residence = Residence.objects.select_for_update(of=("self",)).get(pk=residence.pk, person=person)
    if residence.valid_to is not None:
        raise Refused("moved_out", _("这条居住关系已经结束。"))
    ends = until or at
    check_since(ends, at, "until")
    if ends <= residence.valid_from:
        raise Invalid({"until": _("结束日期要晚于开始日期。")})
    residence.valid_to = ends
    residence.save(update_fields=["valid_to"])
    before: dict[str, object] = {"residences": [residence.pk]}
    fields, columns = ["living"], []
    if residence.kind == Residence.Kind.LIVES and person.home_id == residence.dwelling_id:
        before["home_id"] = person.home_id
        person.home = None
        fields, columns = ["home", "living"], ["home_id"]
    change.write(actor, person, "move_out", at=at, fields=fields, columns=columns, before=before, source=source)
    return residence


def receive_person(actor: Actor, *, name: str, id_number: str, dwelling: Dwelling, at: datetime) -> Person:
    """Take over somebody who moved here from where the actor sees nobody (从别处迁入), proved by name and number.

    Raises NotAllowed, Invalid, TooMany after twenty tries a day, Refused when both do not match.
    """
    demand(actor, "people.edit", _EDIT, dwelling)
    count("people.receive", str(actor.account_id), most=20, span=timedelta(days=1), at=at)
    number = rules.read_identity(id_number, today=today(at)).number
    return _receive(actor, rules.read_name(name), number, dwelling, at)


@transaction.atomic
def _receive(actor: Actor, name: str, number: str, dwelling: Dwelling, at: datetime) -> Person:
    found = holder_of(number)
    person = Person.objects.select_for_update(of=("self",)).filter(pk=found.pk).first() if found else None
    if person is None or person.name != name:
        raise Refused("not_found_elsewhere", _("没有找到姓名和证件号码都相符的档案，请对照证件核对。"))
    moved_in(actor, person, dwelling, Residence.Kind.LIVES, at=at, since=None, source=None)
    return person
