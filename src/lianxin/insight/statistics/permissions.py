"""What posts may be given to do about statistics."""

from lianxin.foundation.accounts.permissions import register

register("统计", {"statistics.view": "查看统计"})
