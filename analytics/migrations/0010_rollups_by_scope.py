"""On PostgreSQL rollups become a partition for each scope, so that a workspace's rows do not lie among its links'.

Of ten thousand links' rows a page of the disk holds one of the workspace's; a report of ninety days by the hour had to
fetch 8,640 pages, and fetches some ninety now. A reversal leaves the partitions, with which everything before works.
"""

from django.db import migrations

KEYS = {
    "quarterhour": "scope, scope_id, start",
    "localday": "scope, scope_id, date",
    "breakdown": "scope, scope_id, dimension, scan_class, date, value",
}
SCOPES = {"codes": 1, "links": 2, "workspaces": 3, "campaigns": 4}


def partition(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, key in KEYS.items():
        table, before = f"analytics_{name}", f"analytics_{name}_before"
        schema_editor.execute(f"ALTER TABLE {table} RENAME TO {before}")
        schema_editor.execute(f"CREATE TABLE {table} (LIKE {before} INCLUDING DEFAULTS) PARTITION BY LIST (scope)")
        for scope, number in SCOPES.items():
            schema_editor.execute(
                # Room on their pages, so that a row that is added to stays where it is.
                f"CREATE TABLE {table}_{scope} PARTITION OF {table} FOR VALUES IN ({number}) WITH (fillfactor = 80)"
            )
        schema_editor.execute(f"INSERT INTO {table} SELECT * FROM {before}")
        schema_editor.execute(f"DROP TABLE {before}")
        schema_editor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({key})")


class Migration(migrations.Migration):
    dependencies = [("analytics", "0009_erased_exports")]

    operations = [migrations.RunPython(partition, migrations.RunPython.noop)]
