"""What posts may be given to do in the room of cameras."""

from lianxin.foundation.accounts.permissions import register

register(
    "视频点位",
    {
        "cameras.view": "查看视频点位",
        "cameras.manage": "登记、修改视频点位",
        "cameras.open": "申请调阅、打开视频点位",
        "cameras.approve": "批准调阅",
    },
)
