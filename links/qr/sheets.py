"""Sheets of labels as shops sell them, by name, and grids of one's own; all lengths in millimetres."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from links.qr.payloads.fields import FieldRefused

Paper = Literal["A4", "Letter"]
PAPERS: dict[Paper, tuple[float, float]] = {"A4": (210, 297), "Letter": (215.9, 279.4)}
LEAST_SIDE = 5  # mm of a label; no code that scans is smaller
MOST_IN_LINE = 100  # labels side by side, or rows of them
_ROUNDING = 0.01  # tables of makers are rounded


@dataclass(frozen=True)
class Sheet:
    """A grid of equal labels; `across` and `down` lead from one label's corner to the next one's."""

    paper: Paper
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float

    @property
    def size(self) -> tuple[float, float]:
        return PAPERS[self.paper]

    @property
    def labels(self) -> int:
        """How many a sheet has."""
        return self.columns * self.rows

    @property
    def right(self) -> float:
        """The right edge of the last column."""
        return self.left + (self.columns - 1) * self.across + self.width

    @property
    def bottom(self) -> float:
        """The lower edge of the last row."""
        return self.top + (self.rows - 1) * self.down + self.height

    def corner(self, index: int) -> tuple[float, float]:
        """Left and top of a label; they are counted row by row."""
        row, column = divmod(index, self.columns)
        return self.left + column * self.across, self.top + row * self.down

    def check(self) -> None:
        """Labels lie on the paper and beside each other; raises FieldRefused for the field that is wrong."""
        if self.paper not in PAPERS:
            raise FieldRefused("sheet.paper", f"Choose one of {', '.join(PAPERS)}.")
        for field, least in (("columns", 1), ("rows", 1), ("width", LEAST_SIDE), ("height", LEAST_SIDE)):
            if getattr(self, field) < least:
                raise FieldRefused(f"sheet.{field}", f"Use at least {least}.")
        for field in ("columns", "rows"):
            if getattr(self, field) > MOST_IN_LINE:
                raise FieldRefused(f"sheet.{field}", f"Use at most {MOST_IN_LINE}.")
        width, height = self.size
        self._check_along("columns", self.columns, ("left", self.left), ("across", self.across), self.width, width)
        self._check_along("rows", self.rows, ("top", self.top), ("down", self.down), self.height, height)

    @staticmethod
    def _check_along(
        count_name: str, count: int, first: tuple[str, float], pitch: tuple[str, float], side: float, paper: float
    ) -> None:
        if first[1] < 0:
            raise FieldRefused(f"sheet.{first[0]}", "Use nothing or more.")
        if count > 1 and pitch[1] < side - _ROUNDING:
            raise FieldRefused(f"sheet.{pitch[0]}", f"Use at least {side:g} mm: labels would overlap.")
        end = first[1] + (count - 1) * pitch[1] + side
        if end > paper + _ROUNDING:
            raise FieldRefused(f"sheet.{count_name}", f"Use fewer or smaller: {end:g} mm do not fit on {paper:g} mm.")


@cache
def named_sheets() -> dict[str, Sheet]:
    """Sheets by maker and number. Their makers' tables say the same; margins follow from the paper's symmetry."""
    stored = json.loads((Path(__file__).parent / "data" / "label_sheets.json").read_text())
    return {name: Sheet(**sheet) for name, sheet in stored.items()}


def sheet_title(name: str) -> str:
    """A named sheet in words: “Avery Zweckform 3474”."""
    return " ".join(part.upper() if any(map(str.isdecimal, part)) else part.capitalize() for part in name.split("-"))
