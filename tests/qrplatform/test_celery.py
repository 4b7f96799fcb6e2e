"""Celery's processes come back to Redis at one pace, however long it was away."""

import pytest
from kombu.exceptions import OperationalError

from qrplatform import celery


@pytest.mark.parametrize("connect", [celery.app.connection_for_read, celery.app.connection_for_write])
def test_tries_do_not_become_rarer(connect: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celery, "RECONNECT_SECONDS", 0.01)
    pauses: list[float] = []
    with (
        connect("redis://127.0.0.1:1") as connection,  # type: ignore[operator]
        pytest.raises(OperationalError),
    ):
        # As the worker and beat call it.
        connection.ensure_connection(lambda error, pause: pauses.append(pause), 20)
    assert pauses == [0.01] * 20


def test_they_never_give_up() -> None:
    assert celery.app.conf.broker_connection_max_retries is None


def test_what_is_sent_every_few_seconds_survives_clocks_that_differ() -> None:
    for name in ("drain-scans", "recheck-destinations"):
        assert celery.app.conf.beat_schedule[name]["options"]["expires"] >= 60
