import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("areas", "0001_areas"),
    ]

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("short_name", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=30)),
                ("level", models.CharField(max_length=12)),
                ("path", models.CharField(max_length=200)),
                ("credit_code", models.CharField(blank=True, default="", max_length=18)),
                ("duty_phone", models.CharField(blank=True, default="", max_length=30)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="units", to="areas.area"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="organizations.unit",
                    ),
                ),
            ],
            options={
                "db_table": "unit",
            },
        ),
        migrations.CreateModel(
            name="Responsibility",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=20)),
                ("category", models.CharField(blank=True, default="", max_length=20)),
                ("level", models.CharField(max_length=12)),
                ("lead_kind", models.CharField(blank=True, default="", max_length=30)),
                (
                    "assists",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("basis", models.TextField(blank=True, default="")),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="areas.area"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="organizations.unit",
                    ),
                ),
            ],
            options={
                "db_table": "responsibility",
            },
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(fields=["kind", "level"], name="unit_kind"),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(fields=["path"], name="unit_path", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="responsibility",
            index=models.Index(fields=["category", "area"], name="responsibility_where"),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lead__isnull", False), models.Q(("lead_kind", ""), _negated=True), _connector="XOR"
                ),
                name="responsibility_names_one_lead",
            ),
        ),
    ]
