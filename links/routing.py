"""Target, and what happens to a scan of it: pure, so that front, pages and tests decide alike."""

import json
from typing import NamedTuple, Self

REDIRECTED = "redirected"
PAUSED = "paused"
EXPIRED = "expired"
DELETED = "deleted"
WARNED = "warned"
UNKNOWN = "unknown"


class Target(NamedTuple):
    """The frozen, cacheable summary of a code and its link that the resolver hands to the redirect."""

    code_id: int
    link_id: int
    workspace_id: int
    domain_id: int
    revision: int
    destination: str
    title: str
    timezone: str
    is_paused: bool
    is_deleted: bool
    is_malicious: bool
    expires_at: float | None  # seconds since the epoch

    def to_json(self) -> str:
        """Every field in its order; compact, because a host keeps all of its targets this way."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What to_json made; ValueError or TypeError when that was a Target of other fields."""
        return cls(*json.loads(text))


def outcome_of(target: Target, now: float) -> str:
    """What a scan at `now` (seconds since the epoch) meets; only REDIRECTED leads to the destination."""
    if target.is_deleted:
        return DELETED
    if target.expires_at is not None and target.expires_at <= now:
        return EXPIRED
    if target.is_paused:
        return PAUSED
    return WARNED if target.is_malicious else REDIRECTED
