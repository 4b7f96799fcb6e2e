"""ScanEvent: what one scan says to analytics, and its form in the journal."""

import json
import os
from json.encoder import encode_basestring_ascii
from typing import NamedTuple, Self

MAX_USER_AGENT = 512
MAX_REFERRER = 260
MAX_LANGUAGE = 100
MAX_PURPOSE = 40
# Text as a record has it.
quoted = encode_basestring_ascii
# A field of a record that holds no text.
NOTHING = '""'


class ScanEvent(NamedTuple):
    """One followed code. All ids are 0 for an orphan scan, which carries host and path instead."""

    event_id: str  # UUIDv7, 32 hexadecimal digits
    at_ms: int  # milliseconds since the epoch, UTC
    # The target's, in one piece: see about_target.
    workspace_id: int
    domain_id: int
    campaign_id: int
    link_id: int
    code_id: int
    revision: int
    outcome: str
    destination: str
    # The request's.
    local_date: str  # ISO date in the workspace's zone
    method: str
    purpose: str  # Sec-Purpose or Purpose, as sent
    class_hint: str  # the class, where only the redirect could know it; else empty
    address: str  # truncated network
    visitor: str  # 32 hexadecimal digits, or empty
    user_agent: str
    language: str
    referrer: str
    # An orphan's.
    host: str
    path: str

    def encode(self) -> bytes:
        """One line of ASCII JSON: no byte of it can be taken for the journal's frame marker."""
        return json.dumps(self, separators=(",", ":")).encode("ascii")

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """The inverse of encode; ValueError says what is wrong with a record."""
        fields = json.loads(record.decode())
        if not isinstance(fields, list) or len(fields) != len(cls._fields):
            raise ValueError(f"a record has {len(cls._fields)} fields")
        if tuple(map(type, fields)) != _TYPES:
            wrong = next(n for n, value in enumerate(fields) if type(value) is not _TYPES[n])
            raise ValueError(f"{cls._fields[wrong]} is not {_TYPES[wrong].__name__}")
        return cls(*fields)


_TYPES = tuple(ScanEvent.__annotations__.values())


def about_target(
    workspace_id: int, domain_id: int, campaign_id: int, link_id: int, code_id: int, revision: int, outcome: str,
    destination: str,
) -> str:  # fmt: skip
    """The part of a record that is the same for every scan of a target: made once, with encode_scan in mind."""
    ids = f"{workspace_id},{domain_id},{campaign_id},{link_id},{code_id},{revision}"
    return f'{ids},"{outcome}",{quoted(destination)}'


def about_request(local_date: str, method: str, purpose: str, class_hint: str) -> str:
    """The part of a record that says how a target was asked for; `purpose` comes quoted."""
    return f'"{local_date}","{method}",{purpose},"{class_hint}"'


def encode_scan(
    id_and_time: str, about_target: str, about_request: str, address: str, visitor: str,
    user_agent: str, language: str, referrer: str,
) -> bytes:  # fmt: skip
    """What ScanEvent.encode gives for a scan of a target, in a tenth of its time: this is the hot path.

    What a phone has sent (user agent, language, referrer) comes quoted; the rest is made here and holds nothing that
    needs it.
    """
    return (
        f'[{id_and_time},{about_target},{about_request},"{address}","{visitor}",'
        f'{user_agent},{language},{referrer},"",""]'
    ).encode()


class EventIds:
    """Makes UUIDv7s (RFC 9562) from a pool of os.urandom bytes, which a forked child never shares."""

    _IN_POOL = 400
    _BYTES = 10

    def __init__(self) -> None:
        self._pool: list[str] = []
        self._last = (-1, "", "")  # a millisecond, and what begins and ends the fields of all of its many scans
        os.register_at_fork(after_in_child=self._pool.clear)

    def new(self, at_ms: int) -> str:
        """32 hexadecimal digits that sort by `at_ms` (milliseconds since the epoch)."""
        return self.with_time(at_ms)[1:33]

    def with_time(self, at_ms: int) -> str:
        """A new id and `at_ms`, as a record begins with them: see encode_scan."""
        try:
            random = self._pool.pop()
        except IndexError:
            random = self._refill()
        last, begins, ends = self._last
        if last != at_ms:
            begins, ends = f'"{at_ms & 0xFFFFFFFFFFFF:012x}', f'",{at_ms}'
            self._last = at_ms, begins, ends
        return f"{begins}{random}{ends}"

    def _refill(self) -> str:
        """Twenty digits each: the version, 12 random bits, the variant, 62 random bits."""
        drawn = bytearray(os.urandom(self._IN_POOL * self._BYTES))
        drawn[0 :: self._BYTES] = drawn[0 :: self._BYTES].translate(_WITH_VERSION)
        drawn[2 :: self._BYTES] = drawn[2 :: self._BYTES].translate(_WITH_VARIANT)
        digits, step = drawn.hex(), 2 * self._BYTES
        made = [digits[at : at + step] for at in range(0, len(digits), step)]
        self._pool.extend(made[1:])
        return made[0]


# Four bits of a UUID's seventh byte are fixed, and two of its ninth; the others are random.
_WITH_VERSION = bytes(0x70 | byte & 0x0F for byte in range(256))
_WITH_VARIANT = bytes(0x80 | byte & 0x3F for byte in range(256))
