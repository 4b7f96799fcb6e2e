"""What a batch makes of its codes, a ZIP of pictures or sheets of labels: as dataclasses, and as columns of its row."""

from dataclasses import asdict, dataclass, field
from typing import Any

from links.batches.captions import of_file
from links.batches.models import Batch
from links.qr.label_sheets import Printing
from links.qr.sheets import Sheet
from links.studio.files import Output


@dataclass(frozen=True)
class Labels:
    """Sheets of labels: one that is sold, by name, or a grid of one's own, and which lines stand beside codes."""

    sheet: Sheet
    printing: Printing = field(default_factory=Printing)
    captions: tuple[str, ...] = ()
    sheet_name: str = ""

    @property
    def takes_cells(self) -> bool:
        """Whether some captions are columns of a CSV file."""
        return bool(of_file(self.captions))


Made = Output | Labels


def columns_of(made: Made) -> dict[str, Any]:
    """What a row says of it."""
    if isinstance(made, Labels):
        return {"output": Batch.Output.LABELS, "format": "pdf", "options": asdict(made)}
    options = asdict(made)
    return {"output": Batch.Output.ZIP, "format": options.pop("format"), "options": options}


def made_of(batch: Batch) -> Made:
    """What the row says."""
    options: dict[str, Any] = batch.options
    if batch.output == Batch.Output.ZIP:
        return Output(batch.format, **options)  # type: ignore[arg-type]  # looked at when it was asked for
    return Labels(
        Sheet(**options["sheet"]), Printing(**options["printing"]), tuple(options["captions"]), options["sheet_name"]
    )


def extension_of(batch: Batch) -> str:
    """Of the file."""
    return "zip" if batch.output == Batch.Output.ZIP else "pdf"
