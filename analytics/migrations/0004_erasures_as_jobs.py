"""An erasure is a job that says how far it is; nothing has written any before."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_campaigns_and_privacy"),
        ("analytics", "0003_local_days_and_breakdowns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ErasedScan",
            fields=[("event_id", models.UUIDField(primary_key=True, serialize=False))],
        ),
        migrations.AddField(
            model_name="erasure",
            name="first_day",
            field=models.DateField(default="2000-01-01", help_text="Local days of the workspace, both included."),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="erasure", name="last_day", field=models.DateField(default="2000-01-01"), preserve_default=False
        ),
        migrations.AddField(
            model_name="erasure",
            name="created_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="erasure",
            name="api_key",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="accounts.apikey"
            ),
        ),
        migrations.AddField(
            model_name="erasure",
            name="total",
            field=models.BigIntegerField(blank=True, help_text="Raw scans found when the work began.", null=True),
        ),
        migrations.AddField(
            model_name="erasure",
            name="erased",
            field=models.BigIntegerField(default=0, help_text="Raw scans removed so far."),
        ),
        migrations.AddField(
            model_name="erasure", name="recounted_days", field=models.JSONField(blank=True, default=list)
        ),
        migrations.AddField(
            model_name="erasure", name="subtracted_days", field=models.JSONField(blank=True, default=list)
        ),
        migrations.AddField(
            model_name="erasure", name="done_at", field=models.DateTimeField(blank=True, null=True)
        ),
    ]
