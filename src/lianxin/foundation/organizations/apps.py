from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "lianxin.foundation.organizations"
    label = "organizations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the listeners."""
        from . import listeners  # noqa: F401
