"""What people are told of what they let make."""

from lianxin.foundation.notifications.kinds import Kind, register

READY = Kind("tables.ready", "定时的自助表", "{name}做好了", "{about}，{days} 天内可以下载。")
STOPPED = Kind("tables.stopped", "自助表不再送", "{name}没有做成", "{why}")
LISTED = Kind("tables.listed", "案卷清单", "{name}", "{why}")
register(READY, STOPPED, LISTED)
