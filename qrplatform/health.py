"""/healthz says that the process answers; /readyz what the stages of counting are doing."""

import time
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from links import counters
from links.stream import ScanStream, connect

LATE_SECONDS = 60.0
SHIPPER_SECONDS = 5.0


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 while redirects can be served; `status` says "degraded" when something else is not as it should be."""
    report = readiness()
    return JsonResponse(report)


def readiness() -> dict[str, Any]:
    """Stage counters of this host, the lag of counting in seconds, and every part's state in words."""
    parts = {"database": _database(), "redis": "ok", "counting": "ok"}
    stages = counters.totals(settings.COUNTERS_DIR)
    caught_up_at = stages.pop("caught_up_at") / 1000
    stream: dict[str, float] = {}
    try:
        with connect(settings.REDIS_URL) as connected:
            pipe = ScanStream(connected, settings.STREAM_KEY)
            stream = {"entries": pipe.length(), "oldest_seconds": round(pipe.oldest_age(), 3)}
    except redis.RedisError as error:
        parts["redis"] = f"cannot be reached: {type(error).__name__}"
    lag = max(stream.get("oldest_seconds", 0.0), _journal_lag(stages["journalled"], caught_up_at))
    if lag > LATE_SECONDS:
        parts["counting"] = f"{lag:.0f} seconds behind; every scan is kept and will be counted"
    if stages["lost"]:
        parts["journal"] = f"{stages['lost']} scans landed but could not be written to the disk"
    return {
        "status": "ok" if all(state == "ok" for state in parts.values()) else "degraded",
        "parts": parts,
        "stages": stages,
        "stream": stream,
        "lag_seconds": round(lag, 3),
        "redis_is_for_evaluation": settings.REDIS_IS_EMBEDDED,
    }


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"cannot be reached: {type(error).__name__}"
    return "ok"


def _journal_lag(journalled: int, caught_up_at: float) -> float:
    """Seconds since the shipper last saw everything shipped; 0 on a host that has journalled nothing."""
    if not journalled:
        return 0.0
    lag = time.time() - caught_up_at
    # It looks twenty times a second; a busy machine may take a moment.
    return lag if lag > SHIPPER_SECONDS else 0.0
