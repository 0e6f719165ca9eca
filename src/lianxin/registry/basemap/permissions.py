"""What posts may be given to do in the room of the base map."""

from lianxin.foundation.accounts.permissions import register

register("底图", {"basemap.manage": "管理底图"})
