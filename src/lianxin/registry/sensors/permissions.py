"""What posts may be given to do about devices and the systems they come through."""

from lianxin.foundation.accounts.permissions import register

register(
    "物联感知",
    {
        "sensors.view": "查看设备和读数",
        "sensors.manage": "登记、修改设备，发放密钥",
        "systems.manage": "登记、关停接入系统",
    },
)
