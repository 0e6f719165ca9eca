"""What posts may be given to do in the room of patrols."""

from lianxin.foundation.accounts.permissions import register

register(
    "巡查",
    {
        "patrols.view": "查看巡查和隐患台账",
        "patrols.walk": "巡查打卡、登记隐患",
        "patrols.plan": "编排巡查点、路线和计划",
        "patrols.settle": "隐患销号",
    },
)
