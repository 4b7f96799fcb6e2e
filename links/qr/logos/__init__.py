"""An uploaded logo becomes a small PNG with nothing in it but pixels, or is refused with what to change."""

import os
import subprocess
import sys
from pathlib import Path

from links.qr.logos.limits import LONGEST_FILE, REFUSED
from links.qr.payloads.fields import FieldRefused

# Somebody's picture is decoded in a process of its own, which is ended when it wants more time than any logo needs.
_SECONDS = 1.7
_PROJECT = Path(__file__).parents[3]
_COMMAND = [sys.executable, "-m", "links.qr.logos"]


def kept(upload: bytes) -> bytes:
    """The PNG that is kept of an uploaded PNG, JPEG, WebP, GIF or SVG: RGBA, at most 512 pixels a side, no metadata.

    Raises FieldRefused for `logo`. What is not drawn within 1.7 seconds and 300 MB is refused, whatever it is.
    """
    if len(upload) > LONGEST_FILE:
        raise FieldRefused("logo", f"Use a file of at most {LONGEST_FILE // 1_000_000} MB.")
    try:
        # Nothing of ours is in its environment: whoever takes this process over finds no secrets there.
        done = subprocess.run(
            _COMMAND, input=upload, capture_output=True, cwd=_PROJECT, env={}, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _too_costly() from None
    if done.returncode == REFUSED:
        raise FieldRefused("logo", done.stderr.decode())
    if done.returncode != os.EX_OK:
        raise _too_costly()
    return done.stdout


def _too_costly() -> FieldRefused:
    advice = "Use a simpler or smaller picture, or try again: this one took too much time or memory."
    return FieldRefused("logo", advice)
