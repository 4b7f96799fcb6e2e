"""Puts the hot path together from settings: one resolver, one journal and one change poll per process."""

import logging
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from links.addresses import networks
from links.admission import Admission
from links.counters import StageCounters
from links.freshness import ChangePoll
from links.journal import Journal
from links.redirect import RedirectFront
from links.resolver import Resolver, ResolverUnavailable

logger = logging.getLogger(__name__)


@cache
def resolver() -> Resolver:
    """This process's resolver: RedirectFront and HostMiddleware ask the same one."""
    return Resolver(settings.RESOLVER_CACHE_SIZE)


def redirect_front(django: Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]) -> RedirectFront:
    """The application that granian serves. Call it in the worker, after the fork: it starts threads."""
    poll = ChangePoll(resolver(), settings.CHANGE_POLL_SECONDS)
    try:
        # One look before the first scan, so that it finds domains and salts; the thread goes on from there.
        poll.turn()
    except (DatabaseError, ResolverUnavailable) as error:
        logger.warning("Starting without the database: %s", error)
    finally:
        connection.close()
    poll.start()
    counters = StageCounters(settings.COUNTERS_DIR)
    journal = Journal(
        settings.JOURNAL_DIR,
        counters,
        durability=settings.JOURNAL_DURABILITY,
        fsync_seconds=settings.JOURNAL_FSYNC_SECONDS,
    )
    return RedirectFront(
        Admission(django, max(1, settings.BLOCKING_THREADS - 1)),
        resolver=resolver(),
        poll=poll,
        journal=journal,
        counters=counters,
        trusted_proxies=networks(settings.TRUSTED_PROXIES),
    )
