from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lianxin.foundation.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the listeners and jobs."""
        from . import jobs, listeners  # noqa: F401
