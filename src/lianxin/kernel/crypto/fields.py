"""Model fields that are sealed in the database and plain in Python."""

from typing import TYPE_CHECKING, Any

from django.db.models import lookups
from django.db.models.sql.compiler import SQLCompiler

from lianxin.kernel.crypto import sealing
from lianxin.kernel.typed_field import GetT_co, SetT_contra, TypedField

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    _Lookup = lookups.Lookup[Any]
else:
    _Lookup = lookups.Lookup


class EncryptedTextField(TypedField[SetT_contra, GetT_co]):
    """Text sealed at rest. Look it up by a blind index beside it; the field itself answers `isnull` only.

    `context` binds values to their place and must stay when a model or field is renamed;
    by default it is `app.model.field`. `hashed_in` names the column with the blind index, made for `hash_context`,
    so that a rotation of keys moves both.
    """

    description = "Sealed text"
    _pyi_private_set_type: str
    _pyi_private_get_type: str
    _pyi_lookup_exact_type: Any

    def __init__(
        self, *args: Any, context: str = "", hashed_in: str = "", hash_context: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._context = context
        # Not part of migrations: the column is the same without.
        self.hashed_in, self.hash_context = hashed_in, hash_context

    @property
    def context(self) -> str:
        """Return what sealed values of this column are bound to."""
        return self._context or f"{self.model._meta.label_lower}.{self.name}"

    def deconstruct(self) -> Any:
        """Keep the context in migrations."""
        name, path, args, kwargs = super().deconstruct()
        if self._context:
            kwargs["context"] = self._context
        return name, path, args, kwargs

    def db_type(self, connection: "BaseDatabaseWrapper") -> str:  # noqa: ARG002 - Django's signature
        """Return the column's type."""
        return "bytea"

    def from_db_value(self, value: bytes | memoryview | None, *_args: object) -> str | None:
        """Open what the database sends."""
        return None if value is None else sealing.open_sealed(value, self.context)

    def get_db_prep_save(self, value: Any, connection: "BaseDatabaseWrapper") -> Any:  # noqa: ARG002 - Django's
        """Seal what goes to the database."""
        if value is None or hasattr(value, "as_sql"):
            return value
        return sealing.seal(str(value), self.context)

    def get_lookup(self, lookup_name: str) -> "type[_Lookup] | None":
        """Refuse comparisons: sealed values differ each time, so these would never match."""
        return super().get_lookup(lookup_name) if lookup_name in {"isnull", "sealed_with"} else None


@EncryptedTextField.register_lookup
class SealedWith(_Lookup):
    """Values that a certain key sealed."""

    lookup_name = "sealed_with"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: "BaseDatabaseWrapper") -> tuple[str, list[Any]]:
        """Return a comparison of the first bytes."""
        left, params = self.process_lhs(compiler, connection)
        prefix = f"{self.rhs}:".encode()
        return f"substring({left} from 1 for %s) = %s::bytea", [*params, len(prefix), prefix]
