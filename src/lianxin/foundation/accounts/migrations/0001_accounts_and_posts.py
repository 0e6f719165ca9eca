import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import lianxin.kernel.crypto.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("areas", "0001_areas"),
        ("organizations", "0001_units_and_responsibilities"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("label", models.CharField(max_length=60)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("scope", models.CharField(choices=[("area", "辖区"), ("unit", "单位")], max_length=10)),
                ("sort", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "db_table": "role",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("username", models.CharField(max_length=60, null=True, unique=True)),
                ("kind", models.CharField(choices=[("staff", "工作人员"), ("resident", "居民")], max_length=10)),
                ("name", models.CharField(blank=True, default="", max_length=60)),
                ("phone", lianxin.kernel.crypto.fields.EncryptedTextField(null=True)),
                ("phone_hash", models.BinaryField(max_length=40, null=True)),
                ("preferences", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField()),
                ("disabled_at", models.DateTimeField(null=True)),
                ("locked_until", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("password_changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "account",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "phone_hash"), name="account_phone_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "staff"), _negated=True), ("username__isnull", False), _connector="OR"
                        ),
                        name="account_staff_has_username",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Elevation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("reason", models.TextField()),
                ("minutes", models.PositiveSmallIntegerField()),
                ("requested_at", models.DateTimeField()),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="elevations", to="accounts.account"
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
            ],
            options={
                "db_table": "elevation",
            },
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("phone_hash", models.BinaryField(max_length=40)),
                ("purpose", models.CharField(max_length=20)),
                ("code_hash", models.BinaryField(max_length=32)),
                ("address", models.GenericIPAddressField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "phone_code",
                "indexes": [models.Index(fields=["phone_hash", "-created_at"], name="phone_code_latest")],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("title", models.CharField(blank=True, default="", max_length=60)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="accounts.account"
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="areas.area"
                    ),
                ),
                (
                    "substitute",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="organizations.unit",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="accounts.role"
                    ),
                ),
            ],
            options={
                "db_table": "post",
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key_hash", models.BinaryField(max_length=32, unique=True)),
                ("device", models.CharField(default="", max_length=200)),
                ("address", models.GenericIPAddressField(null=True)),
                ("data", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="accounts.account"
                    ),
                ),
            ],
            options={
                "db_table": "session",
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key_hash", models.BinaryField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="accounts.account"
                    ),
                ),
            ],
            options={
                "db_table": "token",
            },
        ),
        migrations.CreateModel(
            name="DutyShift",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shifts", to="accounts.post"
                    ),
                ),
            ],
            options={
                "db_table": "duty_shift",
                "indexes": [models.Index(fields=["ends_at", "starts_at"], name="duty_shift_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="duty_shift_has_length"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("area__isnull", False), ("unit__isnull", False), _connector="OR"),
                name="post_is_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)),
                fields=("account", "role", "area", "unit"),
                name="post_held_once",
                nulls_distinct=False,
            ),
        ),
    ]
