"""Celery tasks about links: checking destinations, and forgetting what is past."""

import logging
import time

from celery import current_app, shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from links.freshness import delete_old_changes
from links.safety import verdicts
from links.visitors import delete_old_salts

logger = logging.getLogger(__name__)

# An edit is somebody's open request: it waits half a second at most for a broker that is frozen, and tries once.
_IMPATIENT = {
    "socket_timeout": settings.PATIENCE_SECONDS,
    "socket_connect_timeout": settings.PATIENCE_SECONDS,
    "max_retries": 0,
}
# After a broker that did not answer nobody tries for so long: twenty edits at once must not each wait for it.
BROKER_REST_SECONDS = 5.0
# About half a second of work, because a new link's check may be waiting behind it.
RECHECKS_PER_RUN = 50


class Broker:
    """What this process knows of the broker: left alone for a few seconds after it did not answer."""

    def __init__(self) -> None:
        self._resting_until = 0.0

    @property
    def is_resting(self) -> bool:
        return time.monotonic() < self._resting_until

    def rest(self) -> None:
        self._resting_until = time.monotonic() + BROKER_REST_SECONDS


broker = Broker()


def request_check(link_id: int, revision: int) -> None:
    """Have a destination checked soon; with the broker away, recheck_destinations finds the link later."""
    if broker.is_resting:
        logger.info("Link %d is not checked yet, the broker has just failed to answer", link_id)
        return
    try:
        with current_app.connection_for_write(transport_options=_IMPATIENT) as connection:
            # Celery hands `connection` on to send_task; its type stubs do not know that.
            check_destination.apply_async((link_id, revision), connection=connection, retry=False)  # type: ignore[call-arg]
    except (OperationalError, RedisError, OSError) as error:
        broker.rest()
        logger.warning("Link %d is not checked yet, the broker does not answer: %s", link_id, error)


@shared_task
def check_destination(link_id: int, revision: int) -> None:
    """Work out and keep the verdict on the destination that one revision of a link has."""
    verdicts.check_link(link_id, revision)


@shared_task
def recheck_destinations() -> None:
    """Check again what was never checked, long ago, or before the block list changed; run every five seconds."""
    verdicts.recheck_due(RECHECKS_PER_RUN)


@shared_task
def forget_old_salts() -> None:
    """Without its salt no visitor hash of a day can be made again, by anybody."""
    delete_old_salts()


@shared_task
def forget_old_changes() -> None:
    delete_old_changes(timezone.now())
