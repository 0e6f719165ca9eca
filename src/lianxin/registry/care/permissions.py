"""What posts may be given to do about care."""

from lianxin.foundation.accounts.permissions import register

register("关爱服务", {"care.view": "查看关爱标签", "care.tag": "设置、续期、结束关爱标签"})
