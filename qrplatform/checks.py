"""Unsafe or wrong configuration becomes a Django system check with an id."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from links.addresses import networks
from links.journal import DURABILITIES

ROLES = ("all", "redirect", "dashboard")
MOST_RAW_SCAN_DAYS = 1100
VOLATILE = ("tmpfs", "overlay", "ramfs")


@register()
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Values that would fail later, or be unsafe, where they are used."""
    found: list[CheckMessage] = []
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme not in ("http", "https") or not public.hostname or public.path or public.query:
        found.append(
            Error(f"PUBLIC_URL is {settings.PUBLIC_URL!r}. Use https://HOST without a path.", id="qrplatform.E001")
        )
    if settings.DEBUG and public.scheme == "https":
        found.append(
            Error("DEBUG shows settings to visitors. Unset it where PUBLIC_URL is https.", id="qrplatform.E002")
        )
    if settings.JOURNAL_DURABILITY not in DURABILITIES:
        choices = ", ".join(DURABILITIES)
        found.append(Error(f"JOURNAL_DURABILITY is one of {choices}.", id="qrplatform.E003"))
    if settings.BLOCKING_THREADS < 2:
        found.append(Error("BLOCKING_THREADS is at least 2: one belongs to scans.", id="qrplatform.E004"))
    if not 1 <= settings.RAW_SCAN_DAYS <= MOST_RAW_SCAN_DAYS:
        most = f"{MOST_RAW_SCAN_DAYS:,}"
        found.append(Error(f"RAW_SCAN_DAYS is 1 to {most}: each day is a table of its own.", id="qrplatform.E011"))
    if settings.ROLE not in ROLES:
        found.append(Error(f"ROLE is one of {', '.join(ROLES)}.", id="qrplatform.E010"))
    try:
        networks(settings.TRUSTED_PROXIES)
    except ValueError as error:
        found.append(Error(f"TRUSTED_PROXIES lists networks such as 10.0.0.0/8: {error}.", id="qrplatform.E005"))
    return found


@register()
def check_data_dir(**kwargs: Any) -> list[CheckMessage]:
    """Scans that are not counted yet live in DATA_DIR: it must survive a restart of the machine or container."""
    kind = file_system_of(settings.DATA_DIR, Path("/proc/mounts").read_text() if os.path.exists("/proc/mounts") else "")
    if kind in VOLATILE and not settings.DEBUG:
        hint = "Mount a volume there, or set DATA_DIR to a folder on one."
        return [
            checks.Warning(
                f"DATA_DIR ({settings.DATA_DIR}) lies on {kind} and may vanish.", hint=hint, id="qrplatform.W001"
            )
        ]
    return []


def file_system_of(folder: Path, mounts: str) -> str:
    """The kind of file system a folder is on, by the longest mount point above it; empty when unknown."""
    points = {fields[1]: fields[2] for line in mounts.splitlines() if len(fields := line.split()) > 2}
    above = [point for point in points if folder == Path(point) or Path(point) in folder.parents]
    return points[max(above, key=len)] if above else ""
