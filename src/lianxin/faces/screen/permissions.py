"""What posts may be given to do with the big screen."""

from lianxin.foundation.accounts.permissions import register

register("大屏", {"screen.view": "看大屏", "screen.arrange": "排大屏、连接屏幕"})
