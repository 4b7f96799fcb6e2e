"""GET /metrics: what /readyz says, in Prometheus' words.

Totals are read from the host's counter files when somebody asks: they survive workers, and cost scans nothing.
"""

import platform
from collections.abc import Iterator
from ipaddress import ip_address

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from links.addresses import parse
from links.lag import Standing, standing
from qrplatform.health import database_state

# Every total of links.counters, under the name and with the help it has here.
TOTALS = {
    "journalled": ("scans_journalled", "Scans written to this host's journal before they were answered."),
    "lost": ("scans_lost", "Scans that landed but could not be written to this host's disk."),
    "orphans_dropped": ("orphan_scans_dropped", "Scans of unknown codes above the rate that is kept."),
    "shipped": ("scans_shipped", "Scans sent from this host's journal to Redis, repeats included."),
    "torn": ("journal_torn", "Unreadable stretches found in finished segments of this host's journal."),
    "ingested": ("scans_ingested", "Scans that this host's ingest workers inserted into the database."),
    "duplicate": ("scans_duplicate", "Scans that came again and were in the database already."),
    "set_aside": ("scans_set_aside", "Records that could not be counted and are kept apart with a reason."),
    "erased": ("scans_erased", "Scans that came after their time had been erased, and were dropped."),
    "drifted": ("numbers_drifted", "Numbers that a nightly audit found to differ from a recount of raw scans."),
}
# What proxies add: a request that bears one did not begin on this machine, whatever its last hop was.
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
REFUSED = (
    "Metrics are for this machine only: ask http://127.0.0.1, past any proxy. "
    "To read them from elsewhere set METRICS_TOKEN and send it as “Authorization: Bearer …”.\n"
)
WRONG_TOKEN = "Send the value of METRICS_TOKEN as “Authorization: Bearer …”.\n"  # noqa: S105 - it names none


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """200 whatever is down: an outage must be seen, not hidden by a failed scrape."""
    if not may_read(request):
        said = WRONG_TOKEN if settings.METRICS_TOKEN else REFUSED
        return HttpResponse(said, status=403, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(HostCollector())
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=content_type)


def may_read(request: HttpRequest) -> bool:
    """Whoever has the token; with none set, whoever asks on this machine and through no proxy."""
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    address = parse(request.META.get("REMOTE_ADDR", ""))
    return (
        address is not None
        and ip_address(address).is_loopback
        and not any(name in request.headers for name in FORWARDED)
    )


class HostCollector(Collector):
    """The totals of one host and the gauges of what it can see. Redis and the database may be down or frozen."""

    def collect(self) -> Iterator[Metric]:
        now = standing(settings.PATIENCE_SECONDS)
        for name, (metric, words) in TOTALS.items():
            yield CounterMetricFamily(f"qrplatform_{metric}", words, value=now.stages[name])
        yield from _gauges(now)
        yield InfoMetricFamily(
            "qrplatform_build",
            "What is running.",
            {"version": settings.VERSION, "python": platform.python_version(), "django": django.get_version()},
        )


def _gauges(now: Standing) -> Iterator[Metric]:
    database = database_state()
    values = {
        "counting_lag_seconds": ("Seconds since the numbers were complete, as far as this host can see.", now.lag),
        "caught_up_timestamp_seconds": ("When all of this host's journal was last seen shipped.", now.caught_up_at),
        "journal_segments": ("Segments of the journal on this host's disk.", now.journal.segments),
        "journal_bytes": ("Bytes of the journal on this host's disk, with what is reserved.", now.journal.bytes),
        "redis_up": ("Whether Redis answers.", now.stream is not None),
        "database_up": ("Whether the database answers.", database.says == "ok"),
    }
    if database.days_ahead is not None:
        values["scan_partitions_ahead"] = (
            "Days after today for which PostgreSQL can take scans.",
            database.days_ahead,
        )
    # A stream that cannot be asked has no length: a 0 would say that nothing waits.
    if now.stream:
        values["stream_entries"] = ("Blocks of scans that wait in Redis.", now.stream.entries)
        values["stream_oldest_seconds"] = ("Age of the oldest block in Redis.", now.stream.oldest_seconds)
    for name, (words, value) in values.items():
        yield GaugeMetricFamily(f"qrplatform_{name}", words, value=value)
