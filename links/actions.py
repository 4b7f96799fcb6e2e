"""Writes of more than one step: each keeps the link, its history and its freshness in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ApiKey, User, Workspace
from links import codes
from links.models import Change, Code, Domain, Link, LinkCounter, LinkRevision
from links.tasks import request_check

EDITABLE = ("destination", "rules", "title", "is_paused", "expires_at")


@dataclass(frozen=True)
class Actor:
    """Who changes something: a person, an API key, or neither (a task)."""

    user: User | None = None
    api_key: ApiKey | None = None


NOBODY = Actor()


class CodeTaken(ValueError):
    """The wanted alias is, or once was, somebody's code."""


class RevisionMoved(ValueError):
    """Somebody changed the link after the revision on which this change was based."""

    def __init__(self, link: Link, expected: int) -> None:
        self.link = link
        super().__init__(f"This link is at revision {link.revision}; your change is based on revision {expected}.")


@transaction.atomic
def create_link(
    workspace: Workspace,
    destination: str,
    *,
    actor: Actor,
    title: str = "",
    placement: str = "",
    alias: str = "",
    expires_at: Any = None,
    rules: Sequence[Mapping[str, Any]] = (),
) -> Link:
    """A link with its first QR code and, where asked for, an alias. Destination and rules are already parsed."""
    link = Link.objects.create(
        workspace=workspace,
        destination=destination,
        rules=list(rules),
        title=title,
        expires_at=expires_at,
        created_by=actor.user,
    )
    LinkCounter.objects.create(link=link)
    LinkRevision.objects.create(
        link=link, number=1, changed_by=actor.user, api_key=actor.api_key, changes={"destination": [None, destination]}
    )
    _draw_code(link, placement=placement)
    if alias:
        _draw_code(link, alias=alias, placement=placement)
    _check_soon(link)
    return link


@transaction.atomic
def add_code(link: Link, *, actor: Actor = NOBODY, placement: str = "", alias: str = "") -> Code:
    """Issue one more code of a link; raises AliasRefused or CodeTaken."""
    link = Link.objects.select_for_update().get(pk=link.pk)
    code = _draw_code(link, placement=placement, alias=alias)
    _save_revision(link, {"code": [None, code.path]}, actor)
    return code


def _draw_code(link: Link, *, placement: str = "", alias: str = "") -> Code:
    domain = Domain.objects.get(is_site=True)
    if alias:
        return _issue(link, domain, codes.validate_alias(alias), Code.Kind.ALIAS, placement)
    while True:
        try:
            return _issue(link, domain, codes.generate(), Code.Kind.QR, placement)
        except CodeTaken:  # one in a billion per code issued: draw again
            continue


def _issue(link: Link, domain: Domain, path: str, kind: Code.Kind, placement: str) -> Code:
    try:
        with transaction.atomic():
            return Code.objects.create(
                link=link, domain=domain, path=path, canonical=codes.canonical(path), kind=kind, placement=placement
            )
    except IntegrityError as error:
        raise CodeTaken(f"“{path}” is taken, or was once printed for something else. Choose another.") from error


@transaction.atomic
def change_link(link: Link, changes: Mapping[str, Any], *, actor: Actor, expected_revision: int | None = None) -> Link:
    """Apply changes to EDITABLE fields, keep who changed what, and make every process look again.

    A new destination starts unchecked. Values are already validated; nothing is written when nothing differs.
    Raises RevisionMoved when the link is no longer at the expected revision.
    """
    link = Link.objects.select_for_update().get(pk=link.pk)
    if expected_revision not in (None, link.revision):
        raise RevisionMoved(link, expected_revision)
    history = {name: [getattr(link, name), value] for name, value in changes.items() if getattr(link, name) != value}
    if not history:
        return link
    for name, (_, value) in history.items():
        if name not in EDITABLE:
            raise ValueError(f"{name} is not editable")
        setattr(link, name, value)
    if "destination" in history or "rules" in history:
        link.verdict, link.verdict_reasons, link.checked_at = Link.Verdict.UNCHECKED, [], None
    _save_revision(link, history, actor)
    return link


@transaction.atomic
def change_placement(code: Code, placement: str, *, actor: Actor) -> Code:
    """Say anew where a code is printed; part of its link's history."""
    link = Link.objects.select_for_update().get(pk=code.link_id)
    code = Code.objects.select_related("domain").get(pk=code.pk)
    if code.placement != placement:
        before, code.placement = code.placement, placement
        code.save(update_fields=["placement"])
        _save_revision(link, {f"placement of {code.path}": [before, placement]}, actor)
    return code


@transaction.atomic
def delete_link(link: Link, *, actor: Actor) -> None:
    """Mark a link deleted; its codes stay as tombstones and answer 410 for ever."""
    link = Link.objects.select_for_update().get(pk=link.pk)
    if link.deleted_at is None:
        link.deleted_at = timezone.now()
        _save_revision(link, {"deleted_at": [None, link.deleted_at]}, actor)


def _save_revision(link: Link, history: Mapping[str, list[Any]], actor: Actor) -> None:
    link.revision += 1
    link.save()
    readable = {name: [_readable(value) for value in pair] for name, pair in history.items()}
    LinkRevision.objects.create(
        link=link, number=link.revision, changed_by=actor.user, api_key=actor.api_key, changes=readable
    )
    Change.objects.create(link=link)
    # A check of the revision before is now void (see record_verdict), so whatever is unchecked is checked again.
    if link.verdict == Link.Verdict.UNCHECKED and link.deleted_at is None:
        _check_soon(link)


def _readable(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _check_soon(link: Link) -> None:
    """Ask for a verdict once the change stands."""
    transaction.on_commit(lambda: request_check(link.pk, link.revision))
