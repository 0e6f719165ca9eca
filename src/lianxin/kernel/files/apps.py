from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "lianxin.kernel.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker know the jobs."""
        from . import jobs  # noqa: F401
