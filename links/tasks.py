"""Celery tasks about links: checking destinations."""

from celery import shared_task
from django.utils import timezone

from links.freshness import delete_old_changes
from links.visitors import delete_old_salts


@shared_task
def check_destination(link_id: int, revision: int) -> None:
    """Work out and keep the verdict on the destination that one revision of a link has."""
    from links.safety import verdicts

    verdicts.check_link(link_id, revision)


@shared_task
def forget_old_salts() -> None:
    """Without its salt no visitor hash of a day can be made again, by anybody."""
    delete_old_salts()


@shared_task
def forget_old_changes() -> None:
    delete_old_changes(timezone.now())
