"""Content lines, of which vCards and calendars are made: how text is escaped in them and how they are joined."""

import re
from collections.abc import Iterable

from links.qr.payloads.fields import with_line_feeds

_SPECIAL = re.compile(r"([\\,;])")


def escaped(text: str) -> str:
    r"""A TEXT value: a backslash before \ , and ; and \n for a line break.

    RFC 2426 section 4, RFC 5545 section 3.3.11, RFC 6350 section 3.4. A line break that stayed one would begin another
    property.
    """
    return _SPECIAL.sub(r"\\\1", with_line_feeds(text)).replace("\n", r"\n")


def joined(lines: Iterable[str]) -> str:
    """Every line with its CRLF, and none folded.

    Folding at 75 octets is a SHOULD in RFC 2426 section 2.6, RFC 5545 section 3.1 and RFC 6350 section 3.2, meant for
    mail. In a picture each fold costs three bytes, and scanners that do not unfold lose all that follows the first.
    """
    return "".join(f"{line}\r\n" for line in lines)
