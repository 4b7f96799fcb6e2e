"""Every fault of the table, one after the other, on one running product per database under 300 scans a second."""

import random
from collections.abc import Iterator

import pytest

from tests.faults.conftest import keep_for_summary
from tests.faults.house import House, running_house
from tests.faults.table import FAULTS, Fault
from tests.faults.trial import try_fault
from tests.machine import missing, postgresql_programs

pytestmark = [pytest.mark.fault, pytest.mark.timeout(150)]

ROWS = [
    pytest.param(
        kind,
        fault,
        id=f"{kind}-{fault.name}",
        marks=[pytest.mark.xfail(strict=True, reason=fault.not_yet)] if fault.not_yet else [],
    )
    for kind in ("postgresql", "sqlite")
    for fault in FAULTS
    if kind in fault.databases
]


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    if request.param == "postgresql" and postgresql_programs() is None:
        missing("postgresql", "neither PATH nor /usr/lib/postgresql has initdb; apt install postgresql")
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    with running_house(request.param, seed) as house:
        yield house


@pytest.mark.parametrize(("house", "fault"), ROWS, indirect=["house"], scope="module")
def test_scans_land_and_are_counted_once(house: House, fault: Fault) -> None:
    trial = try_fault(house, fault)
    keep_for_summary(trial)
    trial.check()
