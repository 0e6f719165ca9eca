"""Cases about a component (部件): which, how the report found it, and how it was before any said so."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_brought_before_a_leader"),
        ("components", "0001_components"),
        ("dispatch", "0002_model_judgements"),
    ]

    operations = [
        migrations.CreateModel(
            name="ComponentBefore",
            fields=[
                (
                    "component",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="components.component",
                    ),
                ),
                ("state", models.CharField(max_length=8)),
                ("known_at", models.DateTimeField()),
            ],
            options={
                "db_table": "case_component_before",
            },
        ),
        migrations.AddField(
            model_name="case",
            name="component",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="components.component",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="component_state",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("component", None), _negated=True),
                fields=["component", "-id"],
                name="case_component",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("ended_at", None), models.Q(("component", None), _negated=True)),
                fields=["component", "-id"],
                name="case_open_component",
            ),
        ),
    ]
