"""Campaigns and tags of links inside a transaction: who writes them, which exist, which nobody needs any more."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import Workspace
from links.models import Campaign, Link, Style, Tag
from links.names import key_of

NamedT = TypeVar("NamedT", bound=Campaign | Tag | Style)

TAGS_IN_ORDER = Prefetch("tags", queryset=Tag.objects.order_by("key"))


class CampaignGone(ValueError):
    """The campaign was deleted a moment ago, or is none of this workspace."""


class NameTaken(ValueError):
    """The workspace has another campaign, tag or style of this name."""


def lock(workspace_id: int) -> None:
    """Hold the workspace for whoever changes which campaigns and tags its links have, before any link is held.

    One at a time: so no tag is taken up while it is being forgotten, and no two of these wait for each other.
    """
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)


def standing(campaign: Campaign | None, workspace_id: int) -> Campaign | None:
    """The campaign, if it is still there and of this workspace; else raises CampaignGone."""
    if campaign is not None and not Campaign.objects.filter(pk=campaign.pk, workspace=workspace_id).exists():
        raise CampaignGone("This campaign does not exist any more. Choose another.")
    return campaign


def rename(named: NamedT, name: str) -> NamedT:
    """Save a campaign, a tag or a style, also a new one, under a parsed name; raises NameTaken."""
    named.name = name
    try:
        with transaction.atomic():
            named.save()
    except IntegrityError as error:
        raise NameTaken(
            f"There is a {named._meta.verbose_name} “{name}” already; capitals make no difference."
        ) from error
    return named


def put_tags(link: Link, words: Sequence[str]) -> dict[str, list[list[str]]]:
    """Give a link exactly these tags, making those that are new; returns what changed, as history has it."""
    before = {tag.key: tag for tag in link.tags.order_by("key")}
    if before.keys() == {key_of(word) for word in words}:
        return {}
    after = _tags(link.workspace_id, words)
    link.tags.set(after)
    forget_unused_tags(Tag.objects.filter(pk__in=[tag.pk for tag in before.values()]))
    return {"tags": [[tag.name for tag in before.values()], [tag.name for tag in after]]}


def _tags(workspace_id: int, words: Sequence[str]) -> list[Tag]:
    """The workspace's tags of these words, as they were first written."""
    Tag.objects.bulk_create([Tag(workspace_id=workspace_id, name=word) for word in words], ignore_conflicts=True)
    return list(Tag.objects.filter(workspace=workspace_id, key__in=map(key_of, words)).order_by("key"))


def forget_unused_tags(tags: QuerySet[Any]) -> None:
    """Delete those of the tags that no living link has."""
    tags.exclude(Exists(Link.objects.alive().filter(tags=OuterRef("pk")))).delete()
