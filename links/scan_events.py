"""ScanEvent: what one scan says to analytics, and its form in the journal."""

import json
import os
import threading
from json.encoder import encode_basestring_ascii as _quoted
from typing import NamedTuple, Self

MAX_USER_AGENT = 512
MAX_REFERRER = 260


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
        """One line of ASCII JSON: no byte of it can be taken for the journal's frame marker.

        Written out, because json's own encoder takes twice as long and is then the dearest part of a scan.
        """
        text = (
            f"[{_quoted(self.event_id)},{self.at_ms},{self.workspace_id},{self.domain_id},{self.link_id},"
            f"{self.code_id},{self.revision},{_quoted(self.local_date)},{_quoted(self.method)},"
            f"{_quoted(self.purpose)},{_quoted(self.outcome)},{_quoted(self.destination)},{_quoted(self.address)},"
            f"{_quoted(self.visitor)},{_quoted(self.user_agent)},{_quoted(self.language)},{_quoted(self.referrer)},"
            f"{_quoted(self.host)},{_quoted(self.path)}]"
        )
        return text.encode("ascii")

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
# Two bits of a UUID's seventeenth digit are fixed, the others random.
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class EventIds:
    """Makes UUIDv7s (RFC 9562) from a pool of os.urandom bytes, which a forked child never shares."""

    _IDS_IN_POOL = 400
    _DIGITS = 20

    def __init__(self) -> None:
        self._start_over()
        os.register_at_fork(after_in_child=self._start_over)

    def _start_over(self) -> None:
        self._lock = threading.Lock()
        self._pool = ""
        self._used = 0

    def new(self, at_ms: int) -> str:
        """32 hexadecimal digits that sort by `at_ms` (milliseconds since the epoch)."""
        with self._lock:
            if self._used == len(self._pool):
                self._pool, self._used = os.urandom(self._IDS_IN_POOL * self._DIGITS // 2).hex(), 0
            start = self._used
            self._used = start + self._DIGITS
            digits = self._pool[start : self._used]
        return f"{at_ms & 0xFFFFFFFFFFFF:012x}7{digits[:3]}{_VARIANT[digits[3]]}{digits[4:19]}"
