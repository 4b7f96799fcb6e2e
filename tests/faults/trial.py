"""One fault under load: inject it in the middle, heal, wait until all is counted, and look into the books."""

import time
from dataclasses import dataclass

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
SANE_P99_MS = 1000.0
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
    def excused(self) -> range:
        """Scans that the web server may have had in hand while it was being hit: those under way before, too."""
        if not self.fault.hits_web:
            return range(0)
        start, end = self.injecting
        return self.scans.between(start - HIT_MARGIN - max(self.scans.seconds), end + HIT_MARGIN)

    @property
    def not_landed(self) -> int:
        """Scans that did not land, and not because the web server was being hit that moment."""
        return (
            len(self.scans)
            - self.scans.fate.count(LANDED)
            - sum(self.scans.fate[index] != LANDED for index in self.excused)
        )

    @property
    def sane_p99_ms(self) -> float:
        """Ten times what it was before the fault is not the fault's doing on a machine that has other work."""
        before = self.scans.quantiles(self.scans.between(0.0, self.lasted[0]))["p99"]
        return max(SANE_P99_MS, 10 * before)

    def check(self) -> None:
        missed, books = self.not_landed, f"{dict(self.scans.statuses)} {self.balance}"
        assert missed == 0, f"{missed} scans did not land: {books}"
        assert self.refused_by_disk == 0 or self.fault.hits_journal, f"the disk refused {self.refused_by_disk}"
        self.balance.check(self.refused_by_disk)
        if not self.fault.starts_web:
            assert self.quantiles["p99"] < self.sane_p99_ms, self.quantiles

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
