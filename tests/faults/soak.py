"""`make soak`: random faults of the table, with random pauses, under load for as long as asked; then the books.

python -m tests.faults.soak --minutes 30 --rate 300 --seed 1
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from links.counters import totals
from tests.faults.books import Balance
from tests.faults.house import House, running_house
from tests.faults.load import LANDED, Scans
from tests.faults.table import FAULTS, Fault
from tests.faults.trial import HIT_MARGIN
from tests.machine import postgresql_programs

# At the end everything must be counted within this: queues that faults left, at the pace of one ingester.
COUNTED_WITHIN = 300.0
# Until a killed worker has a successor, killing the other would be another fault.
PAUSE_SECONDS = (6.0, 15.0)
LASTS_SECONDS = (1.0, 12.0)


@dataclass
class Stretch:
    """One fault of the soak, in time.monotonic()."""

    fault: Fault
    began: float
    injected: float
    healed: float


@dataclass
class Soak:
    """A soak that is under way."""

    house: House
    seconds: float
    random: random.Random
    stretches: list[Stretch] = field(default_factory=list)
    unbitten: list[str] = field(default_factory=list)
    reported: int = 0

    def run(self, faults: Sequence[Fault]) -> Scans:
        load = self.house.load()
        began = time.monotonic()
        with load.running() as scans:
            while time.monotonic() - began < self.seconds:
                self._pause(began + self.seconds)
                if time.monotonic() - began < self.seconds:
                    self._break(self.random.choice(faults))
                self._report(scans, began)
        return scans

    def _pause(self, end: float) -> None:
        pause = self.random.uniform(*PAUSE_SECONDS)
        time.sleep(max(0.0, min(pause, end - time.monotonic())))

    def _break(self, fault: Fault) -> None:
        began = injected = time.monotonic()
        try:
            with fault.inject(self.house):
                injected = time.monotonic()
                time.sleep(self.random.uniform(*LASTS_SECONDS))
        except AssertionError as error:  # the fault did not bite; the books are looked into all the same
            self.unbitten.append(f"{fault.name}: {error}")
        self.stretches.append(Stretch(fault, began, injected, time.monotonic()))

    def _report(self, scans: Scans, began: float) -> None:
        minutes = (time.monotonic() - began) / 60
        if int(minutes) > self.reported:
            self.reported = int(minutes)
            missed = len(scans) - scans.fate.count(LANDED)
            last = self.stretches[-1].fault.name if self.stretches else "none yet"
            say(f"{minutes:5.1f} min  {len(scans)} scans, {missed} not landed, last fault: {last}")


def figures(
    soak: Soak, scans: Scans, balance: Balance, refused_by_disk: int, settled_after: float
) -> dict[str, object]:
    """Everything that a soak says, as one JSON object."""
    excused = _while_web_was_hit(soak, scans)
    not_landed = [n for n, fate in enumerate(scans.fate) if fate != LANDED]
    return {
        "scans": len(scans),
        "landed_percent": round(100 * scans.fate.count(LANDED) / max(1, len(scans)), 4),
        "not_landed": len(not_landed),
        "not_landed_while_the_web_server_was_up": _places(soak, scans, sorted(set(not_landed) - excused)),
        "lost": max(0, balance.missing - refused_by_disk),
        "refused_by_disk": refused_by_disk,
        "counted_twice": balance.counted_twice,
        "invented": balance.invented + balance.misattributed,
        "drift": balance.drift,
        "without_visitor": balance.without_visitor,
        "all_counted_after_seconds": round(settled_after, 1),
        "latency_ms": scans.quantiles(range(len(scans))),
        "faults": _by_fault(soak, scans),
        "faults_that_did_not_bite": soak.unbitten,
        "balance": asdict(balance),
        "stages": totals(soak.house.stack.data_dir / "counters"),
    }


def _while_web_was_hit(soak: Soak, scans: Scans) -> set[int]:
    """Scans that were due while somebody killed or restarted the web server."""
    excused: set[int] = set()
    for each in soak.stretches:
        if each.fault.starts_web:
            excused.update(scans.between(each.began - HIT_MARGIN, each.injected + HIT_MARGIN))
    return excused


def _places(soak: Soak, scans: Scans, indexes: Sequence[int]) -> list[str]:
    """When such scans were due, in seconds after the beginning of the fault before."""
    told = []
    for index in indexes:
        before = [each for each in soak.stretches if each.began <= scans.due[index]]
        told.append(f"{scans.due[index] - before[-1].began:.2f} s after {before[-1].fault.name}" if before else "first")
    return told


def _by_fault(soak: Soak, scans: Scans) -> dict[str, dict[str, float]]:
    times = Counter(each.fault.name for each in soak.stretches)
    result: dict[str, dict[str, float]] = {}
    for name, n in sorted(times.items()):
        stretches = [each for each in soak.stretches if each.fault.name == name]
        under = [index for each in stretches for index in scans.between(each.began, each.healed)]
        landed = scans.fates(under)[LANDED]
        result[name] = {"times": n, "scans": len(under), "landed_percent": round(100 * landed / max(1, len(under)), 3)}
        result[name] |= scans.quantiles(under)
    return result


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=300.0, help="scans a second")
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    kind = "postgresql" if postgresql_programs() else "sqlite"
    faults = [fault for fault in FAULTS if kind in fault.databases]
    say(
        f"{options.minutes:g} minutes at {options.rate:g} scans/s on {kind}, {len(faults)} kinds of faults, seed {seed}"
    )
    with running_house(kind, seed) as house:
        house.rate = options.rate
        lost_before = house.lost_counter
        soak = Soak(house, options.minutes * 60, random.Random(seed))
        scans = soak.run(faults)
        refused = house.lost_counter - lost_before
        balance, settled_after = house.books.settled(scans, COUNTED_WITHIN, refused)
        found = figures(soak, scans, balance, refused, settled_after)
    say(json.dumps(found, indent=2, ensure_ascii=False))
    try:
        balance.check(refused)
        assert not found["not_landed_while_the_web_server_was_up"], "scans did not land while the web server was up"
    except AssertionError as error:
        say(f"It does not add up: {error}")
        return 1
    say("Every answered scan is counted exactly once, and all numbers agree.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
