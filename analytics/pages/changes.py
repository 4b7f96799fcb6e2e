"""How a number stands to that of the period before, in words."""

from dataclasses import dataclass
from typing import Self

# From here on "times as many" is read more easily than percents.
MANY_TIMES = 10


@dataclass(frozen=True)
class Change:
    """`direction` is up, down or same."""

    words: str
    before: int
    direction: str

    @classmethod
    def between(cls, now: int, before: int | None) -> Self | None:
        """None where there is nothing to compare with."""
        if before is None:
            return None
        if before == 0:
            return cls("new", 0, "up") if now else cls("±0 %", 0, "same")
        if now >= MANY_TIMES * before:
            return cls(f"× {round(now / before):,}", before, "up")
        percent = round(100 * (now - before) / before)
        return cls(_signed(percent), before, "up" if percent > 0 else "down" if percent < 0 else "same")


def percent_of(part: int, whole: int) -> str:
    """A share in whole percents; what is there but too little says so."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "< 1 %"
    return f"{percent:.0f} %"


def _signed(percent: int) -> str:
    sign = "+" if percent > 0 else "−" if percent < 0 else "±"
    return f"{sign}{abs(percent):,} %"
