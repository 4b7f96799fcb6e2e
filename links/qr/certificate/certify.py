"""The door to certificates: judge a style, and say what to change where it does not pass."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

from links.qr.certificate.certificate import Advice, Certificate, judge, look, swept
from links.qr.certificate.findings import VERDICTS
from links.qr.certificate.remedies import KINDS, Change
from links.qr.frames import Surroundings
from links.qr.matrix import Symbol
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Style

LARGEST_ADVISED = 15
# How bad a certificate is: its verdict first, then how many findings are of that grade, and of the grades above it.
Rank: TypeAlias = tuple[int, ...]


def certify(symbol: Symbol, style: Style, surroundings: Surroundings | None = None) -> Certificate:
    """The certificate of a style on a symbol, with the one change that helps most where it does not pass.

    With `surroundings` it is of the whole picture, frame and caption included, else of the code alone.
    Of symbols above version 15 without: trying changes takes longer the larger a symbol is, 13 s at version 40.
    """
    certificate = judge(symbol, style, surroundings)
    if certificate.outcome == "pass" or symbol.version > LARGEST_ADVISED:
        return certificate
    return replace(certificate, advice=_best_advice(symbol, style, surroundings, certificate))


def _best_advice(
    symbol: Symbol, style: Style, surroundings: Surroundings | None, certificate: Certificate
) -> Advice | None:
    """The change that hurts the design least of those after which everything passes, else the one that helps most."""
    problems = {finding.check for finding in certificate.problems}
    best: tuple[Rank, Advice] | None = None
    for change, better in _tried((kind(symbol, style) for kind, helps in KINDS if helps & problems), surroundings):
        if (rank := _rank(better)) < (best[0] if best else _rank(certificate)):
            best = rank, Advice(change, better.verdict)
        if better.outcome == "pass":
            break
    return best and best[1]


def _tried(kinds: Iterable[Iterator[Change]], surroundings: Surroundings | None) -> Iterator[tuple[str, Certificate]]:
    """The certificates of all changes, kind by kind; the sweep is spared where the rest is not in order."""
    for text, symbol, style in chain.from_iterable(kinds):
        try:
            seen, picture = look(symbol, style, surroundings)
        except FieldRefused:  # a frame whose text nobody could read on the other ground, say
            continue
        yield text, swept(seen, symbol, picture.code) if seen.outcome == "pass" else seen


def _rank(certificate: Certificate) -> Rank:
    grades = [finding.grade for finding in certificate.findings]
    counts = [grades.count(verdict) for verdict in reversed(VERDICTS[2:])]
    return VERDICTS.index(certificate.verdict), *counts
