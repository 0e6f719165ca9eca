"""What posts may be given to do about components."""

from lianxin.foundation.accounts.permissions import register

register(
    "城市部件",
    {
        "components.view": "查看部件",
        "components.edit": "登记、修改、导入部件",
        "components.check": "核对部件、更新状态",
    },
)
