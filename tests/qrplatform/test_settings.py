"""What settings are made from: a key that stays, and the options of either database."""

from pathlib import Path

from qrplatform import databases, secret_key


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = secret_key.kept_in(tmp_path)
    assert len(made) >= 50
    assert secret_key.kept_in(tmp_path) == made
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_what_an_address_asks_of_postgresql_stays() -> None:
    asked = {"ENGINE": "django.db.backends.postgresql", "NAME": "scans", "OPTIONS": {"sslmode": "require"}}
    database = databases.connected(asked)
    assert (database["NAME"], database["CONN_HEALTH_CHECKS"]) == ("scans", True)
    assert {"sslmode": "require", "connect_timeout": 3}.items() <= database["OPTIONS"].items()


def test_sqlite_survives_a_power_loss_and_overwrites_what_is_deleted() -> None:
    database = databases.connected({"ENGINE": "django.db.backends.sqlite3", "NAME": "scans"})
    assert databases.is_sqlite(database)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        assert pragma in database["OPTIONS"]["init_command"]
