"""Phones for fault tests: many scans, each with a user agent of its own, and what became of each."""

import json
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from links.counters import totals
from tests.faults.load import AGENT
from tests.stack import Stack

COUNTED = """
import json
from analytics.models import LocalDay, QuarterHour, Scan
from django.db.models import Sum
from links.models import LinkCounter
link = {link_id}
print(json.dumps({{
    "agents": list(Scan.objects.filter(link_id=link).values_list("user_agent", flat=True)),
    "quarter_hours": QuarterHour.objects.filter(scope=2, scope_id=link).aggregate(n=Sum("human"))["n"] or 0,
    "uniques": LocalDay.objects.filter(scope=2, scope_id=link).aggregate(n=Sum("visitors"))["n"] or 0,
    "counter": LinkCounter.objects.get(link=link).human,
}}))
"""


@dataclass
class Scans:
    """Sends numbered scans of one address from several threads at about `rate` a second."""

    address: str
    rate: float
    answered: set[int] = field(default_factory=set)
    unanswered: set[int] = field(default_factory=set)

    def send(self, numbers: range, threads: int = 4) -> None:
        """Send them all; no answer, or to come again later, is remembered, any other but a redirect is an error."""
        senders = [
            threading.Thread(target=self._send, args=(numbers[start::threads], threads / self.rate))
            for start in range(threads)
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    def _send(self, numbers: range, pause: float) -> None:
        parts = urlsplit(self.address)
        with closing(HTTPConnection(str(parts.hostname), parts.port, timeout=10)) as connection:
            due = time.monotonic()
            for number in numbers:
                due += pause
                time.sleep(max(0.0, due - time.monotonic()))
                self._send_one(connection, parts.path, number)

    def _send_one(self, connection: HTTPConnection, path: str, number: int) -> None:
        try:
            connection.request("GET", path, headers={"User-Agent": AGENT.format(number)})
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            # Its worker died. A phone tries again, which would be another scan: here it is left at that.
            self.unanswered.add(number)
            connection.close()
            return
        if response.status == 503:  # a new process on a busy machine, which could not look the code up in time
            self.unanswered.add(number)
            return
        assert response.status == 302, response.status
        self.answered.add(number)


@dataclass(frozen=True)
class Counting:
    """What the database holds of one link."""

    scans: Counter[int]
    quarter_hours: int
    uniques: int
    counter: int

    @classmethod
    def of(cls, stack: Stack, link_id: int) -> "Counting":
        found = json.loads(stack.manage("shell", "-v0", "-c", COUNTED.format(link_id=link_id)))
        numbers = Counter(int(agent.partition("Mobile/")[2].split()[0]) for agent in found["agents"])
        return cls(numbers, found["quarter_hours"], found["uniques"], found["counter"])

    def check(self, scans: Scans) -> None:
        """Every answered scan once, an unanswered one at most once, none invented, and all numbers agree."""
        assert set(self.scans) >= scans.answered, f"lost: {len(scans.answered - set(self.scans))}"
        assert set(self.scans) <= scans.answered | scans.unanswered, "invented"
        assert self.scans.most_common(1)[0][1] == 1, "counted twice"
        assert self.quarter_hours == self.uniques == self.counter == self.scans.total()


def wait_until_counted(stack: Stack, seconds: float) -> dict[str, int]:
    """Wait until everything journalled is ingested, or time is over; returns the stage counters."""
    deadline = time.monotonic() + seconds
    while True:
        stages = totals(stack.data_dir / "counters")
        if stages["ingested"] + stages["set_aside"] >= stages["journalled"] or time.monotonic() > deadline:
            return stages
        time.sleep(0.2)
