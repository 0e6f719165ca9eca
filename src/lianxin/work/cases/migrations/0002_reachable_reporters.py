from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="is_reachable",
            field=models.BooleanField(default=False),
        ),
    ]
