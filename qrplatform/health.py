"""/healthz says that the process answers; /readyz what the stages of counting are doing."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analytics import partitions
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
    now, database = standing(settings.PATIENCE_SECONDS), database_state()
    parts = {"database": database.says, "redis": now.redis_says, **_states_of_counting(now)}
    if database.days_ahead == 0:
        parts["partitions"] = "there is none for tomorrow's scans; `manage.py prepare` makes the coming week's"
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


class DatabaseState(NamedTuple):
    """Whether the database answers, in words; and for how many days after today it can take scans, if that ends."""

    says: str = "ok"
    days_ahead: int | None = None


def database_state() -> DatabaseState:
    """Within the deadline also when the database is frozen and honours no timeout of its own."""
    try:
        return DatabaseState(days_ahead=_database.ask(patience=settings.PATIENCE_SECONDS))
    except Unanswered as error:
        return DatabaseState(f"cannot be reached: {error}")
    except Error as error:
        return DatabaseState(f"cannot be reached: {type(error).__name__}")


def _ask_database() -> int | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return partitions.days_ahead(timezone.now().date()) if connection.vendor == "postgresql" else None
    finally:
        connection.close()  # it belongs to the probe's thread, which ends here


_database = Probe(_ask_database)
