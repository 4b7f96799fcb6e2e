"""Text messages: the scanner opens one that is addressed and written, and a person sends it."""

from dataclasses import dataclass

from links.qr.payloads.fields import check_text
from links.qr.payloads.phone import global_number


@dataclass(frozen=True)
class TextMessage:
    """`SMSTO:number:message`, which has no RFC but which the cameras of phones read.

    Not the `sms:` URI of RFC 5724: its body is percent-encoded, which makes three bytes of every one beyond
    ASCII, and some scanners show it undecoded. Here the message is all that follows the second colon, as it is:
    nothing needs an escape, because a number holds no colon.
    """

    number: str
    message: str = ""

    def __post_init__(self) -> None:
        global_number("number", self.number)
        check_text("message", self.message)

    def encode(self) -> str:
        return f"SMSTO:{global_number('number', self.number)}:{self.message}"
