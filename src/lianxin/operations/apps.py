from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "lianxin.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring the roof's tables into the wizard, its cards onto 管理, its jobs up."""
        from lianxin.operations import jobs  # noqa: F401
        from lianxin.operations.sheets import targets

        targets.register()  # before the pages that list them
        from lianxin.operations.pages import cards  # noqa: F401
