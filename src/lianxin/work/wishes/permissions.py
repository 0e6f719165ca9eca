"""What posts may be given to do in the room of wishes."""

from lianxin.foundation.accounts.permissions import register

register("心愿邮箱", {"wishes.answer": "受理、答复心愿邮箱"})
