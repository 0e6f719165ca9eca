"""What posts may be given to do in the room of stations."""

from lianxin.foundation.accounts.permissions import register

register("服务站点", {"stations.manage": "管理服务站点"})
