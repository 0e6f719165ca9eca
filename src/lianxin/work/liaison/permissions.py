"""What posts may be given to do about leaders' liaison."""

from lianxin.foundation.accounts.permissions import register

register(
    "联系包抓",
    {
        "liaison.view": "查看谁联系哪里",
        "liaison.manage": "安排联系包抓",
        "liaison.visit": "记走访、办重点任务、答复群众",
    },
)
