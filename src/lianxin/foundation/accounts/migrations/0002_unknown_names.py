from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_accounts_and_posts"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnknownName",
            fields=[
                ("name_hash", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField()),
            ],
            options={
                "db_table": "unknown_name",
            },
        ),
    ]
