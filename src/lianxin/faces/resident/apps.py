from django.apps import AppConfig


class ResidentConfig(AppConfig):
    name = "lianxin.faces.resident"
    label = "resident"
    default_auto_field = "django.db.models.BigAutoField"
