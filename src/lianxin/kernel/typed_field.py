"""A base for our own model fields that type checkers and Django both understand."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    SetT_contra = TypeVar("SetT_contra", contravariant=True, default=Any)
    GetT_co = TypeVar("GetT_co", covariant=True, default=Any)
    TypedField = models.Field
else:
    SetT_contra = GetT_co = Any

    class TypedField(models.Field):
        """A field that may be subscripted, as the stubs do, where Django's own may not."""

        def __class_getitem__(cls, _types):
            return cls
