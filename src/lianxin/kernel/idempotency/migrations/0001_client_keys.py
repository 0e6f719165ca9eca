from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ClientKey",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("action", models.CharField(max_length=40)),
                ("fingerprint", models.BinaryField(max_length=16)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "client_key",
            },
        ),
    ]
