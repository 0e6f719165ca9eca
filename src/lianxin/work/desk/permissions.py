"""What posts may be given to do at the desk."""

from lianxin.foundation.accounts.permissions import register

register("坐席", {"desk.manage": "管理答复模板"})
