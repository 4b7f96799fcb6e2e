"""Celery tasks about links: checking destinations."""

from celery import shared_task


@shared_task
def check_destination(link_id: int, revision: int) -> None:
    """Work out and keep the verdict on the destination that one revision of a link has."""
    from links.safety import verdicts

    verdicts.check_link(link_id, revision)
