"""Draws one logo in a process of its own: the upload on stdin, the PNG on stdout, advice on stderr."""

import contextlib
import resource
import sys

from links.qr.logos.bitmaps import png_of_bitmap
from links.qr.logos.drawings import is_drawing, png_of_drawing
from links.qr.logos.limits import CPU_SECONDS, MEMORY, REFUSED
from links.qr.payloads.fields import FieldRefused


def main() -> int:
    # The kernel holds these against whatever a decoder does.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    with contextlib.suppress(ValueError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    upload = sys.stdin.buffer.read()
    try:
        sys.stdout.buffer.write(png_of_drawing(upload) if is_drawing(upload) else png_of_bitmap(upload))
    except FieldRefused as refused:
        sys.stderr.write(refused.advice)
        return REFUSED
    return 0


sys.exit(main())
