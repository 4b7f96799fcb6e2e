"""What a certificate's checks find, and the one table of limits that turns measured values into grades.

A value gets the best grade whose limit it keeps. A and B pass, C and D warn, what misses D is F and refused. A
certificate's verdict is the worst grade of its findings. Which limits are whose:

- DESIGN's measured limits are the ones of B (pass) and D (refuse beyond): contrast 128 and 100 of 255, error budget .50
  and .37, dots .8 and .6, corners of eyes .3 and .5 of half the eye's side, where 1 is a
  circle: of 16 codes at 5, 8 and 12 pixels a module OpenCV read 48 of 48 at .28, 19 at .4, 3 at .5 and none of circles.
  Leaves, two of whose corners are sharp, count by the mean: of 120 pictures with corners of 0 and .8 it read 111, with
  0 and .5 118, as of plain codes. zxing and zbar read all of these.
- A of the error budget is ISO/IEC 15415's for "unused error correction"; the quiet zone is ISO/IEC 18004's 4 modules,
  and format information has 3 of 15 bits to lose in each copy.
- Of a logo's share, B and D are the largest under which any symbol of level H kept .50 and .37 of its budget, in
  versions 1 to 14; smaller symbols bear less, which the error budget says.
- Margins are shares of what the plain code of the same symbol survives, so that nobody is blamed for a large symbol.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

Verdict: TypeAlias = Literal["A", "B", "C", "D", "F"]
Outcome: TypeAlias = Literal["pass", "warn", "refuse"]
Check: TypeAlias = Literal[
    "contrast",
    "eye_frame_contrast",
    "eye_ball_contrast",
    "frame_contrast",
    "eye_corners",
    "eye_frame",
    "dot_size",
    "logo",
    "quiet_zone",
    "error_budget",
    "format_information",
    "read_back",
    "margin_size",
    "margin_blur",
    "margin_tilt",
    "margin_rotation",
    "margin_noise",
    "margin_contrast",
    "margin_damage",
]
Grades: TypeAlias = tuple[float, float, float, float]

VERDICTS: tuple[Verdict, ...] = ("A", "B", "C", "D", "F")
OUTCOMES: dict[Verdict, Outcome] = {"A": "pass", "B": "pass", "C": "warn", "D": "warn", "F": "refuse"}


@dataclass(frozen=True)
class Limits:
    """What a value has to keep for A, B, C and D: at least these, or at most where `is_ceiling`."""

    unit: str
    grades: Grades
    is_ceiling: bool = False

    def grade(self, value: float) -> Verdict:
        sign = -1 if self.is_ceiling else 1
        kept = (verdict for verdict, limit in zip(VERDICTS, self.grades, strict=False) if sign * (value - limit) >= 0)
        return next(kept, "F")


_CONTRAST = Limits("of 255 grey levels", (160, 128, 114, 100))
_MARGIN = Limits("of what a plain code survives", (0.75, 0.5, 0.3, 0.1))
LIMITS: dict[Check, Limits] = {
    "contrast": _CONTRAST,
    "eye_frame_contrast": _CONTRAST,
    "eye_ball_contrast": _CONTRAST,
    "frame_contrast": _CONTRAST,
    "eye_corners": Limits("of half the eye's side", (0.15, 0.3, 0.4, 0.5), is_ceiling=True),
    "eye_frame": Limits("modules at its thinnest", (0.9, 0.8, 0.65, 0.5)),
    "dot_size": Limits("of a module", (0.9, 0.8, 0.7, 0.6)),
    "logo": Limits("of the code's modules", (0.06, 0.12, 0.13, 0.14), is_ceiling=True),
    "quiet_zone": Limits("modules", (4, 4, 3, 2)),
    "error_budget": Limits("of the worst block's error correction unused", (0.62, 0.50, 0.43, 0.37)),
    "format_information": Limits("wrong modules in a copy", (0, 1, 2, 3), is_ceiling=True),
    "read_back": Limits("texts, exactly the code's", (1, 1, 1, 1)),
    "margin_size": _MARGIN,
    "margin_blur": _MARGIN,
    "margin_tilt": _MARGIN,
    "margin_rotation": _MARGIN,
    "margin_noise": _MARGIN,
    "margin_contrast": _MARGIN,
    "margin_damage": _MARGIN,
}


@dataclass(frozen=True)
class Finding:
    """What one check measured, in the unit and beside the limit of its entry in LIMITS, and what that means."""

    check: Check
    value: float
    sentence: str

    @property
    def grade(self) -> Verdict:
        return LIMITS[self.check].grade(self.value)

    @property
    def outcome(self) -> Outcome:
        return OUTCOMES[self.grade]

    @property
    def unit(self) -> str:
        return LIMITS[self.check].unit

    @property
    def limit(self) -> float:
        """What the value has to keep to pass."""
        return LIMITS[self.check].grades[VERDICTS.index("B")]

    def to_json(self) -> dict[str, Any]:
        """Everything, also what follows from the value: readers have no table."""
        return {
            "check": self.check,
            "value": self.value,
            "unit": self.unit,
            "limit": self.limit,
            "grade": self.grade,
            "outcome": self.outcome,
            "sentence": self.sentence,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(stored["check"], stored["value"], stored["sentence"])


def percent(share: float) -> str:
    """As people read it, in whole per cent."""
    return f"{share * 100:.0f} %"


def worst(findings: Iterable[Finding]) -> Verdict:
    """The verdict on all of them; "A" of none."""
    return max((finding.grade for finding in findings), key=VERDICTS.index, default="A")
