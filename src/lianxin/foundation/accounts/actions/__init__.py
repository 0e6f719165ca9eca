"""Every change to accounts, posts, sign-ins and what they may do; one door for all faces."""

from .codes import CodeSent, request_code, sign_in_by_code, use_code
from .duty import add_shift, load_rota, remove_shift
from .elevations import decide_elevation, end_elevation, request_elevation
from .posts import end_post, give_post, set_substitute
from .role_changes import ask_role_change, decide_role_change, withdraw_role_change
from .roles import RoleRow, load_roles
from .signing import Entered, note_sign_of_life, note_use, revoke_session, revoke_sessions, sign_in, sign_out
from .staff import (
    Created,
    change_password,
    create_staff_account,
    disable_account,
    enable_account,
    reset_password,
    set_preferences,
)
from .tokens import create_token, revoke_token

__all__ = [
    "CodeSent",
    "Created",
    "Entered",
    "RoleRow",
    "add_shift",
    "ask_role_change",
    "change_password",
    "create_staff_account",
    "create_token",
    "decide_elevation",
    "decide_role_change",
    "disable_account",
    "enable_account",
    "end_elevation",
    "end_post",
    "give_post",
    "load_roles",
    "load_rota",
    "note_sign_of_life",
    "note_use",
    "remove_shift",
    "request_code",
    "request_elevation",
    "reset_password",
    "revoke_session",
    "revoke_sessions",
    "revoke_token",
    "set_preferences",
    "set_substitute",
    "sign_in",
    "sign_in_by_code",
    "sign_out",
    "use_code",
    "withdraw_role_change",
]
