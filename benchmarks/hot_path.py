"""What one scan costs inside the process, and which part costs what: microseconds of processor time, no network.

Each part is called by itself as links/redirect.py calls it, with 10,000 codes in the cache.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import product

CODES = 10_000
ROUNDS = 7
CALLS = 20_000
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)

Part = Callable[[], object]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
        codes = product.prepare(Path(folder) / "data", CODES)
        figures = {name: round(microseconds(part), 2) for name, part in parts([code.path for code in codes]).items()}
    for name, figure in figures.items():
        print(f"{name:24}{figure:8}")
    if options.json:
        print(json.dumps(figures))
    return 0


def microseconds(part: Part) -> float:
    """The median of some rounds, in processor time: other programs on the machine do not count."""
    part()
    return statistics.median(_round(part) for _ in range(ROUNDS))


def _round(part: Part) -> float:
    began = time.thread_time_ns()
    for _ in range(CALLS):
        part()
    return (time.thread_time_ns() - began) / CALLS / 1000


def environ_of(path: str, port: int) -> dict[str, Any]:
    """A request as links/protocol.py asks for it."""
    return {
        "PATH_INFO": path,
        "REQUEST_METHOD": "GET",
        "HTTP_HOST": f"127.0.0.1:{port}",
        "REMOTE_ADDR": "198.51.100.7",
        "HTTP_USER_AGENT": IPHONE,
        "HTTP_ACCEPT_LANGUAGE": "de-DE,de;q=0.9",
    }


def parts(paths: Sequence[str]) -> dict[str, Part]:
    """Name to call; the first is the whole, the others are what it consists of."""
    from django.conf import settings

    from links import addresses, codes
    from links.clients import describe
    from links.counters import StageCounters
    from links.journal import Journal
    from links.scan_events import NOTHING, EventIds, about_request, about_target, encode_scan, quoted
    from links.visitors import LocalDays, agent_digest
    from qrplatform.front import redirect_front, resolver

    front = redirect_front(lambda environ, start_response: ())
    requests = [environ_of(path, settings.PORT) for path in paths]
    for each in requests:
        front(each, _start_response)
    counters = StageCounters(settings.COUNTERS_DIR)
    journal = Journal(settings.JOURNAL_DIR, counters)
    ids, now, senders = EventIds(), time.time(), addresses.Senders()
    days = LocalDays(lambda: {datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat(): b"s" * 32})
    day, digest = days.of(now, 1, "Europe/Berlin"), agent_digest(IPHONE)
    destination = "https://shop.example.com/products/5000?from=print"
    encode = partial(
        encode_scan, ids.with_time(1), about_target(1, 1, 0, 5000, 5000, 1, "redirected", destination),
        about_request("2026-01-01", "GET", NOTHING, ""), "198.51.100.0/24", "0" * 32,
        quoted(IPHONE), quoted("de-DE,de;q=0.9"), NOTHING,
    )  # fmt: skip
    record = encode()
    domain = resolver().domain_of(requests[0]["HTTP_HOST"])
    assert domain
    keys = cycle([codes.canonical(path[1:]) for path in paths])
    phones = cycle(requests)
    same_phone = cycle([dict(each) for each in requests])
    unseen = count()
    return {
        "whole scan, known phone": lambda: front(next(same_phone), _start_response),
        "whole scan, new phone": lambda: front(_new_phone(next(phones), next(unseen)), _start_response),
        "canonical form": partial(codes.canonical, paths[0][1:]),
        "resolve": lambda: resolver().resolve(domain.id, next(keys)),
        "address": lambda: senders.locate(_address(next(unseen)), ""),
        "device of a known agent": partial(describe, IPHONE),
        "local day": partial(days.of, now, 1, "Europe/Berlin"),
        "visitor hash": partial(day.visitor, bytes(4), digest),
        "event id": partial(ids.with_time, 1),
        "encode": encode,
        "journal": partial(journal.append, record),
        "counter (in journal)": counters.count_journalled,
    }


def _new_phone(request: dict[str, Any], number: int) -> dict[str, Any]:
    request["REMOTE_ADDR"] = _address(number)
    return request


def _address(number: int) -> str:
    return f"11.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _start_response(status: str, headers: list[tuple[str, str]]) -> None:
    assert status == "302 Found", status


if __name__ == "__main__":
    sys.exit(main())
