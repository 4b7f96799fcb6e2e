import links.named
from django.db import migrations, models


def fill(apps, schema_editor):
    for name in ("Campaign", "Tag"):
        for each in apps.get_model("links", name).objects.iterator():
            each.save(update_fields=["key"])


class Migration(migrations.Migration):

    dependencies = [
        ('links', '0003_campaigns_and_privacy'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='campaign',
            name='campaign_names_of_a_workspace_differ',
        ),
        migrations.RemoveConstraint(
            model_name='tag',
            name='tag_names_of_a_workspace_differ',
        ),
        migrations.AddField(
            model_name='campaign',
            name='key',
            field=links.named.NameKey(default='', editable=False, max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='tag',
            name='key',
            field=links.named.NameKey(default='', editable=False, max_length=150),
            preserve_default=False,
        ),
        # Nothing could make a campaign or a tag before: whoever has some made them by hand.
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(fields=('workspace', 'key'), name='campaign_names_of_a_workspace_differ'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(fields=('workspace', 'key'), name='tag_names_of_a_workspace_differ'),
        ),
    ]
