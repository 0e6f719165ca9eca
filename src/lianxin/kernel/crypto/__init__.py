"""Sealing of personal data, and keyed hashes to look it up by, under one key ring with two suites of ciphers."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lianxin.kernel.crypto.sealing import blind_index, blind_indexes, open_sealed, seal, secret

__all__ = ["blind_index", "blind_indexes", "open_sealed", "seal", "secret"]


def __getattr__(name: str) -> Any:
    # `crypto.keys` makes the key file before Django is there, so the rest is loaded when first asked for.
    if name not in __all__:
        raise AttributeError(name)
    from lianxin.kernel.crypto import sealing

    return getattr(sealing, name)
