"""Every fault of the table, one after the other, on one running product per database under 300 scans a second."""

import random
from collections.abc import Callable, Iterator

import pytest

from tests.faults.house import House, running_house
from tests.faults.table import FAULTS, Fault
from tests.faults.trial import TRIAL, try_fault
from tests.machine import missing, postgresql_programs

pytestmark = [pytest.mark.fault, pytest.mark.timeout(150)]

ROWS = [
    pytest.param(kind, fault, id=f"{kind}-{fault.name}")
    for kind in ("postgresql", "sqlite")
    for fault in FAULTS
    if kind in fault.databases
]


@pytest.fixture(scope="module")
def postgresql_house() -> Iterator[House]:
    if postgresql_programs() is None:
        missing("postgresql", "neither PATH nor /usr/lib/postgresql has initdb; apt install postgresql")
    yield from a_house("postgresql")


@pytest.fixture(scope="module")
def sqlite_house() -> Iterator[House]:
    yield from a_house("sqlite")


def a_house(kind: str) -> Iterator[House]:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    with running_house(kind, seed) as house:
        yield house


@pytest.mark.parametrize(("kind", "fault"), ROWS)
def test_scans_land_and_are_counted_once(
    kind: str, fault: Fault, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    # By name: parameters of one fixture would start its product anew whenever the order of tests changes the kind.
    trial = try_fault(request.getfixturevalue(f"{kind}_house"), fault)
    record_property(TRIAL, trial.row())
    trial.check()
