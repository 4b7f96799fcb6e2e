"""Campaign and Tag, and what they have in common as rows: the key of their name, and how many links they have."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.functions import Coalesce

from accounts.models import Workspace
from links.names import FOLDED, MAX_CAMPAIGN_NAME, MAX_TAG_NAME, key_of


class NameKey(models.CharField[str, str]):
    """What its row's name is compared by, written with every save: SQLite ignores the case of A to Z only."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        setattr(model_instance, self.attname, key_of(model_instance.name))
        return super().pre_save(model_instance, add)


class NamedQuerySet(models.QuerySet[Any]):
    """Campaigns or tags of links."""

    def with_link_counts(self) -> Self:
        """Each with `link_count`, its living links: counted for the rows that are shown, not for all of them."""
        relation: Any = self.model._meta.get_field("links")
        living = relation.related_model.objects.alive().filter(**{relation.remote_field.name: models.OuterRef("pk")})
        counted = living.order_by().values(relation.remote_field.name).annotate(n=models.Count("pk")).values("n")
        return self.annotate(link_count=Coalesce(models.Subquery(counted), 0))


class Campaign(models.Model):
    """Links that belong together. A scan is counted for the campaign that its link had when it was scanned."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=MAX_CAMPAIGN_NAME)
    key = NameKey(max_length=MAX_CAMPAIGN_NAME * FOLDED, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="campaign_names_of_a_workspace_differ")
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that links are found and summed up by. It says what a link is now; past scans go with it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=MAX_TAG_NAME)
    key = NameKey(max_length=MAX_TAG_NAME * FOLDED, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="tag_names_of_a_workspace_differ")
        ]

    def __str__(self) -> str:
        return self.name
