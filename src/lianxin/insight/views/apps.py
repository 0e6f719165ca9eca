"""The room of saved views."""

from django.apps import AppConfig


class ViewsConfig(AppConfig):
    """Filters of cases under a name, shared, and subscribed to."""

    name = "lianxin.insight.views"
    label = "views"
    default_auto_field = "django.db.models.BigAutoField"
