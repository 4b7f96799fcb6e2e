"""The key that an installation without one of its own makes for itself, once."""

import secrets
from pathlib import Path


def kept_in(folder: Path) -> str:
    """The key in a folder, readable by its owner only; made where there is none."""
    path = folder / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()
