"""What campaigns and tags have in common as rows: the key of their name, and how many links they have."""

from typing import Any, Self

from django.db import models
from django.db.models.functions import Coalesce

from links.names import key_of


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
