"""Celery tasks about links: checking destinations, and forgetting what is past."""

import logging

from celery import current_app, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from links.freshness import delete_old_changes
from links.safety import verdicts
from links.visitors import delete_old_salts

logger = logging.getLogger(__name__)

# An edit is somebody's open request: it waits a second at most for a broker that is away or frozen, and tries once.
_IMPATIENT = {"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 0}
# About half a second of work, because a new link's check may be waiting behind it.
RECHECKS_PER_RUN = 50


def request_check(link_id: int, revision: int) -> None:
    """Have a destination checked soon; with the broker away, recheck_destinations finds the link after a minute."""
    try:
        with current_app.connection_for_write(transport_options=_IMPATIENT) as connection:
            # Celery hands `connection` on to send_task; its type stubs do not know that.
            check_destination.apply_async((link_id, revision), connection=connection, retry=False)  # type: ignore[call-arg]
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("Link %d is not checked yet, the broker does not answer: %s", link_id, error)


@shared_task
def check_destination(link_id: int, revision: int) -> None:
    """Work out and keep the verdict on the destination that one revision of a link has."""
    verdicts.check_link(link_id, revision)


@shared_task
def recheck_destinations() -> None:
    """Check again what was never checked, long ago, or before the block list changed; run every ten seconds."""
    verdicts.recheck_due(RECHECKS_PER_RUN)


@shared_task
def forget_old_salts() -> None:
    """Without its salt no visitor hash of a day can be made again, by anybody."""
    delete_old_salts()


@shared_task
def forget_old_changes() -> None:
    delete_old_changes(timezone.now())
