from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField()),
                ("tries", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "throttle",
                "indexes": [models.Index(fields=["began_at"], name="throttle_age")],
            },
        ),
        # Counts need not outlive a crash, so they need not be in the log either.
        migrations.RunSQL("ALTER TABLE throttle SET UNLOGGED", "ALTER TABLE throttle SET LOGGED"),
    ]
