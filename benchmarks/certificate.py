"""What a certificate costs: judging a style on a code, the advice where it does not pass, and each further code."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import count, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from links.qr import frames
from links.qr.certificate.certificate import check_sibling, judge
from links.qr.certificate.certify import certify
from links.qr.certificate.rendering import rendered
from links.qr.certificate.sweep import best, survived
from links.qr.lettering import Typeface
from links.qr.matrix import Symbol
from links.qr.styles import Frame, Gradient, Style

ROUNDS = 15
FONT = Path(__file__).parent.parent / "node_modules/dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf"
TEXT = "https://Q.EXAMPLE.COM/ABC{:03}"
STYLES = {
    "plain": Style(),
    "rounded": Style(modules="rounded", foreground="#1a237e"),
    "dots": Style(modules="dots", dot_size=0.9),
    "gradient": Style(modules="classy", foreground=Gradient("linear", ((0, "#1b5e20"), (1, "#0d47a1")), 45)),
}
FRAMED = replace(STYLES["rounded"], frame=Frame("badge", "Scan me", "#1a237e"), has_caption=True)
REFUSED = Style(modules="dots", dot_size=0.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    options = parser.parse_args()
    figures = {name: round(milliseconds, 2) for name, milliseconds in measured()}
    for name, milliseconds in figures.items():
        print(f"{name:36} {milliseconds:8.2f}")
    print(f"Processor time, medians of {ROUNDS} rounds; the first four over {', '.join(STYLES)}, the slowest of them.")
    if options.json:
        print(json.dumps(figures))
    return 0


def measured() -> Iterator[tuple[str, float]]:
    first = Symbol.of(TEXT.format(0))
    codes = (Symbol.of(TEXT.format(number), level=first.level) for number in count(1))

    def further(style: Style) -> Callable[[], object]:
        certificate, others = judge(first, style), list(islice(codes, 1 + ROUNDS))
        return lambda: check_sibling(certificate, others.pop(), style)

    yield "certificate_ms", _slowest(lambda style: lambda: _judged_anew(first, style))
    yield "certificate_known_symbol_ms", _slowest(lambda style: lambda: judge(first, style))
    yield "certificate_sweep_ms", _slowest(lambda style: _sweep(first, style))
    yield "certificate_further_code_ms", _slowest(further)
    around = frames.Surroundings(typeface, "q.example.com/abc000")
    yield "framed_certificate_known_symbol_ms", _median(lambda: judge(first, FRAMED, around))
    framed, others = judge(first, FRAMED, around), list(islice(codes, 1 + ROUNDS))
    yield "framed_certificate_further_code_ms", _median(lambda: check_sibling(framed, others.pop(), FRAMED, around))
    yield "certificate_with_advice_ms", _median(lambda: certify(first, REFUSED))


@cache
def typeface() -> Typeface:
    return Typeface(FONT)


def _judged_anew(symbol: Symbol, style: Style) -> None:
    best.cache_clear()
    judge(symbol, style)


def _sweep(symbol: Symbol, style: Style) -> Callable[[], object]:
    picture = rendered(symbol, style)
    return lambda: survived(picture, symbol.text)


def _slowest(task: Callable[[Style], Callable[[], object]]) -> float:
    return max(_median(task(style)) for style in STYLES.values())


def _median(task: Callable[[], object]) -> float:
    """Milliseconds of processor time: other programs on the machine do not count."""
    task()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        task()
        times.append(1000 * (time.process_time() - began))
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
