import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0002_unknown_names"), ("cases", "0002_reachable_reporters")]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"
                    ),
                ),
            ],
            options={
                "db_table": "presence",
                "constraints": [models.UniqueConstraint(fields=("case", "account"), name="presence_once")],
            },
        ),
        # Written every 20 seconds and worthless after a crash: no need to log it.
        migrations.RunSQL("ALTER TABLE presence SET UNLOGGED", "ALTER TABLE presence SET LOGGED"),
    ]
