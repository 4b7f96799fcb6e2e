"""Who may write numbers at the same time: ingesters beside each other, whoever recounts or moves them alone.

All are held until the transaction ends. On SQLite there is nothing to do: whoever begins a transaction that writes has
the whole database.
"""

from collections.abc import Iterable
from datetime import date

from django.db import connection

# Any number, so long as nobody else in this database uses it.
_KEY = 0x5143_414E_5300_0001
_VISITORS = 0x5143_414E
SLOTS = 64


def count_beside_others() -> None:
    _take("pg_advisory_xact_lock_shared")


def count_alone() -> None:
    """Waits until every ingester has committed; those that come later wait for this transaction."""
    _take("pg_advisory_xact_lock")


def see_visitors_in_turn(days: Iterable[tuple[int, date]]) -> None:
    """One ingester after the other for each of these workspaces' days, until the end of the transaction.

    Days share a fixed number of locks, as PostgreSQL has room for some thousands only.
    """
    if connection.vendor != "postgresql":
        return
    slots = sorted({(workspace_id * 31 + day.toordinal()) % SLOTS for workspace_id, day in days})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, slot) FROM unnest(%s::int[]) AS slot", (_VISITORS, slots))


def _take(function: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("Such a lock lasts as long as a transaction, and there is none.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", (_KEY,))
