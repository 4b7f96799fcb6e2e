"""Reads targets from the database: one for a scan, many for the snapshot.

The SQL is written out: Django takes a millisecond to put this query together, five times what asking it takes.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.zones import Zones
from links.addresses import networks
from links.models import Link
from links.routing import Target
from links.rules import compiled

_SELECT = (Path(__file__).parent / "sql" / "targets.sql").read_text()
_ONE = f"{_SELECT}WHERE code.domain_id = %s AND code.canonical = %s"
_CHUNK = f"{_SELECT}WHERE code.id > %s ORDER BY code.id LIMIT %s"
# SQLite takes 999 parameters and more; this many ids are one query.
IDS_PER_QUERY = 500


def load_target(domain_id: int, canonical: str) -> Target | None:
    """Read one code and its link: one indexed query."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, (domain_id, canonical))
        row = cursor.fetchone()
    return _target_of(row) if row else None


def targets_after(code_id: int, limit: int) -> list[tuple[str, Target]]:
    """The next `limit` (canonical code, target) pairs behind a code's id, in the order of ids."""
    return _pairs(_CHUNK, (code_id, limit))


def targets_of(link_ids: Iterable[int], code_ids: Iterable[int] = ()) -> list[tuple[str, Target]]:
    """The (canonical code, target) pairs of these links and of these codes."""
    found: list[tuple[str, Target]] = []
    for column, ids in (("link_id", list(link_ids)), ("id", list(code_ids))):
        for start in range(0, len(ids), IDS_PER_QUERY):
            part = ids[start : start + IDS_PER_QUERY]
            # The column is one of ours, and only the number of placeholders varies.
            found += _pairs(f"{_SELECT}WHERE code.{column} IN ({', '.join(['%s'] * len(part))})", part)
    return found


def _pairs(sql: str, parameters: Sequence[int]) -> list[tuple[str, Target]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [(row[-1], _target_of(row)) for row in cursor.fetchall()]


def _target_of(row: Sequence[Any]) -> Target:
    code_id, link_id, workspace_id, domain_id, campaign_id, revision, destination, title = row[:8]
    zone, is_paused, deleted_at, verdict, expires_at, counts_only, honours, internal, rules, hosted = row[8:18]
    coming_zone, zone_changes_at = row[18:20]
    return Target(
        code_id=code_id,
        link_id=link_id,
        workspace_id=workspace_id,
        domain_id=domain_id,
        campaign_id=campaign_id or 0,
        revision=revision,
        destination=destination,
        title=title,
        timezone=sys.intern(_zones(zone, zone_changes_at, coming_zone)),  # there are few and many targets
        is_paused=bool(is_paused),
        is_deleted=deleted_at is not None,
        is_malicious=verdict == Link.Verdict.MALICIOUS.value,
        expires_at=_seconds(expires_at),
        counts_only=bool(counts_only),
        honours_privacy_signals=bool(honours),
        hosted=hosted or "",
        internal_networks=networks(json.loads(internal)) if internal != "[]" else (),
        # Both databases give JSON as text to whoever asks without Django's model.
        rules=compiled(json.loads(rules)) if rules != "[]" else (),
    )


def _zones(zone: str, changes_at: datetime | None, coming: str) -> str:
    changes = _seconds(changes_at)
    return str(Zones(zone, int(changes), coming)) if changes is not None else zone


def _seconds(moment: datetime | None) -> float | None:
    """Seconds since the epoch. SQLite's moments come without a zone, and are in UTC as Django wrote them."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
