import django.db.models.deletion
from django.db import migrations, models

import lianxin.kernel.geometry.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Redivision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("split", "拆分"), ("merge", "合并"), ("redraw", "调整边界")], max_length=10
                    ),
                ),
                ("effective_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("plan", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("created_by_id", models.BigIntegerField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("rehomed_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "area_redivision",
            },
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=24)),
                ("scheme", models.CharField(default="GB/T 2260+10114+grid", max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("full_name", models.CharField(default="", max_length=300)),
                ("level", models.CharField(max_length=30)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("city", "市"),
                            ("street", "街道"),
                            ("community", "社区"),
                            ("grid", "网格"),
                            ("micro", "微网格"),
                        ],
                        max_length=12,
                    ),
                ),
                ("kind", models.CharField(blank=True, default="", max_length=30)),
                ("path", models.CharField(max_length=200)),
                ("street_id", models.BigIntegerField(null=True)),
                ("community_id", models.BigIntegerField(null=True)),
                ("grid_id", models.BigIntegerField(null=True)),
                ("boundary", models.JSONField(null=True)),
                ("center", lianxin.kernel.geometry.fields.PointField(null=True)),
                ("square_metres", models.FloatField(null=True)),
                ("households", models.PositiveIntegerField(null=True)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="areas.area"
                    ),
                ),
            ],
            options={
                "db_table": "area",
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "new",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessions",
                        to="areas.area",
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="areas.area"
                    ),
                ),
                (
                    "redivision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="areas.redivision"
                    ),
                ),
            ],
            options={
                "db_table": "area_succession",
            },
        ),
        migrations.AddIndex(
            model_name="area",
            index=models.Index(fields=["parent", "code"], name="area_children"),
        ),
        migrations.AddIndex(
            model_name="area",
            index=models.Index(fields=["path"], name="area_path", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)), fields=("scheme", "code"), name="area_code_now"
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"),
                name="area_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.UniqueConstraint(fields=("redivision", "old", "new"), name="area_succession_once"),
        ),
    ]
