"""The room of dispatch."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """What, where, whose: from words and a point."""

    name = "lianxin.work.dispatch"
    label = "dispatch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's permissions and jobs."""
        from lianxin.foundation.accounts import permissions
        from lianxin.work.dispatch import jobs  # noqa: F401

        permissions.register(
            "派遣", {"dispatch.manage": "管理分类和派遣模型", "dispatch.view_report": "查看影子模式报告"}
        )
