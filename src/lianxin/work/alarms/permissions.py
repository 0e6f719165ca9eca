"""What posts may be given to do about alarms."""

from lianxin.foundation.accounts.permissions import register

VIEW, ACKNOWLEDGE, RULES = "alarms.view", "alarms.acknowledge", "alarms.rules"

register(
    "告警",
    {
        VIEW: "查看告警",
        ACKNOWLEDGE: "确认、静默、结束告警",
        RULES: "编写、试算、启用告警规则",
    },
)
