"""What posts may be given to do in the room of months."""

from lianxin.foundation.accounts.permissions import register

register("我的月报", {"months.answer": "答复对数字的申诉"})
