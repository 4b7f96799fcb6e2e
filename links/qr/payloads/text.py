"""Plain text: what is scanned is what is shown."""

from dataclasses import dataclass

from links.qr.payloads.fields import check_text


@dataclass(frozen=True)
class PlainText:
    """Any text that is more than white space; line breaks stay as they are (ISO/IEC 18004 gives text no form)."""

    text: str

    def __post_init__(self) -> None:
        check_text("text", self.text, required=True)

    def encode(self) -> str:
        return self.text
