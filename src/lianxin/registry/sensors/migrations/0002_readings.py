"""Readings by day, their hours by year, and room in the rows that change with every message."""

from django.db import migrations

YEARS = range(2024, 2032)

FORWARD = """
CREATE TABLE reading (
    stream_id bigint NOT NULL,
    at timestamptz NOT NULL,
    value float8 NOT NULL,
    PRIMARY KEY (stream_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE reading_hour (
    stream_id bigint NOT NULL,
    at timestamptz NOT NULL,
    count integer NOT NULL,
    least float8 NOT NULL,
    most float8 NOT NULL,
    total float8 NOT NULL,
    last float8 NOT NULL,
    PRIMARY KEY (stream_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE reading_late (stream_id bigint NOT NULL, hour timestamptz NOT NULL);
ALTER TABLE reading_late SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
-- Their rows change with every message, in place while there is room on the page.
ALTER TABLE device_state SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE stream SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
""" + "".join(
    f"CREATE TABLE reading_hour_{year} PARTITION OF reading_hour"
    f" FOR VALUES FROM ('{year}-01-01Z') TO ('{year + 1}-01-01Z');\n"
    for year in YEARS
)

BACKWARD = "DROP TABLE reading_late, reading_hour, reading;"


class Migration(migrations.Migration):
    dependencies = [("sensors", "0001_devices")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
