from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "lianxin.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the roof's cards on the console's page for administrators."""
        from lianxin.operations.pages import cards  # noqa: F401
