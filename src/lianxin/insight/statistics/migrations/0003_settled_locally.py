"""What was settled at the grid or the community: two measures, and whether a case was given to anybody above."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("statistics", "0002_standing_and_channels"),
    ]

    operations = [
        migrations.AddField(
            model_name="casefact",
            name="is_raised",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="flowcell",
            name="settled",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="flowcell",
            name="settled_locally",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="frozenflow",
            name="settled",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="frozenflow",
            name="settled_locally",
            field=models.IntegerField(default=0),
        ),
    ]
