from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Version",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=1)),
            ],
            options={
                "db_table": "version",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("reason", models.TextField(blank=True, default="")),
                ("source", models.CharField(default="file", max_length=20)),
                ("created_at", models.DateTimeField()),
                ("created_by_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "configuration_document",
                "constraints": [models.UniqueConstraint(fields=("key", "version"), name="configuration_key_version")],
            },
        ),
    ]
