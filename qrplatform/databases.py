"""How each kind of database is connected to: what durability, privacy and a database that vanishes ask for."""

from typing import Any


def connected(database: dict[str, Any]) -> dict[str, Any]:
    """An address as Django's settings have it, with the options that its engine needs."""
    return database | (_SQLITE if is_sqlite(database) else _postgresql(database))


def is_sqlite(database: dict[str, Any]) -> bool:
    return "sqlite" in database["ENGINE"]


_SQLITE: dict[str, Any] = {
    # IMMEDIATE: deferred transactions failed half the dashboard's writes under load ("database is locked").
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        # FULL: a scan leaves journal and stream once it is committed, so a commit must survive a power loss.
        # secure_delete: what is deleted (salts, visitors, scans) is overwritten instead of left in free pages.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
        ),
    }
}


def _postgresql(database: dict[str, Any]) -> dict[str, Any]:
    """A database that vanished without a word is given up within seconds, not after TCP's quarter of an hour."""
    patience = {
        "connect_timeout": 3,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": 15_000,
    }
    return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": database.get("OPTIONS", {}) | patience}
