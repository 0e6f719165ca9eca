"""The room of leaders' liaison (联系包抓)."""

from django.apps import AppConfig


class LiaisonConfig(AppConfig):
    """Leaders and the communities, estates and micro grids each looks after."""

    name = "lianxin.work.liaison"
    label = "liaison"
    default_auto_field = "django.db.models.BigAutoField"
