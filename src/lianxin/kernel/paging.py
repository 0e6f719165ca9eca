"""Pages by key: the next page begins after the last row seen, so deep pages cost no more than the first.

    page(Case.objects.visible_to(actor), order=("-filed_at", "-id"), after=request.GET.get("after"))

Any directions may be mixed and columns may be null (nulls come last going up, first going down, as PostgreSQL
has it). The order should end in a unique column; the primary key is added when it does not.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid

MOST = 200

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows in order, with cursors to what comes after and before; None where nothing does."""

    items: list[M]
    next: str | None
    previous: str | None


class _Key(NamedTuple):
    field: str
    is_down: bool
    may_be_null: bool


def page(
    rows: QuerySet[M], *, order: Sequence[str], after: str | None = None, size: int = 50, field: str = "after"
) -> Page[M]:
    """Return the page behind a cursor, or the first one. One query; raises Invalid for a cursor not of this list.

    `field` names the input in that error. A page of no more than 200 rows is given whatever `size` asks for.
    """
    keys = _keys(rows, order)
    size = max(1, min(size, MOST))
    back, values = _read(after, keys, field) if after else (False, None)
    found = rows if values is None else rows.filter(_beyond(keys, values, is_back=back))
    items = list(found.order_by(*(_ordering(key, is_back=back) for key in keys))[: size + 1])
    has_more = len(items) > size
    items = items[:size]
    if back:
        items.reverse()
    if not items:
        # Beyond the end: from here the only way is the way one came.
        return Page([], None, None)
    return Page(
        items,
        next=_write(items[-1], keys, is_back=False) if back or has_more else None,
        previous=_write(items[0], keys, is_back=True) if (has_more if back else values is not None) else None,
    )


def _keys(rows: QuerySet[Any], order: Sequence[str]) -> list[_Key]:
    own = rows.model._meta.pk.name
    names = list(order)
    if not any(name.lstrip("-") in {own, "pk"} for name in names):
        names.append(f"-{own}" if names and names[-1].startswith("-") else own)
    return [_Key(name.lstrip("-"), name.startswith("-"), _may_be_null(rows.model, name.lstrip("-"))) for name in names]


def _may_be_null(model: type[Model], path: str) -> bool:
    for name in path.split("__"):
        try:
            field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return True  # an annotation
        if field.null:
            return True
        model = field.related_model or model
    return False


def _ordering(key: _Key, *, is_back: bool) -> OrderBy:
    column = F(key.field)
    return column.desc() if key.is_down is not is_back else column.asc()


def _beyond(keys: list[_Key], values: list[Any], *, is_back: bool) -> Q:
    """Return the rows after these values: a farther first column, or the same and a farther second, and so on."""
    beyond, same = Q(pk__in=()), Q()
    for key, value in zip(keys, values, strict=True):
        is_down = key.is_down is not is_back
        beyond |= same & _farther(key, value, is_down=is_down)
        same &= Q(**{f"{key.field}__isnull": True} if value is None else {key.field: value})
    first, value = keys[0], values[0]
    if value is None or first.may_be_null:
        return beyond
    # Said once more for the first column alone, so that the database begins to read its index there.
    is_down = first.is_down is not is_back
    return Q(**{f"{first.field}__{'lte' if is_down else 'gte'}": value}) & beyond


def _farther(key: _Key, value: Any, *, is_down: bool) -> Q:
    if value is None:
        return Q(**{f"{key.field}__isnull": False}) if is_down else Q(pk__in=())
    if is_down:
        return Q(**{f"{key.field}__lt": value})
    farther = Q(**{f"{key.field}__gt": value})
    return farther | Q(**{f"{key.field}__isnull": True}) if key.may_be_null else farther


def _write(row: Model, keys: list[_Key], *, is_back: bool) -> str:
    values = [_plain(_value(row, key.field)) for key in keys]
    text = json.dumps([_shape(keys), is_back, values], separators=(",", ":"))
    return urlsafe_b64encode(signing.Signer(salt="lianxin.paging").sign(text).encode()).decode().rstrip("=")


def _read(cursor: str, keys: list[_Key], field: str) -> tuple[bool, list[Any]]:
    try:
        signed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        shape, is_back, values = json.loads(signing.Signer(salt="lianxin.paging").unsign(signed))
    except (signing.BadSignature, ValueError):
        shape, is_back, values = None, False, []
    if shape != _shape(keys):
        raise Invalid({field: _("翻页标记不正确或已失效，请回到第一页。")})
    return is_back, values


def _shape(keys: list[_Key]) -> str:
    return ",".join(f"-{key.field}" if key.is_down else key.field for key in keys)


def _value(row: Any, field: str) -> Any:
    for name in field.split("__"):
        row = None if row is None else getattr(row, name)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"Rows cannot be paged by a {type(value).__name__}.")
