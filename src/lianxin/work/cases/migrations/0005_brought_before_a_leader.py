"""Indexes of the open cases that are brought before a leader."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_commanding"),
        ("dispatch", "0002_model_judgements"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("ended_at", None), ("returns__gt", 0)),
                fields=["-returns", "due_at", "id"],
                name="case_open_returned",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("ended_at", None), ("urges__gt", 0)),
                fields=["-urges", "due_at", "id"],
                name="case_open_urged",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("ended_at", None), models.Q(("reopens__gt", 0), ("stars__lte", 2), _connector="OR")
                ),
                fields=["due_at", "id"],
                name="case_open_again",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.OrderBy(models.F("party_unit_ids__len"), descending=True),
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("ended_at", None), ("party_unit_ids__len__gt", 1)),
                name="case_open_several",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("ended_at", None), models.Q(("paused_at", None), _negated=True)),
                fields=["paused_at", "id"],
                name="case_open_paused",
            ),
        ),
    ]
