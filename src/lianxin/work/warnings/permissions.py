"""What posts may be given to do in the room of warnings."""

from lianxin.foundation.accounts.permissions import register

register(
    "预警",
    {
        "warnings.view": "查看预警、收到预警",
        "warnings.issue": "审核、发布、更新、解除预警",
        "warnings.sources": "管理预警来源",
    },
)
