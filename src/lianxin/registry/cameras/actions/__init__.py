"""Everything that writes: the register, the owners' platforms, and accesses."""

from .accessing import Opened, ask, decide, expire, forget, open_camera, revoke, withdraw
from .platforms import put_platform
from .registering import amend, end, register, set_state

__all__ = [
    "Opened",
    "amend",
    "ask",
    "decide",
    "end",
    "expire",
    "forget",
    "open_camera",
    "put_platform",
    "register",
    "revoke",
    "set_state",
    "withdraw",
]
