"""What every act on a person begins and ends with: locked, checked, one version more, recorded."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.crypto import blind_index
from lianxin.kernel.errors import NotFound, Refused, Stale
from lianxin.kernel.text import initials, spelling
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources import actions as sources
from lianxin.registry.sources.models import Revision, Source
from lianxin.registry.sources.recording import packed, record

from . import rules
from .models import Person

SUBJECT = "person"
AREA_COLUMNS = ("area_id", "street_id", "community_id", "grid_id")
HOME_COLUMNS = ("home_id", *AREA_COLUMNS)
ACTS: Mapping[str, str] = {
    "create": "登记",
    "amend": "修改",
    "confirm": "核实",
    "end": "注销",
    "restore": "恢复在册",
    "move_in": "迁入",
    "move_out": "迁出",
    "join": "入户",
    "leave": "离户",
    "contact": "修改联系人",
    "merge": "合并",
    "unmerge": "拆开",
    "link": "认领本人档案",
    "unlink": "解除本人账号",
    "undo": "撤销导入",
    "ask": "本人提出申请",
    "answer": "答复本人申请",
    "agree": "本人同意",
    "withdraw": "本人撤回同意",
    "erase": "删除",
}


def begin(
    actor: Actor, person: Person, permission: str, label: str, *, seen: int | None = None, ended: bool = False
) -> Person:
    """Lock a person and return it as it stands now.

    Raises NotFound where the actor sees nobody, NotAllowed, Refused for who is no longer on the books (unless
    `ended`), Stale when `seen` is an older version.
    """
    found = Person.objects.select_for_update(of=("self",)).filter(pk=person.pk).first()
    if found is None or not may_see(actor, found):
        raise NotFound(_("没有这个人的档案，或不在您的辖区。"))
    demand(actor, permission, label, found)
    if found.ended_at is not None and not ended:
        raise Refused("person_ended", _("这份档案{end}，不能再改。").format(end=Person.End(found.end).label))
    if seen is not None and seen != found.version:
        raise Stale(_("这份档案刚被别人改过，请看过再改。"), version=found.version, changes=since(found, seen))
    return found


def may_see(actor: Actor, person: Person) -> bool:
    """Tell whether the actor may view people where this person lives; who has no place is seen from the city only."""
    return actor.scope("people.view").everywhere or actor.may("people.view", person)


def since(person: Person, version: int) -> list[str]:
    """Return in words what was done after a version, oldest first: who, what, which fields; no values."""
    found = Revision.objects.filter(subject=SUBJECT, subject_id=person.pk, version__gt=version).order_by("id")
    return [f"{each.actor_label}：{told(each.act, each.fields)}" for each in found[:20]]


def told(act: str, fields: Sequence[str]) -> str:
    """Return an act and its fields in words."""
    names = "、".join(rules.LABELS.get(name, name) for name in fields)
    return f"{ACTS.get(act, act)} {names}".strip()


def write(
    actor: Actor,
    person: Person,
    act: str,
    *,
    at: datetime,
    fields: Sequence[str],
    columns: Sequence[str] = (),
    before: Mapping[str, Any] | None = None,
    source: Source | None = None,
    reason: str = "",
) -> Person:
    """Save the changed columns with one version more, and record the act. `fields` are words of `rules.LABELS`."""
    person.version += 1
    person.save(update_fields=[*columns, "version"])
    # Words of a reason may name people: they are sealed with what stood there, and not told to the journal.
    stood = {**(before or {}), **({"reason": reason} if reason else {})}
    record(
        actor, act, subject=SUBJECT, subject_id=person.pk, version=person.version, at=at, fields=fields,
        before=stood, source=source,
    )  # fmt: skip
    return person


def take(person: Person, values: Mapping[str, Any]) -> list[str]:
    """Set entered fields with what follows from them (hashes, spelling); return the columns to save."""
    columns = list(values)
    for name, value in values.items():
        setattr(person, name, value)
    if "name" in values:
        person.initials, person.spelling = initials(person.name)[:60], spelling(person.name)[:160]
        columns += ["initials", "spelling"]
    if "id_number" in values:
        person.id_hash = hashed(person.id_number, rules.ID_CONTEXT)
        columns.append("id_hash")
    if "phone" in values:
        person.phone_hash = hashed(person.phone, rules.PHONE_CONTEXT)
        columns.append("phone_hash")
    return columns


def hashed(value: str | None, context: str) -> bytes | None:
    """Return the hash to store beside a sealed number."""
    return blind_index(value, context).hash if value else None


def settle(person: Person, home: Dwelling | None, place: Dwelling | AreaNode | None = None) -> list[str]:
    """Let a person live at a dwelling, or only somewhere near a place; return the columns to save."""
    person.home = home
    where = home or place
    person.area_id = where.id if isinstance(where, AreaNode) else where.area_id if where else None
    for level in ("street_id", "community_id", "grid_id"):
        setattr(person, level, getattr(where, level, None))
    return list(HOME_COLUMNS)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON may hold them."""
    return dict(json.loads(packed(values)))


def unpacked(text: str | None) -> dict[str, Any]:
    """Read values that `packed` wrote."""
    return dict(json.loads(text)) if text else {}


def standing(person: Person, columns: Sequence[str]) -> dict[str, Any]:
    """Return columns as they stand, to be kept as what was before."""
    return {name: getattr(person, name) for name in columns}


def confirm(
    actor: Actor, person: Person, fields: Sequence[str], *, at: datetime, source: Source | None
) -> None:  # fmt: skip
    """Note that fields were found right now; one that the register does not hold is passed over. One statement."""
    sources.confirm(actor, subject=SUBJECT, ids=[person.pk], fields=fields, at=at, source=source)
