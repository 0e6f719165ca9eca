"""The partitioned journal and feed, the outbox between them, and the cursors of consumers."""

from django.db import migrations, models

YEARS = range(2020, 2032)

FORWARD = """
CREATE SEQUENCE journal_entry_id_seq;
CREATE TABLE journal_entry (
    id bigint NOT NULL DEFAULT nextval('journal_entry_id_seq'),
    at timestamptz NOT NULL,
    subject_kind varchar(20) NOT NULL,
    subject_id bigint NOT NULL,
    action varchar(40) NOT NULL,
    actor_id bigint,
    post_id bigint,
    actor_label varchar(120) NOT NULL DEFAULT '',
    source varchar(20) NOT NULL DEFAULT '',
    target varchar(20) NOT NULL DEFAULT '',
    version integer NOT NULL,
    reason varchar(60) NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    public_note text NOT NULL DEFAULT '',
    before jsonb NOT NULL DEFAULT '{}',
    after jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX journal_entry_subject ON journal_entry (subject_id, subject_kind, id);
CREATE TABLE outbox (entry_id bigint NOT NULL, at timestamptz NOT NULL);
CREATE INDEX outbox_entry ON outbox (entry_id);
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE TABLE feed (
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    entry_id bigint NOT NULL,
    subject_kind varchar(20) NOT NULL,
    subject_id bigint NOT NULL,
    action varchar(40) NOT NULL,
    PRIMARY KEY (number, at)
) PARTITION BY RANGE (at);
CREATE TABLE feed_head (singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton), number bigint NOT NULL);
INSERT INTO feed_head (number) VALUES (0);
CREATE TABLE feed_parked (
    consumer varchar(60) NOT NULL,
    number bigint NOT NULL,
    failure text NOT NULL,
    tries integer NOT NULL DEFAULT 1,
    next_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, number)
);
""" + "".join(
    f"CREATE TABLE {table}_{year} PARTITION OF {table} FOR VALUES FROM ('{year}-01-01Z') TO ('{year + 1}-01-01Z');\n"
    for table in ("journal_entry", "feed")
    for year in YEARS
)

BACKWARD = """
DROP TABLE feed_parked, feed_head, feed, outbox, journal_entry;
DROP SEQUENCE journal_entry_id_seq;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("consumer", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("moved_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(blank=True, default="")),
                ("failures", models.PositiveIntegerField(default=0)),
            ],
            options={"db_table": "feed_cursor"},
        ),
    ]
