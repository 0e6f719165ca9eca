"""The gateway to WeChat."""

from django.apps import AppConfig


class WechatConfig(AppConfig):
    """Keys that WeChat lends us for two hours."""

    name = "lianxin.faces.gateways.wechat"
    label = "wechat"
    default_auto_field = "django.db.models.BigAutoField"
