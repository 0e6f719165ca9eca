"""Tell Django of the partitioned tables, so that it does not take them for forgotten; the database stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_journal_and_feed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("action", models.CharField(max_length=40)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("post_id", models.BigIntegerField(null=True)),
                ("actor_label", models.CharField(default="", max_length=120)),
                ("source", models.CharField(default="", max_length=20)),
                ("target", models.CharField(default="", max_length=20)),
                ("version", models.IntegerField()),
                ("reason", models.CharField(default="", max_length=60)),
                ("note", models.TextField(default="")),
                ("public_note", models.TextField(default="")),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "journal_entry",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("entry_id", models.BigIntegerField()),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("action", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "feed",
                "managed": False,
            },
        ),
    ]
