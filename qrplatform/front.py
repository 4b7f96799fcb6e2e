"""Puts the hot path together from settings: one resolver, one journal and one change poll per process."""

from functools import cache

from django.conf import settings
from whitenoise import WhiteNoise

from links.addresses import networks
from links.admission import Admission, Application
from links.counters import StageCounters
from links.freshness import ChangePoll
from links.journal import Journal
from links.lookups import DirectLookups, GuardedLookups
from links.redirect import RedirectFront
from links.resolver import Resolver
from links.snapshot import Snapshot


def static_files(application: Application) -> Application:
    """Style sheets and scripts are answered before the gate: a browser asks for a page's files all at once."""
    if not settings.STATIC_ROOT.is_dir():
        return application
    served: Application = WhiteNoise(application, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL, max_age=3600)
    return served


@cache
def resolver() -> Resolver:
    """This process's resolver: RedirectFront and HostMiddleware ask the same one."""
    threads, seconds = settings.RESOLVER_THREADS, settings.RESOLVER_SECONDS
    lookups = GuardedLookups(threads, seconds) if threads else DirectLookups()
    return Resolver(settings.RESOLVER_CACHE_SIZE, lookups=lookups, snapshot=Snapshot(settings.SNAPSHOT_DIR))


def redirect_front(django: Application) -> RedirectFront:
    """The application of one worker; it starts threads."""
    poll = ChangePoll(
        resolver(),
        settings.CHANGE_POLL_SECONDS,
        ttl_seconds=settings.RESOLVER_TTL_SECONDS,
        snapshot=Snapshot(settings.SNAPSHOT_DIR),
    )
    # One look before the first scan, so that it finds domains and salts: the database's, or else the snapshot's.
    poll.look()
    resolver().connect()
    poll.start()
    counters = StageCounters(settings.COUNTERS_DIR)
    counters.open()
    journal = Journal(
        settings.JOURNAL_DIR,
        counters,
        durability=settings.JOURNAL_DURABILITY,
        fsync_seconds=settings.JOURNAL_FSYNC_SECONDS,
        max_bytes=settings.JOURNAL_SEGMENT_BYTES,
    )
    return RedirectFront(
        static_files(Admission(django, max(1, settings.BLOCKING_THREADS - 1))),
        resolver=resolver(),
        poll=poll,
        journal=journal,
        counters=counters,
        trusted_proxies=networks(settings.TRUSTED_PROXIES),
    )
