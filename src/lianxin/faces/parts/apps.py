from django.apps import AppConfig


class PartsConfig(AppConfig):
    name = "lianxin.faces.parts"
    label = "parts"
    default_auto_field = "django.db.models.BigAutoField"
