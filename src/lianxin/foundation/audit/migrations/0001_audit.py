"""The audit, partitioned by year; the head of its chain; and triggers that keep it append-only."""

import django.contrib.postgres.fields
from django.db import migrations, models

YEARS = range(2020, 2036)

FORWARD = """
CREATE TABLE audit_entry (
    id bigint NOT NULL,
    at timestamptz NOT NULL,
    actor_id bigint,
    actor_label varchar(120) NOT NULL,
    post_id bigint,
    address inet,
    action varchar(60) NOT NULL,
    subject_kind varchar(20) NOT NULL,
    subject_id bigint,
    subject_label varchar(160) NOT NULL,
    fields varchar(60)[] NOT NULL,
    reason text NOT NULL,
    case_id bigint,
    detail jsonb NOT NULL,
    algorithm varchar(10) NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, id DESC);
CREATE INDEX audit_entry_subject ON audit_entry (subject_id, subject_kind, id DESC);
CREATE INDEX audit_entry_case ON audit_entry (case_id, id DESC) WHERE case_id IS NOT NULL;
CREATE INDEX audit_entry_action ON audit_entry (action varchar_pattern_ops, id DESC);
CREATE TABLE audit_head (singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton), number bigint NOT NULL, hash bytea NOT NULL);
INSERT INTO audit_head (number, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit is append-only: % is refused.', TG_OP;
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
""" + "".join(
    f"CREATE TABLE audit_entry_{year} PARTITION OF audit_entry"
    f" FOR VALUES FROM ('{year}-01-01Z') TO ('{year + 1}-01-01Z');\n"
    f"CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit_entry_{year}"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();\n"
    for year in YEARS
)

BACKWARD = "DROP TABLE audit_entry, audit_head; DROP FUNCTION audit_refuse();"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            FORWARD,
            BACKWARD,
            state_operations=[
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("actor_id", models.BigIntegerField(null=True)),
                        ("actor_label", models.CharField(default="", max_length=120)),
                        ("post_id", models.BigIntegerField(null=True)),
                        ("address", models.GenericIPAddressField(null=True)),
                        ("action", models.CharField(max_length=60)),
                        ("subject_kind", models.CharField(default="", max_length=20)),
                        ("subject_id", models.BigIntegerField(null=True)),
                        ("subject_label", models.CharField(default="", max_length=160)),
                        (
                            "fields",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), default=list, size=None
                            ),
                        ),
                        ("reason", models.TextField(default="")),
                        ("case_id", models.BigIntegerField(null=True)),
                        ("detail", models.JSONField(default=dict)),
                        ("algorithm", models.CharField(max_length=10)),
                        ("previous", models.BinaryField(max_length=32)),
                        ("hash", models.BinaryField(max_length=32)),
                    ],
                    options={"db_table": "audit_entry", "managed": False},
                ),
            ],
        ),
    ]
