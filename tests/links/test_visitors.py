"""The visitor's hash: who is one visitor, and who is not."""

import os
from datetime import UTC, datetime
from hashlib import blake2s

import pytest

from links.visitors import LocalDays, agent_digest

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC).timestamp()
DAY = 86_400
SALTS = {"2026-11-27": os.urandom(32), "2026-11-28": os.urandom(32)}
IPV4, IPV6 = bytes([203, 0, 113, 7]), bytes(range(16))


def visitor(
    at: float = NOON, *, workspace: int = 1, zone: str = "UTC", address: bytes = IPV4, agent: str = "a phone"
) -> str:
    return LocalDays(lambda: SALTS).of(at, workspace, zone).visitor(address, agent_digest(agent))


def test_one_phone_is_one_visitor_all_day() -> None:
    assert visitor() == visitor(NOON + 3600)
    assert len(visitor()) == 32


@pytest.mark.parametrize(
    "other",
    [
        {"at": NOON + DAY},
        {"workspace": 2},
        {"address": bytes([203, 0, 113, 8])},
        {"address": IPV6},
        {"agent": "another phone"},
        {"zone": "Pacific/Kiritimati"},  # where it is the next day already
    ],
)
def test_another_day_workspace_address_or_phone_is_another_visitor(other: dict[str, object]) -> None:
    assert visitor(**other) != visitor()  # type: ignore[arg-type]


def test_a_zone_that_a_workspace_changes_to_holds_at_once() -> None:
    days = LocalDays(lambda: SALTS)
    assert [days.of(NOON, 1, zone).date for zone in ("UTC", "Pacific/Kiritimati", "UTC")] == [
        "2026-11-27",
        "2026-11-28",
        "2026-11-27",
    ]


@pytest.mark.parametrize("address", [IPV4, IPV6])
def test_what_is_hashed_fits_into_one_block(address: bytes) -> None:
    hashed = SALTS["2026-11-27"] + (1).to_bytes(8, "big") + agent_digest("a phone") + address
    assert len(hashed) <= blake2s().block_size
    assert visitor(address=address) == blake2s(hashed, digest_size=16).hexdigest()


def test_what_days_know_is_forgotten_within_the_hour() -> None:
    days = LocalDays(lambda: SALTS)
    for workspace in range(50):
        days.of(NOON, workspace, "UTC")
    days.of(NOON + 3600, 99, "UTC")
    assert list(days._known) == [99]


def test_a_salt_that_comes_later_is_taken_within_a_second() -> None:
    salts: dict[str, bytes] = {}
    days = LocalDays(lambda: salts)
    assert days.of(NOON, 1, "UTC").visitor(IPV4, agent_digest("a phone")) == ""
    salts.update(SALTS)
    assert days.of(NOON + 1, 1, "UTC").visitor(IPV4, agent_digest("a phone")) == visitor()
