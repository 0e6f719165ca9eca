import django.db.models.deletion
from django.db import migrations, models

import lianxin.kernel.crypto.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_accounts_and_posts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.UUIDField(unique=True)),
                ("address", lianxin.kernel.crypto.fields.EncryptedTextField(null=True)),
                ("address_hash", models.BinaryField(max_length=40, null=True)),
                ("channel", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=120)),
                ("body", models.TextField(blank=True, default="")),
                ("link", models.CharField(blank=True, default="", max_length=200)),
                ("entry_id", models.BigIntegerField(null=True)),
                ("urgent", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, default="", max_length=300)),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "delivery",
                "indexes": [
                    models.Index(
                        condition=models.Q(("failed_at", None), ("sent_at", None)),
                        fields=["due_at"],
                        name="delivery_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("entry_id__isnull", False), ("recipient__isnull", False)),
                        fields=("entry_id", "recipient", "channel", "kind"),
                        name="delivery_once_a_recipient",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("address_hash__isnull", False), ("entry_id__isnull", False)),
                        fields=("entry_id", "address_hash", "channel", "kind"),
                        name="delivery_once_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recipient__isnull", False), ("address__isnull", False), _connector="OR"),
                        name="delivery_goes_somewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=120)),
                ("body", models.TextField(blank=True, default="")),
                ("link", models.CharField(blank=True, default="", max_length=200)),
                ("entry_id", models.BigIntegerField(null=True)),
                ("urgent", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("escalate_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                (
                    "escalated_from",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalations",
                        to="notifications.message",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table": "message",
                "indexes": [
                    models.Index(fields=["recipient", "-id"], name="message_inbox"),
                    models.Index(condition=models.Q(("read_at", None)), fields=["recipient"], name="message_unread"),
                    models.Index(
                        condition=models.Q(("escalate_at__isnull", False), ("escalated_at", None), ("read_at", None)),
                        fields=["escalate_at"],
                        name="message_to_escalate",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("entry_id__isnull", False)),
                        fields=("entry_id", "recipient", "kind"),
                        name="message_once_an_entry",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("escalated_from__isnull", False)),
                        fields=("escalated_from", "recipient"),
                        name="message_escalated_once",
                    ),
                ],
            },
        ),
    ]
