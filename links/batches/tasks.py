"""Celery tasks of batches: making them, and forgetting old ones."""

from celery import shared_task

from links.batches.actions import forget_old_batches as forget
from links.batches.job import work_off

# The check of a new link may be waiting behind it.
JOB_SECONDS = 1.5


@shared_task
def make_batches() -> None:
    """Go on with the batches that were asked for."""
    work_off(JOB_SECONDS)


@shared_task
def forget_old_batches() -> None:
    """Batches go when their time is over, and files that belong to none."""
    forget()
