"""A certificate: the verdict on how well a style scans, everything that led to it, and what to change first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from PIL import Image

from links.qr.certificate.budget import Budget, budget, read_modules
from links.qr.certificate.contrast import contrast_findings, frame_findings
from links.qr.certificate.findings import LIMITS, OUTCOMES, Check, Finding, Outcome, Verdict, percent, worst
from links.qr.certificate.geometry import geometry_findings
from links.qr.certificate.pictures import SCALE, Grey, true_modules
from links.qr.certificate.reading import texts_read
from links.qr.certificate.rendering import Picture, pictured
from links.qr.certificate.stamps import press
from links.qr.certificate.sweep import margins
from links.qr.frames import Surroundings
from links.qr.matrix import Level, Symbol
from links.qr.styles import Style

# What differs from one code of a style to the next; the rest is a matter of the style and the size alone.
OF_EACH_CODE: frozenset[Check] = frozenset({"error_budget", "format_information", "read_back"})
_HARD = 3  # pixels a module at which further codes are read


class OtherSize(ValueError):
    """A further code whose symbol has another version or level than the certificate's."""


@dataclass(frozen=True)
class Advice:
    """One change and the verdict that it leads to; `change` goes on from "Better:", as "logo 22 % instead of 30 %"."""

    change: str
    verdict: Verdict


@dataclass(frozen=True)
class Certificate:
    """What was found of a style on a symbol of this version and level; `advice` where a change helps."""

    version: int
    level: Level
    findings: tuple[Finding, ...]
    advice: Advice | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst grade of all findings."""
        return worst(self.findings)

    @property
    def outcome(self) -> Outcome:
        return OUTCOMES[self.verdict]

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What did not pass, worst first."""
        found = [finding for finding in self.findings if finding.outcome != "pass"]
        return tuple(sorted(found, key=lambda finding: finding.grade, reverse=True))

    @property
    def reason(self) -> str:
        """The worst problem in words, and what helps most; empty where all is well."""
        better = f" Better: {self.advice.change}." if self.advice else ""
        return f"{self.problems[0].sentence}{better}" if self.problems else ""

    def value(self, check: Check) -> float | None:
        """What a check measured; None where the style has nothing to check."""
        return next((finding.value for finding in self.findings if finding.check == check), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "outcome": self.outcome,
            "version": self.version,
            "level": self.level,
            "findings": [finding.to_json() for finding in self.findings],
            "advice": {"change": self.advice.change, "verdict": self.advice.verdict} if self.advice else None,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The certificate again; grades follow from the stored values by the limits of today."""
        findings = tuple(Finding.from_json(finding) for finding in stored["findings"])
        advice = Advice(**stored["advice"]) if stored["advice"] else None
        return cls(stored["version"], stored["level"], findings, advice)


def judge(symbol: Symbol, style: Style, surroundings: Surroundings | None = None) -> Certificate:
    """The certificate of a style on a symbol, without advice; of the code alone where nothing is said of the rest."""
    seen, picture = look(symbol, style, surroundings)
    return swept(seen, symbol, picture.code)


def swept(seen: Certificate, symbol: Symbol, picture: Grey) -> Certificate:
    """A certificate with what the sweep adds to what was seen in the picture itself."""
    return replace(seen, findings=(*seen.findings, *_margin_findings(margins(symbol, picture))))


def look(symbol: Symbol, style: Style, surroundings: Surroundings | None = None) -> tuple[Certificate, Picture]:
    """What can be said without the sweep, and the picture that it was seen in."""
    picture = pictured(symbol, style, surroundings)
    return inspected(symbol, style, picture), picture


def inspected(symbol: Symbol, style: Style, picture: Picture) -> Certificate:
    """What can be said of a picture: frame and caption must leave the quiet zone alone, and not hide the code."""
    true = true_modules(symbol)
    findings = (
        *contrast_findings(style),
        *(frame_findings(style, picture.code) if picture.has_surroundings else ()),
        *geometry_findings(style, symbol.version, picture.code, true),
        *_code_findings(symbol, budget(symbol, true, read_modules(picture.code)), texts_read(picture.whole)),
    )
    return Certificate(symbol.version, symbol.level, findings)


def check_sibling(
    certificate: Certificate, symbol: Symbol, style: Style, surroundings: Surroundings | None = None
) -> Certificate:
    """The certificate of a further code of the same style, version and level: only what differs is looked at.

    It is read inside of the frame, which is the same for all; captions differ in letters only and were judged once.

    Raises OtherSize where version or level differ, because then the margins may, too.
    """
    if (symbol.version, symbol.level) != (certificate.version, certificate.level):
        raise OtherSize(
            f"The certificate is for version {certificate.version}-{certificate.level}, this code is "
            f"{symbol.version}-{symbol.level}. Certify the style on this code, too."
        )
    true = true_modules(symbol)
    around = replace(surroundings, caption="") if surroundings and style.frame else None
    pressed = press(style, symbol.version, around)
    picture = pressed.picture(true)
    whole = pressed.bare.with_code(picture)
    hard = _reduced(whole) if _is_read_small(certificate) else whole
    of_code = _code_findings(symbol, budget(symbol, true, read_modules(picture)), texts_read(hard))
    kept = (finding for finding in certificate.findings if finding.check not in OF_EACH_CODE)
    return replace(certificate, findings=(*kept, *of_code))


def _is_read_small(certificate: Certificate) -> bool:
    """Whether the style's first code was; of a style that is warned of, others are asked no more than to be read."""
    return any(finding.check == "margin_size" and finding.outcome == "pass" for finding in certificate.findings)


def _reduced(picture: Grey) -> Grey:
    height, width = (round(side / SCALE * _HARD) for side in picture.shape)
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX))


def _code_findings(symbol: Symbol, left: Budget, read: list[str]) -> Iterator[Finding]:
    unused = Finding("error_budget", round(left.unused, 4), _budget_sentence(left.unused))
    yield unused
    errors = max(left.format_errors)
    yield Finding("format_information", errors, _format_sentence(errors))
    is_read = read == [symbol.text]
    yield Finding("read_back", int(is_read), _read_sentence(read, is_read))


def _budget_sentence(unused: float) -> str:
    if unused < 0:
        return "The design destroys more of the code than error correction repairs."
    sentence = f"{percent(unused)} of the error correction is left for dirt, wear and bad light"
    limit = LIMITS["error_budget"].grades[1]
    return f"{sentence}." if unused >= limit else f"{sentence}; {percent(limit)} are needed."


def _format_sentence(errors: int) -> str:
    if errors == 0:
        return "Both notes of how the code is to be read are whole."
    return f"{errors} of the 15 modules beside an eye that say how the code is to be read are wrong; 3 can be repaired."


def _read_sentence(read: list[str], is_read: bool) -> str:
    if is_read:
        return "A decoder reads exactly the code's text."
    return "A decoder reads another text than the code's." if read else "A decoder reads nothing."


_MARGIN_WORDS: dict[str, str] = {
    "size": "seen from far away",
    "blur": "out of focus",
    "tilt": "at a slant",
    "rotation": "turned",
    "noise": "in the dark",
    "contrast": "faded",
    "damage": "damaged",
}


def _margin_findings(shares: dict[str, float]) -> Iterator[Finding]:
    for axis, share in shares.items():
        sentence = (
            f"{_MARGIN_WORDS[axis].capitalize()}, it survives {percent(share)} of what a plain black code survives."
        )
        yield Finding(_MARGIN_CHECKS[axis], round(share, 3), sentence)


_MARGIN_CHECKS: dict[str, Check] = {
    "size": "margin_size",
    "blur": "margin_blur",
    "tilt": "margin_tilt",
    "rotation": "margin_rotation",
    "noise": "margin_noise",
    "contrast": "margin_contrast",
    "damage": "margin_damage",
}
