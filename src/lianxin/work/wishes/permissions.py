"""What posts may be given to do in the room of wishes."""

from lianxin.foundation.accounts.permissions import register

from .scoping import PERMISSION

register("心愿邮箱", {PERMISSION: "受理、答复心愿邮箱"})
