"""One fault under load: inject it in the middle, heal, wait until all is counted, and look into the books."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults.books import Balance
from tests.faults.house import House
from tests.faults.load import LANDED, Scans
from tests.faults.table import Fault

BEFORE_SECONDS = AFTER_SECONDS = 1.5
# From the end of the load until everything is in the database: restarts, reconnections and shipping again.
COUNTED_WITHIN = 45.0
# A process that is killed takes along what it had accepted a moment before.
HIT_MARGIN = 0.5
# Generous: what a phone would take for an outage. Measured latencies are reported, not asserted.
SANE_P99_MS = 3000.0
MIGRATES = Path("/proc/sys/net/ipv4/tcp_migrate_req")
# Under this name a test's report carries its row of the table at the end.
TRIAL = "trial"


@dataclass(frozen=True)
class Trial:
    """What happened. Times are of time.monotonic()."""

    house: str
    fault: Fault
    scans: Scans
    injecting: tuple[float, float]  # while it was being done to the house
    lasted: tuple[float, float]  # from the first moment of that until it was healed
    counted_after: float
    refused_by_disk: int
    balance: Balance

    @property
    def during(self) -> range:
        """Scans that were due under the fault."""
        return self.scans.between(*self.lasted)

    @property
    def quantiles(self) -> dict[str, float]:
        return self.scans.quantiles(self.during)

    @property
    def not_landed(self) -> int:
        """Scans that did not land, and not because the web server was being hit that moment."""
        start, end = self.injecting if self.fault.hits_web else (0.0, 0.0)
        return sum(
            fate != LANDED and not start - HIT_MARGIN <= due <= end + HIT_MARGIN
            for fate, due in zip(self.scans.fate, self.scans.due, strict=True)
        )

    @property
    def may_miss(self) -> int:
        """How many need not land: connections in the queue of a socket that is closed, where the kernel drops them."""
        drops_queues = self.fault.closes_a_queue and MIGRATES.read_text().strip() != "1"
        return len(self.scans) // 100 if drops_queues else 0

    def check(self) -> None:
        assert self.not_landed <= self.may_miss, (
            f"{self.not_landed} scans did not land: {dict(self.scans.statuses)} {self.balance}"
        )
        assert self.refused_by_disk == 0 or self.fault.hits_journal, f"the disk refused {self.refused_by_disk}"
        self.balance.check(self.refused_by_disk)
        assert self.quantiles["p99"] < SANE_P99_MS, self.quantiles

    def row(self) -> list[str]:
        """For the table at the end."""
        share = self.scans.fates(self.during)[LANDED] / max(1, len(self.during))
        figures = [f"{value:.1f}" for value in self.quantiles.values()]
        return [
            self.house,
            self.fault.name,
            str(len(self.scans)),
            f"{share:.2%}",
            *figures,
            f"{self.counted_after:.1f}",
        ]


HEADINGS = ["database", "fault", "scans", "landed", "p50 ms", "p99 ms", "p99.9 ms", "counted after s"]


def try_fault(house: House, fault: Fault) -> Trial:
    """Run one fault of the table under load; the house is whole again afterwards."""
    lost_before = house.lost_counter
    load = house.load(keeps_alive=fault.keeps_alive)
    with load.running() as scans:
        time.sleep(BEFORE_SECONDS)
        began = time.monotonic()
        with fault.inject(house):
            injected = time.monotonic()
            time.sleep(fault.seconds)
        healed = time.monotonic()
        time.sleep(AFTER_SECONDS)
    refused = house.lost_counter - lost_before
    balance, counted_after = house.books.settled(scans, COUNTED_WITHIN, refused)
    return Trial(house.kind, fault, scans, (began, injected), (began, healed), counted_after, refused, balance)
