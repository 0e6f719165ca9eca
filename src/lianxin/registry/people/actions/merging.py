"""Two records found to be one person (合并), and parted again (拆开): rows move, histories stay, nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.text import clean
from lianxin.registry.people import change, rules
from lianxin.registry.people.models import Household, Membership, Merge, Person
from lianxin.registry.people.owning import Owned, owned
from lianxin.registry.places.models import Building
from lianxin.registry.sources.recording import packed

_LABEL = "合并、拆开重复人员"
# What the kept record takes from the other where it knows nothing itself: columns that go together.
_FILLED = (
    ("id_number", "id_kind", "id_hash"),
    ("phone", "phone_hash"),
    ("birth_date",),
    ("sex",),
    ("is_party_member",),
    ("account_id",),
    change.HOME_COLUMNS,
)
# Changes of these do not mean that somebody has decided anything about the row since.
_UNWATCHED = [
    "area_id",
    "street_id",
    "community_id",
    "grid_id",
    "version",
    "phone",
    "phone_hash",
    "wish",
    "held",
    "offered",
]


@dataclass(frozen=True, slots=True)
class Parted:
    """Two records again; `stayed` names what was changed since and so stays with the kept one: 电话, 居住关系."""

    kept: Person
    gone: Person
    stayed: list[str]


@transaction.atomic
def merge(actor: Actor, *, kept: Person, gone: Person, reason: str, at: datetime) -> Merge:
    """Make two records one: what belongs to `gone` goes to `kept`, which takes from it what it does not know.

    Where both live somewhere else or belong to another household, that of `kept` holds. Both histories stay.
    Raises NotFound, NotAllowed at either place, Invalid, Refused for one who is not on the books.
    """
    reason = clean(reason, 300)
    if kept.pk == gone.pk:
        raise Invalid({"gone": _("两份档案是同一份，请重新选择。")})
    if not reason:
        raise Invalid({"reason": _("请写明凭什么认定是同一人，例如“核对过身份证”。")})
    kept, gone = _both(actor, kept, gone)
    moved = [*_households(kept, gone, at), *_heads_of_buildings(kept, gone)]
    for table in owned():
        moved += _move(table, kept, gone, at)
    prints = _prints(moved)
    for one, print_ in zip(moved, prints, strict=True):
        one["print"] = print_
    gone.ended_at, gone.end, gone.merged_into = at, Person.End.MERGED, kept
    columns = ["ended_at", "end", "merged_into_id"]
    change.write(actor, gone, "merge", at=at, fields=["end"], columns=columns, before={"end": ""}, reason=reason)
    before = _fill(kept, gone)
    found = Merge.objects.create(
        kept=kept, gone=gone, moved={"rows": moved}, kept_before=packed(before), reason=reason, at=at,
        account_id=actor.account_id,
    )  # fmt: skip
    filled = [name for name in rules.LABELS if name in before or f"{name}_id" in before]
    change.write(actor, kept, "merge", at=at, fields=filled, columns=list(before), before=before, reason=reason)
    return found


def _both(actor: Actor, kept: Person, gone: Person) -> tuple[Person, Person]:
    """Lock both, the lower id first, whichever is which."""
    locked = {
        each.pk: change.begin(actor, each, "people.merge", _LABEL)
        for each in sorted((kept, gone), key=lambda each: each.pk)
    }
    return locked[kept.pk], locked[gone.pk]


def _fill(kept: Person, gone: Person) -> dict[str, Any]:
    """Take what the kept record does not know; return what stood there."""
    before: dict[str, Any] = {}
    for columns in _FILLED:
        first = columns[0]
        if getattr(kept, first) in {None, ""} and getattr(gone, first) not in {None, ""}:
            before |= change.standing(kept, columns)
            for column in columns:
                setattr(kept, column, getattr(gone, column))
    return before


def _row(row: models.Model, changes: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Change a row, and return what is kept to put it back."""
    before = {name: getattr(row, name) for name in changes}
    type(row)._default_manager.filter(pk=row.pk).update(**changes)
    return {
        "model": row._meta.label_lower,
        "label": label,
        "id": row.pk,
        "before": change.plain(before),
        "after": change.plain(changes),
    }


def _move(table: Owned, kept: Person, gone: Person, at: datetime) -> list[dict[str, Any]]:
    rows = list(table.rows_of([gone.pk]).select_for_update(of=("self",)).order_by("pk"))
    there = list(table.rows_of([kept.pk])) if rows and table.clash else []
    moved = []
    for row in rows:
        changes: dict[str, Any] = {table.column: kept.pk}
        if table.stays is not None and table.stays(row, kept.pk):
            continue
        if table.clash is not None and any(table.clash(row, other) for other in there):
            if table.close is None:
                continue
            changes |= table.close(row, at)
        moved.append(_row(row, changes, table.label))
    return moved


def _households(kept: Person, gone: Person, at: datetime) -> list[dict[str, Any]]:
    """Let households that `gone` heads have `kept` as head, none where `kept` lives in another, or end when empty."""
    own = Membership.objects.filter(person=kept, valid_to=None).first()
    moved = []
    for household in Household.objects.select_for_update(of=("self",)).filter(head=gone).order_by("pk"):
        if household.valid_to is not None or own is None or own.household_id == household.pk:
            moved.append(_row(household, {"head_id": kept.pk}, _("户主")))
            if own is not None and own.household_id == household.pk:
                moved.append(_row(own, {"relation": Membership.Relation.HEAD}, _("与户主关系")))
        elif household.memberships.filter(valid_to=None).exclude(person=gone).exists():
            moved.append(_row(household, {"head_id": None}, _("户主")))
        else:
            moved.append(_row(household, {"head_id": None, "valid_to": at}, _("户")))
    return moved


def _heads_of_buildings(kept: Person, gone: Person) -> list[dict[str, Any]]:
    moved = []
    for building in Building.objects.select_for_update(of=("self",)).filter(unit_head_ids__contains=[gone.pk]):
        ids = [kept.pk if each == gone.pk else each for each in building.unit_head_ids]
        moved.append(_row(building, {"unit_head_ids": list(dict.fromkeys(ids))}, _("楼栋长")))
    return moved


def _prints(moved: list[dict[str, Any]]) -> list[str]:
    """Return a hash of each row as it stands now, to tell later whether it was changed; sealed columns left out."""
    known: dict[tuple[str, int], str] = {}
    for label in {one["model"] for one in moved}:
        model = apps.get_model(label)
        ids = [one["id"] for one in moved if one["model"] == label]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, md5((to_jsonb(t) - %s::text[])::text) FROM {model._meta.db_table} t WHERE id = ANY(%s)",
                [_UNWATCHED, ids],
            )
            known |= {(label, pk): print_ for pk, print_ in cursor.fetchall()}
    return [known.get((one["model"], one["id"]), "") for one in moved]


@transaction.atomic
def unmerge(actor: Actor, *, merge: Merge, reason: str, at: datetime) -> Parted:
    """Part two records again, each with what it had; what was changed since stays with the kept one, and is told.

    Raises NotFound, NotAllowed, Invalid, Refused when it was parted before, one has been erased or merged on, or
    somebody else holds the number by now.
    """
    reason = clean(reason, 300)
    if not reason:
        raise Invalid({"reason": _("请写明为什么不是同一人。")})
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    kept, gone = _merged(actor, merge)
    rows = merge.moved["rows"]
    as_left = [print_ == one["print"] for one, print_ in zip(rows, _prints(rows), strict=True)]
    back = [one for one, is_same in zip(rows, as_left, strict=True) if is_same]
    stayed = [one["label"] for one, is_same in zip(rows, as_left, strict=True) if not is_same]
    filled, left = _empty(kept, gone, merge)
    change.write(actor, kept, "unmerge", at=at, fields=_labels(filled), columns=filled, reason=reason)
    _revive(actor, gone, at=at, reason=reason)
    for one in reversed(back):
        _put_back(one)
    merge.undone_at, merge.undone_by_id = at, actor.account_id
    merge.save(update_fields=["undone_at", "undone_by_id"])
    return Parted(kept, gone, list(dict.fromkeys([*left, *stayed])))


def _merged(actor: Actor, merge: Merge) -> tuple[Person, Person]:
    if merge.undone_at is not None:
        raise Refused("parted", _("这次合并已经拆开过了。"))
    ids = sorted((merge.kept_id, merge.gone_id))
    found = {each.pk: each for each in Person.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")}
    kept, gone = found[merge.kept_id], found[merge.gone_id]
    if not change.may_see(actor, kept):
        raise NotFound(_("没有这个人的档案，或不在您的辖区。"))
    demand(actor, "people.merge", _LABEL, kept)
    if kept.end == Person.End.MERGED:
        raise Refused("merged_on", _("保留的档案后来又并入了别的档案，请先拆开那一次。"))
    if Person.End.ERASED in {kept.end, gone.end}:
        raise Refused("erased", _("档案已按规定删除，不能再拆开。"))
    return kept, gone


def _empty(kept: Person, gone: Person, merge: Merge) -> tuple[list[str], list[str]]:
    """Take back what the merge filled in, unless it was changed since; return the columns, and what stays in words."""
    before = change.unpacked(merge.kept_before)
    columns: list[str] = []
    left: list[str] = []
    for group in _FILLED:
        if group[0] not in before:
            continue
        if getattr(kept, group[0]) != getattr(gone, group[0]):
            name = group[0].removesuffix("_id")
            left.append(rules.LABELS.get(name, name))
            continue
        for column in group:
            setattr(kept, column, before[column])
        columns += group
    return columns, left


def _labels(columns: list[str]) -> list[str]:
    return [name for name in rules.LABELS if name in columns or f"{name}_id" in columns]


def _revive(actor: Actor, gone: Person, *, at: datetime, reason: str) -> None:
    gone.ended_at, gone.end, gone.merged_into = None, "", None
    columns = ["ended_at", "end", "merged_into_id"]
    try:
        with transaction.atomic():
            before = {"end": Person.End.MERGED}
            change.write(actor, gone, "unmerge", at=at, fields=["end"], columns=columns, before=before, reason=reason)
    except IntegrityError:
        raise Refused("id_taken", _("拆出来的档案的证件号码或账号现在在别人名下，请先更正那一份。")) from None


def _put_back(one: Mapping[str, Any]) -> None:
    model = apps.get_model(one["model"])
    values = {name: _value(model, name, value) for name, value in one["before"].items()}
    model._default_manager.filter(pk=one["id"]).update(**values)


def _value(model: type[models.Model], name: str, value: Any) -> Any:
    """Read a value as JSON holds it; only instants and days are not plain there."""
    if not isinstance(value, str):
        return value
    column: Any = next(each for each in model._meta.concrete_fields if each.attname == name)
    return column.to_python(value)
