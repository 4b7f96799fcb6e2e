"""One row a visitor, day, code and campaign, where there was one for each scope; those of today come from raw scans.

On PostgreSQL rollups leave room on their pages, too, so that a row that is added to stays where it is.
"""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

COUNTED_UP = ("quarterhour", "localday", "breakdown")


def remember_visitors(apps, schema_editor):
    since = timezone.now() - timedelta(days=5)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO analytics_dayvisitor (workspace_id, date, visitor, code_id, campaign_id, link_id) "
            "SELECT DISTINCT workspace_id, local_date, visitor, code_id, campaign_id, link_id FROM analytics_scan "
            "WHERE scan_class = 'human' AND visitor <> '' AND at >= %s",
            [since],
        )


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in COUNTED_UP:
            schema_editor.execute(f"ALTER TABLE analytics_{name} SET (fillfactor = 80)")


class Migration(migrations.Migration):
    dependencies = [("analytics", "0007_exports_and_mailed_reports")]

    operations = [
        migrations.DeleteModel(name="DayVisitor"),
        migrations.CreateModel(
            name="DayVisitor",
            fields=[
                ("pk", models.CompositePrimaryKey("workspace_id", "date", "visitor", "code_id", "campaign_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("date", models.DateField()),
                ("visitor", models.CharField(max_length=32)),
                ("code_id", models.BigIntegerField()),
                ("campaign_id", models.BigIntegerField(help_text="The link's campaign when it was scanned; 0 for none.")),
                ("link_id", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(remember_visitors, migrations.RunPython.noop),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
