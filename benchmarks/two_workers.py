"""Two workers to one: how many more redirects a second the product answers with a second worker.

Both take turns under the same conditions: with four cores two generate and two serve; with fewer all share, and the
figure has another name.
"""

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import product, traffic
from benchmarks.contenders import Contender, product_of
from benchmarks.load import Cores, Unfit, find_program

# So many connections that both workers have enough of them, however they are shared out.
CONNECTIONS = 64
WARM_UP_SECONDS = 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--quick", action="store_true", help="two short rounds")
    options = parser.parse_args()
    try:
        find_program("wrk")
        with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
            one, two = measure(Path(folder), *((2, 2, 2_000) if options.quick else (5, 4, 20_000)))
    except Unfit as reason:
        print(reason, file=sys.stderr)
        return 1
    shares = not Cores.of_this_machine(workers=2).server
    ratio = round(two / one, 2)
    print(
        f"One worker {one:,.0f}/s, two {two:,.0f}/s: {ratio}{' (load and workers share the cores)' if shares else ''}"
    )
    if options.json:
        figures = {"two_workers_to_one": None if shares else ratio, "two_workers_to_one_on_shared_cores": ratio}
        print(json.dumps(figures if shares else {"two_workers_to_one": ratio}))
    return 0


def measure(folder: Path, rounds: int, seconds: int, links: int) -> tuple[float, float]:
    """Redirects a second with one worker and with two."""
    cores = Cores.of_this_machine(workers=2)
    codes = product.prepare(folder / "data", links)
    requests = traffic.write_requests(folder / "requests", codes)
    with ExitStack() as running:
        running.enter_context(product.redis_and_shipper(folder / "data", cores))
        contenders: list[Contender] = []
        for workers in (1, 2):
            served = product_of(folder, codes, requests, cores, threads=2, workers=workers)
            contenders.append(running.enter_context(served))
        for contender in contenders:
            contender.connections = CONNECTIONS
            contender.run(WARM_UP_SECONDS, cores.load)
        for _ in range(rounds):
            for contender in contenders:
                contender.take_turn(seconds, cores.load)
    one, two = contenders
    return one.per_second, two.per_second


if __name__ == "__main__":
    sys.exit(main())
