"""Which of five steps of colour a number gets, and what each step stands for."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

STEPS = 5
_ROUND = (1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5, 10)


@dataclass(frozen=True)
class Step:
    """One step as a legend shows it."""

    number: int
    words: str


@dataclass(frozen=True)
class Scale:
    """The least number of each step, in order; whatever is below the first has no colour (step 0)."""

    bounds: tuple[int, ...]
    most: int

    @classmethod
    def even(cls, most: int) -> Self:
        """Steps of about the same length: twice the number is twice the colour."""
        return cls(_rising(1 + most * number / STEPS for number in range(STEPS)), most)

    @classmethod
    def skewed(cls, most: int) -> Self:
        """Steps that multiply: for numbers of which few are large and many small, as those of countries are."""
        return cls(_rising(most ** (number / STEPS) for number in range(STEPS)), most)

    def step(self, number: int) -> int:
        return bisect_right(self.bounds, number)

    @property
    def legend(self) -> list[Step]:
        """Every step that a number up to the largest can have."""
        steps = []
        for number, low in enumerate((low for low in self.bounds if low <= self.most), start=1):
            high = self.bounds[number] - 1 if number < len(self.bounds) else self.most
            high = min(high, self.most)
            steps.append(Step(number, f"{low:,}" if low >= high else f"{low:,}–{high:,}"))
        return steps


def _rising(bounds: Iterable[float]) -> tuple[int, ...]:
    """Round numbers, each larger than the one before."""
    rising: list[int] = []
    for bound in bounds:
        rising.append(max(_round(bound), rising[-1] + 1 if rising else 1))
    return tuple(rising)


def _round(number: float) -> int:
    """The nearest number that people call round."""
    power = 1
    while number >= 10 * power:
        power *= 10
    return round(min((factor * power for factor in _ROUND), key=lambda candidate: abs(candidate - number)))
