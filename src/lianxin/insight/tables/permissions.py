"""What posts may be given to do about tables and what leaves with them; a table itself asks for `statistics.view`."""

from lianxin.foundation.accounts.permissions import register

register("统计", {"tables.export": "导出案卷清单"})
