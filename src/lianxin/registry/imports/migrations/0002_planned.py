from django.db import migrations, models


class Migration(migrations.Migration):
    """Let an import wait for its day, and be the whole list."""

    dependencies = [("imports", "0001_imports")]

    operations = [
        migrations.AddField("importrun", "starts_at", models.DateTimeField(null=True)),
        # A default of the database's own, so that the version before can write rows meanwhile.
        migrations.AddField("importrun", "is_whole", models.BooleanField(default=False, db_default=False)),
        migrations.AlterField(
            "importrun",
            "state",
            models.CharField(
                choices=[
                    ("reading", "正在读表"), ("unreadable", "读不了"), ("uploaded", "待对列"), ("checking", "正在检查"),
                    ("checked", "待处理"), ("planned", "到日子导入"), ("applying", "正在导入"), ("done", "已导入"),
                    ("undoing", "正在撤回"), ("undone", "已撤回"), ("discarded", "已放弃"),
                ],
                default="reading",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            "importrun",
            models.Index(
                condition=models.Q(("state", "planned")), fields=["starts_at"], name="import_run_planned"
            ),
        ),
    ]  # fmt: skip
