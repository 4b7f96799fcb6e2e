"""What one check found in a destination."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["suspicious", "malicious"]


@dataclass(frozen=True)
class Finding:
    """A reason not to call a destination safe; only a malicious one puts a warning page in front of it."""

    severity: Severity
    reason: str
