"""/healthz says that the process answers; /readyz what the stages of counting are doing."""

from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from links.lag import LATE_SECONDS, Standing, standing
from links.probes import Probe, Unanswered


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 while redirects can be served; `status` says "degraded" when something else is not as it should be."""
    return JsonResponse(readiness())


def readiness() -> dict[str, Any]:
    """Stage counters of this host, the lag of counting in seconds, and every part's state in words."""
    now = standing(settings.PATIENCE_SECONDS)
    parts = {"database": database_says(), "redis": now.redis_says, **_states_of_counting(now)}
    return {
        "status": "ok" if all(state == "ok" for state in parts.values()) else "degraded",
        "parts": parts,
        "stages": now.stages,
        "lag_seconds": round(now.lag, 3),
        "caught_up_at": round(now.caught_up_at, 3),
        "journal": {"segments": now.journal.segments, "bytes": now.journal.bytes},
        "stream": {"entries": now.stream.entries, "oldest_seconds": round(now.stream.oldest_seconds, 3)}
        if now.stream
        else {},
        "redis_is_for_evaluation": settings.REDIS_IS_EMBEDDED,
    }


def _states_of_counting(now: Standing) -> dict[str, str]:
    states = {"counting": "ok"}
    if now.lag > LATE_SECONDS:
        states["counting"] = f"{now.lag:.0f} seconds behind; every scan in the journal is kept and will be counted"
    if now.stages["lost"]:
        states["journal"] = f"{now.stages['lost']} scans landed but could not be written to the disk"
    return states


def database_says() -> str:
    """Within the deadline also when the database is frozen and honours no timeout of its own."""
    try:
        _database.ask(patience=settings.PATIENCE_SECONDS)
    except Unanswered as error:
        return f"cannot be reached: {error}"
    except Error as error:
        return f"cannot be reached: {type(error).__name__}"
    return "ok"


def _ask_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()  # it belongs to the probe's thread, which ends here


_database = Probe(_ask_database)
