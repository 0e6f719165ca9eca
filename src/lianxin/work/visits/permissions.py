"""What posts may be given to do in the room of visits."""

from lianxin.foundation.accounts.permissions import register

register("走访", {"visits.write": "走访、写民情日记", "visits.view": "查看民情日记", "visits.signs": "办理平安信号"})
