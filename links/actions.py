"""Writes of more than one step: each keeps the link, its history and its freshness in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import ApiKey, User, Workspace
from links import codes, labels
from links.hosted.stored import Stored
from links.models import Campaign, Change, Code, Domain, Link, LinkCounter, LinkQuerySet, LinkRevision, Style, Tag
from links.tasks import request_check

EDITABLE = ("destination", "hosted", "rules", "title", "is_paused", "expires_at", "campaign")
EDITABLE_OF_CODE = ("placement", "counts_only", "style")
# So many links are one query where many change at once.
AT_ONCE = 500


@dataclass(frozen=True)
class Actor:
    """Who changes something: a person, an API key, or neither (a task)."""

    user: User | None = None
    api_key: ApiKey | None = None


NOBODY = Actor()


class CodeTaken(ValueError):
    """The wanted alias is, or once was, somebody's code."""


class StyleGone(ValueError):
    """The style was deleted a moment ago."""


class RevisionMoved(ValueError):
    """Somebody changed the link after the revision on which this change was based."""

    def __init__(self, link: Link, expected: int) -> None:
        self.link = link
        super().__init__(f"This link is at revision {link.revision}; your change is based on revision {expected}.")


@transaction.atomic
def create_link(
    workspace: Workspace,
    destination: str = "",
    *,
    actor: Actor,
    hosted: Stored | None = None,
    title: str = "",
    placement: str = "",
    alias: str = "",
    expires_at: Any = None,
    rules: Sequence[Mapping[str, Any]] = (),
    campaign: Campaign | None = None,
    tags: Sequence[str] = (),
    counts_only: bool = False,
    style: Style | None = None,
) -> Link:
    """A link with its first QR code and, where asked for, an alias. Destination, rules and tags are already parsed.

    It has a destination or shows a page (`hosted`). Without a style its codes are drawn in the workspace's default.
    Raises AliasRefused, CodeTaken, CampaignGone or StyleGone.
    """
    if campaign or tags:
        labels.lock(workspace.pk)
    link = Link.objects.create(
        workspace=workspace,
        campaign=labels.standing(campaign, workspace.pk),
        destination=destination,
        hosted=hosted,
        rules=list(rules),
        title=title,
        expires_at=expires_at,
        created_by=actor.user,
    )
    LinkCounter.objects.create(link=link)
    _revision(link, {"hosted": [None, hosted]} if hosted else {"destination": [None, destination]}, actor).save()
    if tags:
        labels.put_tags(link, tags)
    about: dict[str, Any] = {"placement": placement, "counts_only": counts_only, "style": _standing(style)}
    _draw_code(link, **about)
    if alias:
        _draw_code(link, alias=alias, **about)
    _check_soon(link)
    return link


@transaction.atomic
def add_code(
    link: Link,
    *,
    actor: Actor = NOBODY,
    placement: str = "",
    alias: str = "",
    counts_only: bool = False,
    style: Style | None = None,
) -> Code:
    """Issue one more code of a link; raises AliasRefused, CodeTaken or StyleGone."""
    link = Link.objects.select_for_update().get(pk=link.pk)
    code = _draw_code(link, alias=alias, placement=placement, counts_only=counts_only, style=_standing(style))
    _save_revision(link, {"code": [None, code.path]}, actor)
    return code


def _draw_code(link: Link, *, alias: str = "", **about: Any) -> Code:
    """An alias, or a QR code where there is none; `about` are other columns of the code."""
    domain = Domain.objects.get(is_site=True)
    if alias:
        return _issue(codes.validate_alias(alias), link=link, domain=domain, kind=Code.Kind.ALIAS, **about)
    while True:
        try:
            return _issue(codes.generate(), link=link, domain=domain, kind=Code.Kind.QR, **about)
        except CodeTaken:  # one in a billion per code issued: draw again
            continue


def _issue(path: str, **columns: Any) -> Code:
    try:
        with transaction.atomic():
            return Code.objects.create(path=path, canonical=codes.canonical(path), **columns)
    except IntegrityError as error:
        raise CodeTaken(f"“{path}” is taken, or was once printed for something else. Choose another.") from error


@transaction.atomic
def change_link(link: Link, changes: Mapping[str, Any], *, actor: Actor, expected_revision: int | None = None) -> Link:
    """Apply changes to EDITABLE fields and `tags`, keep who changed what, and make every process look again.

    A new destination takes the place of a hosted page, and the other way round; either starts unchecked. Values are
    already validated; nothing is written when nothing differs.
    Raises RevisionMoved when the link is no longer at the expected revision, CampaignGone when a campaign was deleted.
    """
    columns = _one_of_both({name: value for name, value in changes.items() if name != "tags"})
    if "campaign" in changes or "tags" in changes:
        labels.lock(link.workspace_id)
    if columns.get("campaign"):
        labels.standing(columns["campaign"], link.workspace_id)
    link = Link.objects.select_for_update().get(pk=link.pk)
    if expected_revision not in (None, link.revision):
        raise RevisionMoved(link, expected_revision)
    history = _set(link, columns, EDITABLE)
    if "tags" in changes:
        history |= labels.put_tags(link, changes["tags"])
    if history.keys() & {"destination", "hosted", "rules"}:
        link.verdict, link.verdict_reasons, link.checked_at = Link.Verdict.UNCHECKED, [], None
    if history:
        _save_revision(link, history, actor)
    return link


def _one_of_both(columns: Mapping[str, Any]) -> dict[str, Any]:
    """A link leads somewhere or shows a page."""
    if columns.get("hosted"):
        return {**columns, "destination": ""}
    return {**columns, "hosted": None} if columns.get("destination") else dict(columns)


@transaction.atomic
def change_code(code: Code, changes: Mapping[str, Any], *, actor: Actor) -> Code:
    """Apply changes to EDITABLE_OF_CODE; part of its link's history."""
    link = Link.objects.select_for_update().get(pk=code.link_id)
    code = Code.objects.select_related("domain", "style").get(pk=code.pk)
    _standing(changes.get("style"))
    history = _set(code, changes, EDITABLE_OF_CODE)
    if history:
        code.save(update_fields=list(history))
        _save_revision(link, {f"{name} of {code.path}": pair for name, pair in history.items()}, actor)
    return code


def _standing(style: Style | None) -> Style | None:
    """The style, held until it is chosen; raises StyleGone."""
    if style and not Style.objects.select_for_update().filter(pk=style.pk).exists():
        raise StyleGone("This style does not exist any more. Choose another.")
    return style


def _set(thing: Link | Code, changes: Mapping[str, Any], editable: Sequence[str]) -> dict[str, list[Any]]:
    """Set what differs, and return it as {field: [before, after]}."""
    history = {name: [getattr(thing, name), value] for name, value in changes.items() if getattr(thing, name) != value}
    for name, (_, value) in history.items():
        if name not in editable:
            raise ValueError(f"{name} is not editable")
        setattr(thing, name, value)
    return history


@transaction.atomic
def delete_link(link: Link, *, actor: Actor) -> None:
    """Mark a link deleted; its codes stay as tombstones and answer 410 for ever."""
    labels.lock(link.workspace_id)
    link = Link.objects.select_for_update().get(pk=link.pk)
    if link.deleted_at is None:
        link.deleted_at = timezone.now()
        _save_revision(link, {"deleted_at": [None, link.deleted_at]}, actor)
        labels.forget_unused_tags(link.tags.all())


@transaction.atomic
def assign_campaign(links: LinkQuerySet, campaign: Campaign | None, *, workspace: Workspace, actor: Actor) -> int:
    """Put links of a workspace into a campaign, or out of theirs (None); returns how many changed.

    Raises CampaignGone.
    """
    labels.lock(workspace.pk)
    labels.standing(campaign, workspace.pk)
    moved = [link for link in _locked(links.filter(workspace=workspace)) if link.campaign != campaign]
    history = {link.pk: {"campaign": [link.campaign, campaign]} for link in moved}
    _save_revisions(moved, history, actor, campaign=campaign)
    return len(moved)


@transaction.atomic
def delete_campaign(campaign: Campaign, *, actor: Actor) -> None:
    """Delete a campaign; its links go on without one, deleted ones too: their codes are still scanned."""
    assign_campaign(Link.objects.filter(campaign=campaign), None, workspace=campaign.workspace, actor=actor)
    campaign.delete()


@transaction.atomic
def delete_tag(tag: Tag, *, actor: Actor) -> None:
    """Take a tag from every link and delete it."""
    labels.lock(tag.workspace_id)
    links = _locked(Link.objects.filter(tags=tag).prefetch_related(labels.TAGS_IN_ORDER))
    before = {link.pk: [each.name for each in link.tags.all()] for link in links}
    history = {pk: {"tags": [names, [name for name in names if name != tag.name]]} for pk, names in before.items()}
    tag.delete()
    _save_revisions(links, history, actor)


def _locked(links: LinkQuerySet) -> list[Link]:
    """The links with their campaigns, locked in one order so that two of these never wait for each other."""
    return list(links.select_related("campaign").order_by("pk").select_for_update(of=("self",)))


def _save_revision(link: Link, history: Mapping[str, list[Any]], actor: Actor) -> None:
    link.revision += 1
    link.save()
    _revision(link, history, actor).save()
    Change.objects.create(link=link)
    _check_if_unchecked(link)


def _save_revisions(
    links: Sequence[Link], history: Mapping[int, Mapping[str, list[Any]]], actor: Actor, **columns: Any
) -> None:
    """The same of many links, `history` by their ids, in a few queries; `columns` are set in all of them."""
    for start in range(0, len(links), AT_ONCE):
        part = links[start : start + AT_ONCE]
        ids = [link.pk for link in part]
        Link.objects.filter(pk__in=ids).update(revision=F("revision") + 1, updated_at=timezone.now(), **columns)
        for link in part:
            link.revision += 1
        LinkRevision.objects.bulk_create([_revision(link, history[link.pk], actor) for link in part])
        Change.objects.bulk_create([Change(link=link) for link in part])
    for link in links:
        _check_if_unchecked(link)


def _revision(link: Link, history: Mapping[str, list[Any]], actor: Actor) -> LinkRevision:
    readable = {name: [_readable(value) for value in pair] for name, pair in history.items()}
    return LinkRevision(link=link, number=link.revision, changed_by=actor.user, api_key=actor.api_key, changes=readable)


def _check_if_unchecked(link: Link) -> None:
    """A check of the revision before is now void (see record_verdict), so whatever is unchecked is checked again."""
    if link.verdict == Link.Verdict.UNCHECKED and link.deleted_at is None:
        _check_soon(link)


def _readable(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Mapping):  # a hosted page: what somebody wrote, and not what is made of it
        value = {"kind": value["kind"], **value["fields"]}
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _check_soon(link: Link) -> None:
    """Ask for a verdict once the change stands."""
    transaction.on_commit(lambda: request_check(link.pk, link.revision))
