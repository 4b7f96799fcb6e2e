"""The product and its rivals in one run, one worker each: redirects a second, and how long they take at half of that.

100,000 links, a fifth of them with rules, asked for with a Zipf distribution by as many phones as there are requests.
nginx answers `return 302` from a map of 10,000 of the codes with its access log on.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import product
from benchmarks.contenders import Contender, all_of_them
from benchmarks.load import Cores, Load, Unfit, find_program

FULL = {"rounds": 5, "seconds": 4, "links": 100_000}
QUICK = {"rounds": 2, "seconds": 2, "links": 10_000}
WARM_UP_SECONDS = 2
# Those whose latency at half load is compared.
AT_HALF = ("product", "product_4_threads", "nginx")

Figures = dict[str, float | None]


def main() -> int:
    options = _options()
    try:
        find_program("wrk")
        with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
            figures = compare(Path(folder), options.rounds, options.seconds, options.links)
    except Unfit as reason:
        print(reason, file=sys.stderr)
        return 1
    for name, figure in figures.items():
        print(f"{name:36}{'not measured' if figure is None else f'{figure:,}'}")
    if options.json:
        print(json.dumps(figures))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--quick", action="store_true", help="two short rounds over 10,000 links")
    parser.add_argument("--rounds", type=int, help="alternating rounds, of which medians are taken")
    parser.add_argument("--seconds", type=int, help="how long one server is measured in one round")
    parser.add_argument("--links", type=int, help="how many links there are")
    options = parser.parse_args()
    usual = QUICK if options.quick else FULL
    for name, value in usual.items():
        setattr(options, name, getattr(options, name) or value)
    return options


def compare(folder: Path, rounds: int, seconds: int, links: int) -> Figures:
    """Start all, see that they answer rightly, and let them take turns."""
    cores = Cores.of_this_machine()
    with all_of_them(folder, cores, links) as measured:
        print(cores, flush=True)
        for contender in measured.values():
            contender.run(WARM_UP_SECONDS, cores.load)
        for number in range(rounds):
            for contender in measured.values():
                contender.take_turn(seconds, cores.load)
            rates = ", ".join(f"{name} {each.rounds[-1].per_second:,.0f}/s" for name, each in measured.items())
            print(f"Round {number + 1}: {rates}", flush=True)
        _take_half_turns({name: measured[name] for name in AT_HALF if name in measured}, rounds, seconds, cores)
    return _rates(measured) | _latencies(measured)


def _take_half_turns(measured: Mapping[str, Contender], rounds: int, seconds: int, cores: Cores) -> None:
    """Whoever could not be asked at its rate has no figure."""
    product.wait_for_the_shipper()
    for number in range(rounds):
        for name, contender in measured.items():
            try:
                contender.take_half_turn(seconds, cores.load)
            except Unfit as reason:
                print(f"{name} at half of its maximum: {reason}", file=sys.stderr)
            else:
                _tell(f"Round {number + 1}, {name} at half", contender.half_rounds[-1])
    for contender in measured.values():
        if len(contender.half_rounds) < rounds:
            contender.half_rounds.clear()


def _tell(what: str, load: Load) -> None:
    times = f"p50 {load.p50_ms:.2f}, p99 {load.p99_ms:.2f} ms, the generator's own lateness {load.late_p99_ms:.2f} ms"
    print(f"{what}: {load.per_second:,.0f}/s, {times}", flush=True)


def _rates(measured: Mapping[str, Contender]) -> Figures:
    """Rates are medians of the rounds; ratios are made of these."""
    ours, nginx = measured["product"], measured.get("nginx")
    figures: Figures = {}
    for name, each in measured.items():
        figures[f"{name}_per_second"] = round(each.per_second)
        figures[f"{name}_p99_ms"] = round(each.p99_ms, 2)
        figures[f"{name}_processor_us"] = round(each.processor_us, 1)
        if name not in AT_HALF:
            figures[f"redirect_to_{name}"] = round(ours.per_second / each.per_second, 1)
    for name, each in {"redirect": ours, "redirect_4_threads": measured["product_4_threads"]}.items():
        figures[f"{name}_to_nginx"] = round(each.per_second / nginx.per_second, 3) if nginx else None
    figures["scans_journalled"] = sum(load.answered for load in ours.rounds)
    return figures


def _latencies(measured: Mapping[str, Contender]) -> Figures:
    """Medians of the rounds; None where a rate was not reached."""
    p99 = {name: measured[name].half_p99_ms if name in measured else None for name in AT_HALF}
    figures: Figures = {f"{name}_p99_ms_at_half": ms and round(ms, 3) for name, ms in p99.items()}
    nginx = p99["nginx"]
    for name, ratio in (("product", "p99_to_nginx"), ("product_4_threads", "p99_4_threads_to_nginx")):
        ours = p99[name]
        figures[ratio] = round(ours / nginx, 2) if ours and nginx else None
    return figures


if __name__ == "__main__":
    sys.exit(main())
