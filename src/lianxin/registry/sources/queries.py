"""Read the register of fields, from memory; keyed by the number "register_fields"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.versions import Versioned

from .fields import VERSION
from .models import Confirmation, Field, Sensitivity


@dataclass(frozen=True, slots=True)
class FieldNode:
    """A registered field as everything above needs it; no query behind it."""

    code: str
    subject: str
    name: str  # the column: phone of person.phone; contact.phone, which is another record's, stays whole
    label: str
    sensitivity: int
    purpose: str
    legal_basis: str
    owner_id: int | None  # a unit; None: the community
    stale_after_days: int | None
    is_required: bool

    @property
    def is_personal(self) -> bool:
        """Whether a leak would touch a person."""
        return self.sensitivity >= Sensitivity.PERSONAL

    @property
    def is_sensitive(self) -> bool:
        """Whether it is among the data the law calls sensitive."""
        return self.sensitivity >= Sensitivity.SENSITIVE


class Register:
    """All fields in use, in the order of forms."""

    def __init__(self) -> None:
        self.by_code = {row.code: _node(row) for row in Field.objects.filter(is_active=True).order_by("place", "code")}
        self._by_subject: dict[str, list[FieldNode]] = {}
        for node in self.by_code.values():
            self._by_subject.setdefault(node.subject, []).append(node)

    def of(self, subject: str) -> list[FieldNode]:
        """Return the fields of a subject."""
        return self._by_subject.get(subject, [])


def _node(row: Field) -> FieldNode:
    return FieldNode(
        code=row.code,
        subject=row.subject,
        name=row.code.removeprefix(f"{row.subject}."),
        label=row.label,
        sensitivity=row.sensitivity,
        purpose=row.purpose,
        legal_basis=row.legal_basis,
        owner_id=row.owner_id,
        stale_after_days=row.stale_after_days,
        is_required=row.is_required,
    )


_register: Versioned[Register] = Versioned(VERSION, Register)


def register(numbers: Mapping[str, int] | None = None) -> Register:
    """Return the register in force; with the `numbers` of a request no statement unless it has changed."""
    return _register.get() if numbers is None else _register.at(numbers)


def field(code: str, numbers: Mapping[str, int] | None = None) -> FieldNode | None:
    """Return a field by its code, or None."""
    return register(numbers).by_code.get(code)


def fields_of(subject: str, numbers: Mapping[str, int] | None = None) -> list[FieldNode]:
    """Return the fields of a subject, in the order of forms."""
    return register(numbers).of(subject)


def owner_name(node: FieldNode, numbers: Mapping[str, int] | None = None) -> str:
    """Return who owns a field, in words."""
    directory = organizations.directory(numbers)
    unit = directory.by_id.get(node.owner_id) if node.owner_id is not None else None
    return unit.short_name if unit else "属地社区"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """When a field of a record was last found right, and for whom."""

    at: datetime
    account_id: int | None
    unit_id: int | None
    source_id: int | None
    source: str


def confirmed(subject: str, subject_id: int, codes: Iterable[str] | None = None) -> dict[str, Confirmed]:
    """Return the last confirmation of each field of a record, by the field's code. One statement."""
    rows = Confirmation.objects.filter(subject=subject, subject_id=subject_id).select_related("source")
    if codes is not None:
        rows = rows.filter(field_id__in=list(codes))
    return {
        row.field_id: Confirmed(
            row.at, row.account_id, row.unit_id, row.source_id, row.source.name if row.source else ""
        )
        for row in rows
    }
