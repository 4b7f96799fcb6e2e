"""ScanEvent: what one scan says to analytics, and its form in the journal."""

import json
import os
import threading
from typing import NamedTuple, Self

MAX_USER_AGENT = 512
MAX_TEXT = 2048


class ScanEvent(NamedTuple):
    """One followed code. All ids are 0 for an orphan scan, which carries host and path instead."""

    event_id: str  # UUIDv7, 32 hexadecimal digits
    at_ms: int  # milliseconds since the epoch, UTC
    workspace_id: int
    domain_id: int
    link_id: int
    code_id: int
    revision: int
    local_date: str  # ISO date in the workspace's zone
    method: str
    purpose: str  # Sec-Purpose or Purpose, as sent
    outcome: str
    destination: str
    address: str  # truncated network
    visitor: str  # 32 hexadecimal digits, or empty
    user_agent: str
    language: str
    referrer: str
    host: str
    path: str

    def encode(self) -> bytes:
        """One line of ASCII JSON: no byte of it can be taken for the journal's frame marker."""
        return _encode(self).encode("ascii")

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """The inverse of encode; ValueError says what is wrong with a record."""
        fields = json.loads(record)
        if not isinstance(fields, list) or len(fields) != len(cls._fields):
            raise ValueError(f"a record has {len(cls._fields)} fields")
        for value, expected, name in zip(fields, _TYPES, cls._fields, strict=True):
            if type(value) is not expected:
                raise ValueError(f"{name} is not {expected.__name__}")
        return cls(*fields)


_TYPES = tuple(ScanEvent.__annotations__.values())
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


class EventIds:
    """Makes UUIDv7s (RFC 9562) from a pool of os.urandom bytes, which a forked child never shares."""

    _POOL = 4000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool = ""
        os.register_at_fork(after_in_child=self._start_over)

    def _start_over(self) -> None:
        self._lock = threading.Lock()
        self._pool = ""

    def new(self, at_ms: int) -> str:
        """32 hexadecimal digits that sort by `at_ms` (milliseconds since the epoch)."""
        with self._lock:
            if not self._pool:
                self._pool = os.urandom(self._POOL).hex()
            digits, self._pool = self._pool[:20], self._pool[20:]
        variant = "89ab"[int(digits[3], 16) & 3]
        return f"{at_ms & 0xFFFFFFFFFFFF:012x}7{digits[:3]}{variant}{digits[4:19]}"
