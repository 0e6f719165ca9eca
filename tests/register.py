"""The register of fields for tests: that of a shipped place, owned by the units of the tiny county."""

from collections.abc import Mapping
from functools import cache

from factories import BEGIN
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.operations.profiles.model import RegisteredField
from lianxin.operations.profiles.reader import read
from lianxin.operations.profiles.vocabulary import SENSITIVITIES
from lianxin.registry.sources.fields import FieldRow, load_fields


@cache
def _shipped() -> tuple[RegisteredField, ...]:
    return read("tongcheng").fields


def load_register(owners: Mapping[str, str] | None = None) -> None:
    """Load the register; `owners` names the unit of a field by its code, all others are the community's."""
    rows = [
        FieldRow(
            code=one.code,
            label=one.label,
            subject=one.subject,
            sensitivity=SENSITIVITIES.index(one.sensitivity),
            purpose=one.purpose,
            legal_basis=one.basis,
            owner=(owners or {}).get(one.code, ""),
            stale_after_days=one.stale_after_days or None,
            is_required=one.required == "yes",
        )
        for one in _shipped()
    ]
    load_fields(SYSTEM, rows, at=BEGIN)
