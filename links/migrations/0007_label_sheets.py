"""Batches say how they are drawn in one column, and may be sheets of labels."""

from typing import Any

from django.db import migrations, models


def tell_scales(apps: Any, schema_editor: Any) -> None:
    """Batches of before are drawn as they were asked for; PDF and EPS were 40 mm wide whatever their scale."""
    batches = apps.get_model("links", "Batch")
    for scale in batches.objects.values_list("scale", flat=True).distinct().order_by("scale"):
        batches.objects.filter(scale=scale).exclude(format__in=("pdf", "eps")).update(options={"scale": scale})


class Migration(migrations.Migration):
    dependencies = [("links", "0006_batches")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="output",
            field=models.CharField(
                choices=[("zip", "ZIP of pictures"), ("labels", "Label sheets")], default="zip", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="options",
            field=models.JSONField(default=dict, help_text="How it is drawn: see links/batches/outputs.py."),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="captions",
            field=models.JSONField(
                blank=True, default=dict, help_text="Cells that are printed beside its code, by column."
            ),
        ),
        migrations.RunPython(tell_scales, migrations.RunPython.noop),
        # Undone, the column is made anew: batches that there are have to get something.
        migrations.AlterField(model_name="batch", name="scale", field=models.PositiveSmallIntegerField(default=10)),
        migrations.RemoveField(model_name="batch", name="scale"),
        migrations.AlterField(
            model_name="batch",
            name="format",
            field=models.CharField(
                help_text="Of pictures: one of the extensions of links/studio/files.py.", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="size",
            field=models.BigIntegerField(default=0, help_text="Bytes of the file that holds these codes."),
        ),
        migrations.AlterField(
            model_name="batch",
            name="index_size",
            field=models.BigIntegerField(default=0, help_text="Bytes of what is written beside it."),
        ),
    ]
