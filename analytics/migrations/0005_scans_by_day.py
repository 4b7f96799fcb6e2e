"""On PostgreSQL the table of raw scans becomes one of a partition a day.

Scans of days that are kept are carried over; older ones were due to go. A reversal leaves the partitions, with which
everything before works, too.
"""

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from analytics import partitions

BEFORE = f"{partitions.TABLE}_before"


def partition_scans(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT relkind FROM pg_class WHERE oid = %s::regclass", [partitions.TABLE])
        if cursor.fetchone() == ("p",):
            return
        cursor.execute(f"ALTER TABLE {partitions.TABLE} RENAME TO {BEFORE}")
        cursor.execute(
            f"CREATE TABLE {partitions.TABLE} (LIKE {BEFORE} INCLUDING DEFAULTS) PARTITION BY RANGE (event_id)"
        )
        days = partitions.days_wanted(timezone.now().date(), settings.RAW_SCAN_DAYS)
        partitions.make(days)
        cursor.execute(
            f"INSERT INTO {partitions.TABLE} SELECT * FROM {BEFORE} WHERE event_id >= %s AND event_id < %s",
            [partitions.first_id(partitions.midnight(day)) for day in (days[0], days[-1])],
        )
        cursor.execute(f"DROP TABLE {BEFORE}")
        cursor.execute(f"ALTER TABLE {partitions.TABLE} ADD PRIMARY KEY (event_id)")
    scans = apps.get_model("analytics", "Scan")
    for index in scans._meta.indexes:
        schema_editor.add_index(scans, index)


class Migration(migrations.Migration):
    dependencies = [("analytics", "0004_erasures_as_jobs")]

    operations = [migrations.RunPython(partition_scans, migrations.RunPython.noop)]
